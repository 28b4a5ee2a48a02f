//! What a value looks like, whoever gets it.

use super::words::{has_word, is_presentation, is_sensitive};

/// The scope of a signature, as the services that sign addresses write it: an account, a day, a region, a service.
pub(super) fn is_scope(value: &str) -> bool {
    let parts: Vec<&str> = value.split('/').collect();
    let [account, day, region, service, end] = parts.as_slice() else { return false };
    let name = |part: &str| {
        part.len() < 24 && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    // A service account is written as a mailbox.
    let account = account.len() < 80
        && account.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'-'));
    let day = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    account && day && name(region) && name(service) && matches!(*end, "aws4_request" | "goog4_request")
}

/// A name of contents: hexadecimal digits that are no text.
pub(super) fn is_digest(value: &str) -> bool {
    value.len() >= 8
        && value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && value.bytes().filter(u8::is_ascii_digit).count() >= 2
}

/// A line of somebody's file: `Kunde: Jo Hart, Rechnung 20418`, with underscores or plus signs for spaces. Titles have
/// colons, too, but begin with a capital and go on in words.
pub(super) fn is_labelled(value: &str) -> bool {
    let space = |c: char| matches!(c, ' ' | '_' | '+');
    let mut labels =
        value.match_indices(':').filter(|(at, _)| value.get(at + 1..).is_some_and(|rest| rest.starts_with(space)));
    let Some((at, _)) = labels.next() else { return false };
    let (label, rest) = (value.get(..at).unwrap_or_default(), value.get(at + 2..).unwrap_or_default());
    if !label.chars().all(|c| c.is_alphabetic() || space(c)) || label.chars().count() > 24 {
        return false;
    }
    let secret = has_word(label, SECRETS);
    let count = rest.bytes().filter(u8::is_ascii_digit).count();
    let comma = rest.match_indices(',').any(|(at, _)| rest.get(at + 1..).is_some_and(|rest| rest.starts_with(space)));
    let digits = count >= 4 && (count > 4 || has_number(rest) || rest.contains([':', '.']));
    let said = rest.split(space).filter(|word| word.chars().count() >= 2).count() >= 6;
    let signs = u32::from(secret && count >= 1)
        + u32::from(said && label.chars().next().is_some_and(char::is_lowercase))
        + u32::from(has_word(label, LABELS))
        + u32::from(digits)
        + u32::from(comma)
        + 2 * u32::from(labels.next().is_some());
    signs >= 2 || signs == 1 && label.chars().next().is_some_and(char::is_lowercase)
}

/// Words of labels of what is nobody's business.
const LABELS: &[&str] = &[
    "account", "address", "card", "code", "dob", "iban", "key", "mfa", "otp", "passport", "password", "pin", "salary",
    "secret", "seed", "ssn", "tan", "token", "wallet",
];

/// Those of them behind which a few digits are enough.
const SECRETS: &[&str] = &["cvv", "iban", "mfa", "otp", "passphrase", "password", "pin", "secret", "seed", "ssn"];

/// Ten words and more joined by hyphens, three of them numbers that are no years: titles seldom have that.
pub(super) fn is_long_told(value: &str) -> bool {
    let stem = value.rsplit_once('.').map_or(value, |(stem, _)| stem);
    let words = || stem.split('-').filter(|word| !word.is_empty());
    let number = |word: &&str| word.len() <= 6 && word.bytes().all(|byte| byte.is_ascii_digit()) && !is_year(word);
    let word = |word: &&str| word.chars().all(char::is_alphabetic);
    words().filter(word).count() >= 8 && words().filter(number).count() >= 3 && words().count() >= 10
}

/// Five words and more joined by plus signs, most of them without a capital: no name of a picture.
pub(super) fn is_running(value: &str) -> bool {
    let words = value.split('+').filter(|word| word.chars().count() >= 2);
    let (small, all) =
        words.fold((0, 0), |(small, all), word| (small + usize::from(!word.starts_with(char::is_uppercase)), all + 1));
    all >= 5 && small * 2 > all
}

/// Whether a row of words joined by plus signs or underscores has a comma and a number in it, as sentences have, and
/// titles seldom.
pub(super) fn is_told(value: &str) -> bool {
    let number = |word: &str| word.bytes().filter(u8::is_ascii_digit).count() >= 2 && !is_year(word);
    [",+", ",_", ";_", ", ", ",-"].iter().any(|comma| value.contains(comma))
        && value.split(['+', ',', '_', ' ', '-']).any(number)
}

/// A word of letters that ends in a number, as people make passwords: `Herbstlaub2024`.
pub(super) fn has_chosen(value: &str) -> bool {
    let chosen = |word: &str| {
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        letters.chars().count() >= 4 && letters.chars().all(char::is_alphabetic) && word.len() - letters.len() >= 2
    };
    value.split(|c: char| !c.is_alphanumeric()).any(chosen)
}

