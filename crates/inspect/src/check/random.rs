//! Whether a value looks drawn at random, chosen as a password, or put there to be replaced.

use super::shannon;

/// Parts of values that documentation and tests write where a credential belongs.
const STAND_INS: &str = "\
    example sample changeme change-me change_me placeholder replace your insert dummy fake redacted xxxx **** \
    .... ____ todo fixme undefined foobar lorem notreal not-real invalid deadbeef abc-def abcdefgh 12345678 mock \
    _here -here goes- goes_ < > {{ }} ${ $( %( ...";

/// Whole values that are no password although they stand where one does; digits at the end are not compared.
const WORDS: &str = "\
    pass password passwd passw0rd p@ssw0rd p@ssword secret pwd user username root admin guest test testing \
    tester demo none null true false yes default token key value string required optional hidden prompt file env \
    empty unset basic bearer plain text hash md5 sha256 sha512 bcrypt login postgres mysql mongo redis rabbitmq \
    admin:admin foo bar baz qwerty letmein abc x changeit me auth credential db";

fn is_word(lower: &str) -> bool {
    WORDS.split_whitespace().any(|word| word == lower)
}

/// Whether the value only stands for one: `changeme`, `<your-key>`, `${KEY}`, `xxxxxxxx`, `abcdefgh`, `$KEY`, `%KEY%`.
pub fn placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let enclosed = [("$", ""), ("%", "%"), ("@", "@"), ("{", "}"), ("[", "]"), ("__", "__")];
    STAND_INS.split_whitespace().any(|word| lower.contains(word))
        || enclosed.iter().any(|(open, close)| {
            let inner = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            inner.is_some_and(|inner| {
                !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
            })
        })
        || monotonous(value)
}

/// Too few different characters, one repeated, or a row like `abcdef` and `654321`.
fn monotonous(value: &str) -> bool {
    let bytes = value.as_bytes();
    let step = |pair: &[u8]| match pair {
        [first, second] => i16::from(*second) - i16::from(*first),
        _ => i16::MAX,
    };
    let near = bytes.windows(2).map(step).filter(|step| step.abs() <= 1).count();
    let (mut row, mut longest, mut last) = (1_usize, 1_usize, i16::MAX);
    for step in bytes.windows(2).map(step) {
        row = if step == last { row + 1 } else { 2 };
        last = step;
        if step.abs() <= 1 {
            longest = longest.max(row);
        }
    }
    let most = if bytes.len() < 32 { bytes.len() / 2 } else { (bytes.len() / 8).max(12) };
    longest > most.max(5) || near * 2 >= bytes.len().max(10) || (bytes.len() >= 12 && shannon(value) < 2.2)
}

/// Whether it may be a credential and is no [`placeholder`].
pub fn genuine(value: &str) -> bool {
    !placeholder(value)
}

/// Whether most of the value looks drawn at random: letters and digits that change places as no word, version or
/// file name has them.
pub fn random(value: &str) -> bool {
    if value.len() < 10 || value.len() > 512 {
        return false;
    }
    let parts = value.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '+');
    let drawn: usize = parts.filter(|part| drawn(part.as_bytes())).map(str::len).sum();
    drawn * 2 >= value.len() && shannon(value) >= 2.8 && !uuid(value) && !placeholder(value)
}

/// Letters and digits, neither missing, and more than words and numbers that are joined.
pub fn mixed(value: &str) -> bool {
    let pure = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit()) || part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !value.split(['_', '-', '.', '/']).all(pure)
        && !placeholder(value)
}

/// A row of letters and digits: the share of places where the kind changes. A capital before a small letter begins
/// a word and is no change.
fn drawn(part: &[u8]) -> bool {
    #[derive(PartialEq, Clone, Copy)]
    enum Kind {
        Digit,
        Lower,
        Upper,
    }
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => Kind::Digit,
        b'a'..=b'z' => Kind::Lower,
        _ => Kind::Upper,
    };
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    if part.len() < 8 || digits == 0 || digits == part.len() {
        return false;
    }
    let changes = part.windows(2).filter(|pair| match pair {
        [first, second] => {
            let (first, second) = (kind(*first), kind(*second));
            first != second && !(first == Kind::Upper && second == Kind::Lower)
        }
        _ => false,
    });
    let changes = changes.count();
    changes >= 3 && changes * 9 > 2 * (part.len() - 1)
}

/// The form of a UUID: more often an identifier than a credential.
pub fn uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a person may have chosen it as a password: no word, no identifier, no path, no expression.
pub fn password(value: &str) -> bool {
    let trimmed = value.trim_end_matches(|byte: char| byte.is_ascii_digit() || byte == '!');
    let lower = trimmed.to_ascii_lowercase();
    let plausible = (5..=128).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_graphic())
        && !is_word(&lower)
        && !placeholder(value)
        && !uuid(value);
    let has = |wanted: fn(&u8) -> bool| value.as_bytes().iter().any(wanted);
    let kinds = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
        has(|byte| byte.is_ascii_punctuation() && !matches!(byte, b'_' | b'-' | b'.' | b'/' | b':')),
    ];
    plausible
        && (kinds[0] || kinds[1])
        && !lower.contains("password")
        && kinds.iter().filter(|kind| **kind).count() >= 2
        && (kinds[2] || kinds[3])
}

/// Whether it may be the password inside an address: anything but a stand-in.
pub fn in_address(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    value.len() >= 3 && !is_word(&lower) && !placeholder(value) && !value.contains(['$', '{', '}', '[', ']', '*', '%'])
        || (value.len() >= 8 && value.contains('%') && !placeholder(value) && random(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_drawn_at_random() {
        for value in
            ["f3a91c07be5d2468", "Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB", "q7w-k2Jd83Hs9_Ab12kd9QzX", "eyJ0eXAiO1V2Q1c4ZTA5"]
        {
            assert!(random(value), "{value}");
        }
        for value in [
            "correct-horse-battery",
            "rc0.13.0_20230412_0712-SNAPSHOT",
            "ultraPictureBox1",
            "f3a91c07-be5d-2468-aaaa-0123456789ab",
            "xxxxxxxxxxxxxxxx1",
            "abcdefghijklmnop1",
            "012345678901234567",
            "/etc/ssl/private/key1.pem",
            "application/x-x509",
            "",
        ] {
            assert!(!random(value), "{value}");
        }
    }

    #[test]
    fn values_that_stand_for_one() {
        for value in [
            "${TOKEN}",
            "$TOKEN",
            "%TOKEN%",
            "<your-token>",
            "{{ token }}",
            "changeme",
            "xxxxxxxxxxxx",
            "aaaaaaaaaaaaaaaa",
        ] {
            assert!(placeholder(value), "{value}");
        }
        assert!(!placeholder("f3a91c07be5d2468"));
    }

    #[test]
    fn passwords() {
        for value in ["hunter2!", "Tr0ub4dor&3", "s3cr3tP4ss", "8ae31cacf141669ddfb5da"] {
            assert!(password(value), "{value}");
        }
        for value in
            ["password", "password123", "PASSWORD", "getPassword", "user.password", "a", "my password1", "${PW}"]
        {
            assert!(!password(value), "{value}");
        }
    }
}
