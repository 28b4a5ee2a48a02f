//! What does harm and waits for it: files that are encrypted and deleted, dates after which data goes.

use redan_domain::Severity;

use super::Look;
use crate::agent::facts::DESTROYS;
use crate::agent::pattern::Pattern;
use crate::agent::sheet::quoted;

static ENCRYPTS: Pattern = Pattern::new(
    &["encrypt", "createcipher"],
    r"\.encrypt\s*\(|\bencrypt_\w+\s*\(|\bcreatecipheriv\s*\(|\bnewcbcencrypter\b|\.seal\s*\(",
);
/// File after file below a folder.
static EVERY_FILE: Pattern = Pattern::new(
    &["rglob", "os.walk", "glob(", "readdir", "walkdir", "filepath.walk", "enumeratefiles"],
    r"\.rglob\s*\(|\bos\.walk\s*\(|\bglob\s*\(|\breaddir(?:sync)?\s*\(|\bwalkdir\b|filepath\.walk|enumeratefiles",
);
static REPLACES: Pattern = Pattern::new(
    &["unlink", "remove", "write_bytes", "writefile", "rename", "delete"],
    r"\.unlink\s*\(|\bunlink(?:sync)?\s*\(|\bos\.remove\s*\(|\.write_bytes\s*\(|\bwritefile\w*\s*\(|\bfile\.delete\s*\(",
);
/// What is left for whoever looks for them; other scripts as the bytes of their words.
static NOTE: Pattern = Pattern::new(
    &[
        "ransom",
        "btc",
        "bitcoin",
        "monero",
        "decrypt",
        "\u{437}\u{430}\u{448}\u{438}\u{444}\u{440}\u{43e}\u{432}",
        "verschl\u{fc}sselt",
        "encrypted",
        "recover",
        "restore",
        "xmr",
    ],
    r"ransom|\b(?:files|data)\b[^\n]{0,40}\bencrypted\b|\b\d[\d.]* ?(?:btc|xmr)\b|\bpay\b[^\n]{0,60}\b(?:recover|restore|decrypt)|\xd0\xb7\xd0\xb0\xd1\x88\xd0\xb8\xd1\x84\xd1\x80\xd0\xbe\xd0\xb2|verschl\xc3\xbcsselt\b[^\n]{0,80}(?:btc|zahl)",
);
/// A day in the text that today is compared with.
static DAY: Pattern = Pattern::new(
    &[
        "time.time()",
        "today()",
        "now()",
        "currenttimemillis()",
        "date(",
        "date.utc(",
        "datetime(",
        "parse(",
        "localdate.of",
        "isbefore",
        "isafter",
    ],
    r#"\b(?:date|datetime|date\.utc|time\.date|localdate\.of)\s*\(\s*["']?20[2-4]\d\b|\blocaldate\.ofepochday\s*\(\s*\d|\b(?:today|now|time\.time)\s*\(\s*\)\s*[<>]=?\s*[a-z_]\w*|\b(?:now|time\.time|currenttimemillis)\s*\(\s*\)\s*[<>]=?\s*1[789]\d{8,11}\b"#,
);
static TODAY: Pattern = Pattern::new(
    &["today()", "now()", "new date()", "date.now", "time.time()"],
    r"\btoday\s*\(\s*\)|\bnow\s*\(\s*\)|\bnew\s+date\s*\(\s*\)|\bdate\.now\b|\btime\.time\s*\(\s*\)",
);
/// Where it is tried out, nothing happens; or it happens now and then.
static SPARES: Pattern = Pattern::new(
    &["\"ci\"", "'ci'", ".ci", "pytest_current_test", "gethostname", "random", "rand.", "_dev", "weekday()"],
    r#"["']ci["']|env\.ci\b|pytest_current_test|gethostname|\brandom\b|random\.current|\brand\.|_dev\b|weekday\(\)"#,
);
/// The same in a shell: `[ "$(date +%Y%m%d)" -ge 20251201 ]`.
static SHELL_DAY: Pattern = Pattern::new(
    &["date +"],
    r#"\$\(\s*date\s+\+["']?%[^)\n]{1,20}\)["']?\s*(?:-g[te]|-ge|>)\s*["']?(?:20\d{2}-?\d{2}|1[789]\d{8})"#,
);
/// What is the user's own, taken away for good.
static TAKES_AWAY: Pattern = Pattern::new(
    &["rm -rf", "shred", "terminate-instances", "s3 rb", "mkfs", "dd if="],
    r#"\brm\s+-rf\s+["']?(?:~|\$home|\$\{home|"?\$\w)|\bshred\b|\bterminate-instances\b|\bs3\s+rb\b|\bmkfs\b|\bdd\s+if="#,
);
/// What belongs to the user.
static HOME: Pattern = Pattern::new(
    &["home()", "homedir()", "expanduser"],
    r"\bpath\.home\s*\(\s*\)|\b(?:user)?homedir\s*\(\s*\)|\bexpanduser\s*\(",
);
/// What cannot be undone.
static DELETES: Pattern = Pattern::new(
    &[
        "drop table",
        "truncate",
        "rmtree",
        "rm -rf",
        "delete from",
        "removeall",
        "dropdatabase",
        "rmsync",
        "stash",
        "reflog",
        "drop database",
        "drop schema",
    ],
    r"\bdrop\s+(?:table|database|schema)\b|\btruncate\s+(?:table\b|\x22|\w)|\brmtree\s*\(|\brm\s+-rf\b|\bdelete\s+from\b|\bremoveall\s*\(|\bdropdatabase\s*\(|\brmsync\s*\(|\bstash[\x22\x27,\s]+clear\b|\breflog[\x22\x27,\s]+expire\b",
);