/// Words between hyphens with numbers as long as those of telephones and accounts.
pub(super) fn is_hyphened(value: &str) -> bool {
    let word = |word: &&str| word.chars().count() >= 2 && word.chars().all(char::is_alphabetic);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    !value.contains(' ')
        && !is_file(value)
        && digits >= 9
        && value.split('-').filter(word).count() >= 3
        && value.split('-').count() >= 6
}

/// Names with their values in one segment of a path, that say something else than how a picture is cut:
/// `employee_id=40172_salary=91500`.
pub(super) fn is_assigned(segment: &str) -> bool {
    let mut before: Vec<&str> = segment.split('=').collect();
    before.pop();
    let name = |before: &&&str| {
        let name = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        name.len() >= 2 && !is_presentation(name)
    };
    // How services cut pictures.
    let cut = ["width=", "height=", "quality=", "format="].iter().any(|name| segment.contains(name));
    !cut && before.iter().filter(name).count() >= 2 && segment.bytes().filter(u8::is_ascii_digit).count() >= 3
}

/// A code that somebody was sent to prove who he is, right behind its name: `MFA code 730 114`.
pub(super) fn is_passcode(value: &str) -> bool {
    const CODES: &[&str] =
        &["2fa", "cvc", "cvv", "mfa", "otp", "passcode", "pin", "tan", "totp", "验证码", "認証コード", "인증번호"];
    let words: Vec<&str> =
        value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(64).collect();
    let is = |word: &&str, list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    words.iter().enumerate().any(|(at, word)| {
        let filler = |word: &&&str| is(word, &["code", "is", "number", "nr"]);
        let rest = words.get(at + 1..).unwrap_or_default().iter().skip_while(filler);
        let digits: String = rest.take_while(|word| word.bytes().all(|byte| byte.is_ascii_digit())).copied().collect();
        is(word, CODES) && (4..=10).contains(&digits.len()) && !is_year(&digits)
    })
}

/// Something that nobody says in an address: a line of a file of users, a code that was sent to somebody, a password
/// behind its name (`your verification code is 839201`, `password is Harvest-77`).
pub(super) fn is_confided(value: &str) -> bool {
    const SENT: &[&str] = &["access", "confirmation", "login", "recovery", "security", "verification"];
    const NAMES: &[&str] = &["contraseña", "hasło", "heslo", "passphrase", "passwort", "password", "passwd", "senha"];
    const IS: &[&str] = &["=", "a", "do", "es", "est", "ist", "is", "je", "jest", "to", "war", "was", "è", "é"];
    if value.contains(":x:0:0:") || value.contains(":/bin/bash") && value.contains(":x:") {
        return true;
    }
    let words: Vec<&str> = value.split([' ', '+', '_']).filter(|word| !word.is_empty()).take(64).collect();
    let is = |word: &str, list: &[&str]| list.contains(&word.trim_end_matches(':').to_lowercase().as_str());
    let digits = |word: &str| word.bytes().filter(u8::is_ascii_digit).count();
    words.iter().enumerate().any(|(at, word)| {
        let rest = words.get(at + 1..).unwrap_or_default();
        if is(word, SENT) && rest.first().is_some_and(|word| is(word, &["code"])) {
            let said = rest.get(1..).unwrap_or_default().iter().find(|word| !is(word, IS));
            // `839201.jpg` is one in the name of a picture.
            let number = said.map(|word| word.split('.').next().unwrap_or_default()).unwrap_or_default();
            return (4..=10).contains(&number.len()) && digits(number) == number.len() && !is_year(number);
        }
        // `hasło do VPN to Wisla!2025`: few words between, and one that says what it is.
        let is_at = rest.iter().take(4).position(|word| is(word, IS) && !is(word, &["do", "a"]));
        let chosen = is_at.and_then(|at| rest.get(at + 1)).copied().unwrap_or_default();
        // `Passwort: Sommerregen!2024`
        let labelled = word.ends_with(':').then(|| rest.first().copied().unwrap_or_default());
        let chosen = labelled.unwrap_or(chosen);
        let letters = chosen.chars().filter(|c| c.is_alphabetic()).count();
        is(word, NAMES) && digits(chosen) >= 2 && letters >= 3
    })
}

/// Words of letters alone, the first with a capital, none of them for something private.
pub(super) fn is_heading(value: &str) -> bool {
    value.chars().next().is_some_and(char::is_uppercase)
        && value.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\''))
        && !is_sensitive(value)
}

/// What a chart is drawn from: three numbers and more, or as many names of months and days.
pub(super) fn is_series(value: &str) -> bool {
    const NAMES: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
        "fri", "sat", "sun", "q1", "q2", "q3", "q4",
    ];
    let number =
        |item: &str| item.len() <= 8 && item.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let name = |item: &str| NAMES.iter().any(|name| item.eq_ignore_ascii_case(name));
    let items = || value.split([',', '|']).map(str::trim).filter(|item| !item.is_empty());
    // Codes of letters are numbers, too.
    let code = |item: &str| item.parse::<u8>().is_ok_and(|code| (32..127).contains(&code));
    let coded = items().count() >= 6 && items().all(code);
    items().count() >= 3 && !coded && (items().all(number) || items().all(name))
}