/// Whole parts of a cloud are ended, by a command each.
static ENDS: Pattern = Pattern::new(
    &["terminate-instances", "s3 rm", "delete-user", "delete-db", "group delete", "projects delete", "s3 rb"],
    r"\bec2\s+terminate-instances\b|\bs3\s+r[mb]\b|\biam\s+delete-user\b|\brds\s+delete-db-\w+\b|\baz\s+group\s+delete\b|\bgcloud\s+projects\s+delete\b",
);
/// The program ends itself, so that nothing is written of it.
static HALTS: Pattern = Pattern::new(
    &[".halt(", "os._exit", "process.abort", "syscall.kill"],
    r"\bgetruntime\s*\(\s*\)\s*\.halt\s*\(|\bos\._exit\s*\(|\bprocess\.abort\s*\(|\bsyscall\.kill\s*\(",
);
/// Bytes are changed at random, or a bit of them.
static SPOILS: Pattern = Pattern::new(
    &["^=", "rand"],
    r"\[[^\]\n]{0,60}\brand\w*[^\n]{0,40}\]\s*(?:\^|=[^=])[^\n]{0,60}|\[[^\]\n]{1,60}\]\s*\^=\s*[^\n]{0,40}\brand\w*",
);
/// As if nothing had been written.
static TIMES_BACK: Pattern = Pattern::new(
    &["utime", "chtimes", "touch -r"],
    r"\bos\.utime\s*\([^\n]{0,120}mtime|\butimes(?:sync)?\s*\([^\n]{0,120}mtime|\bchtimes\s*\([^\n]{0,120}modtime|\btouch\s+-r\s",
);
/// And nobody is asked.
const UNASKED: &[&str] = &[
    "do not ask",
    "don't ask",
    "without asking",
    "no confirm",
    "until the task is complete",
    "--trust-all-tools",
    "--yes",
    "-y ",
];

pub(super) fn look(look: &mut Look<'_, '_>) {
    let ends = look.all(&ENDS);
    let kinds: std::collections::HashSet<_> =
        ends.iter().map(|found| found.text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    if let Some(first) =
        ends.first().filter(|_| kinds.len() > 1 && UNASKED.iter().any(|word| look.lower.contains(word)))
    {
        let message = format!("ends what runs in a cloud, and asks nobody: {}", quoted(first.text));
        look.add(DESTROYS, Severity::High, first, message);
    }
    if look.sheet.prose || crate::agent::place::is_test(look.sheet.path) {
        return;
    }
    if look.has(&EVERY_FILE) && look.has(&REPLACES) && look.has(&NOTE) {
        for found in look.all(&ENCRYPTS).into_iter().take(1) {
            let message = format!("encrypts file after file and leaves a note: {}", quoted(found.text));
            look.add(DESTROYS, Severity::High, &found, message);
        }
    }
    if look.has(&TIMES_BACK) && look.has(&REPLACES) {
        for found in look.all(&SPOILS).into_iter().take(1) {
            let message = format!("spoils files at random, and puts their times back: {}", quoted(found.text));
            look.add(DESTROYS, Severity::High, &found, message);
        }
    }
    if look.has(&DAY) && look.has(&TODAY) && look.has(&SPARES) {
        for found in look.all(&HALTS).into_iter().take(1) {
            let message = format!("ends the program after a day that stands in the code: {}", quoted(found.text));
            look.add(DESTROYS, Severity::High, &found, message);
        }
    }
    for found in look.all(&SHELL_DAY) {
        let to = look.lower.floor_char_boundary((found.span.end + 800).min(look.lower.len()));
        let behind = look.lower.get(found.span.end..to).unwrap_or_default();
        if TAKES_AWAY.is_in(behind, behind) {
            let message = format!("deletes data after a day that stands in the code: {}", quoted(found.text));
            look.add(DESTROYS, Severity::High, &found, message);
        }
    }
    // One of them may be a matter of course.
    let several = || {
        let kinds: std::collections::HashSet<_> =
            look.all(&DELETES).iter().map(|found| found.text.to_ascii_lowercase()).collect();
        kinds.len() > 1
    };
    if look.has(&DAY)
        && look.has(&TODAY)
        && (look.has(&SPARES) || several() || look.has(&HOME) && look.has(&EVERY_FILE))
    {
        for found in look.all(&DELETES).into_iter().take(1) {
            let message =
                format!("deletes data after a day that stands in the code, and not everywhere: {}", quoted(found.text));
            look.add(DESTROYS, Severity::High, &found, message);
        }
    }
}