/// The title of a document, with the kind of its file.
pub(super) fn is_titled(value: &str) -> bool {
    let stem =
        value.rsplit_once('.').filter(|(_, kind)| matches!(*kind, "pdf" | "html" | "htm" | "docx" | "epub" | "odt"));
    stem.is_some_and(|(stem, _)| is_heading(stem))
}

/// A word of letters and digits as the numbers of passports, tax offices and banks are written: `RSSMRA85T10A562S`.
pub(super) fn has_code(value: &str) -> bool {
    // Papers about a part are named for it.
    if is_file(value) && !["png", "gif", "jpg", "svg", "webp"].iter().any(|kind| value.ends_with(kind)) {
        return false;
    }
    let code = |word: &str| {
        (9..=34).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && word.bytes().filter(u8::is_ascii_digit).count() >= 4
            && word.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    value.split(|c: char| !c.is_ascii_alphanumeric()).any(code)
}

/// Four digits that are a year of the last century or this one.
pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

/// A number of four digits and more that is no year.
pub(super) fn has_number(value: &str) -> bool {
    let digits = |word: &str| word.len() >= 4 && word.bytes().filter(u8::is_ascii_digit).count() >= 4;
    value.split(|char: char| !char.is_ascii_alphanumeric()).any(|word| digits(word) && !is_year(word))
}

/// The name of a picture that shows nothing.
pub(super) fn is_blank(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default();
    matches!(segment, "1.gif" | "1.png")
        || has_word(
            stem,
            &[
                "1x1",
                "beacon",
                "blank",
                "clear",
                "dot",
                "empty",
                "open",
                "p",
                "pixel",
                "px",
                "spacer",
                "track",
                "transparent",
            ],
        )
}

/// A point of the earth, or a day.
pub(super) fn is_place(value: &str) -> bool {
    let decimal = |part: &str| part.trim().parse::<f64>().is_ok() && part.contains('.');
    let point = value.contains(',') && value.split(',').all(decimal);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let day = value.len() == 10 && value.split('-').map(str::len).eq([4, 2, 2]) && value.split('-').all(digits);
    point || day
}

/// Letters and digits, as people write passwords.
pub(super) fn is_chosen(text: &str) -> bool {
    // Sizes (`250x100`) and settings of pictures (`image/resize,w_800`) have both, too.
    let size = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'x');
    let setting = size || text.contains([',', '|']) || text.starts_with('/') && is_file(text);
    !setting
        && text.len() >= 7
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a name ends in what kind of file it is.
pub(super) fn is_file(value: &str) -> bool {
    let kind = value.rsplit_once('.').map(|(_, kind)| kind);
    kind.is_some_and(|kind| {
        (1..=5).contains(&kind.len())
            && kind.starts_with(|c: char| c.is_ascii_alphabetic())
            && kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// The name of a page without the number that it has in a shop or a journal: `74863-title.html`, `title-p768.html`,
/// `title-87e705131800`.
pub(super) fn unnumbered(segment: &str) -> &str {
    let page = segment.strip_suffix(".html").or_else(|| segment.strip_suffix(".htm"));
    let digits = |piece: &str| piece.bytes().filter(u8::is_ascii_digit).count();
    let number = |piece: &str| piece.is_ascii() && digits(piece) + 1 >= piece.len() && digits(piece) <= 8;
    let digest = |piece: &str| {
        (10..=40).contains(&piece.len())
            && piece.bytes().all(|byte| byte.is_ascii_hexdigit())
            && piece.bytes().any(|byte| byte.is_ascii_lowercase())
    };
    let name = page.unwrap_or(segment);
    let name = name
        .rsplit_once('-')
        .filter(|(_, last)| page.is_some() && number(last) || digest(last))
        .map_or(name, |it| it.0);
    name.split_once('-').filter(|(first, _)| page.is_some() && number(first)).map_or(name, |it| it.1)
}

/// What somebody asks who does not tell anything.
pub(super) fn is_question(value: &str) -> bool {
    let lower = value.trim_start().to_lowercase();
    let asks = ["how to ", "how do i ", "how can i ", "how long does "].iter().any(|words| lower.starts_with(words));
    asks && !lower.contains(" is ") && !lower.contains(':')
}

/// Whether a path ends like that of a picture.
pub(super) fn is_picture_file(path: &str) -> bool {
    let kind = path.rsplit_once('.').map(|(_, kind)| kind);
    kind.is_some_and(|kind| ["gif", "jpeg", "jpg", "png", "webp"].contains(&kind))
}
