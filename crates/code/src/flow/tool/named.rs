//! What functions do by their names alone.

use super::last_name;

/// First words of functions that take something away for good.
const TAKES_AWAY: &[&str] = &["delete", "purge", "wipe", "destroy", "terminate", "erase"];
/// What is only shown, or runs.
const SHOWN: &[&str] = &[
    "line",
    "lines",
    "display",
    "screen",
    "window",
    "widget",
    "buffer",
    "cursor",
    "char",
    "chars",
    "selection",
    "text",
    "process",
    "thread",
    "session",
    "pool",
    "cache",
    "key",
    "cookie",
    "cookies",
];
/// What is gone with all that is in it.
const STORES: &[&str] =
    &["table", "tables", "database", "db", "collection", "index", "indexes", "schema", "keyspace", "user", "tenant"];
/// What is moved by functions that pay.
const MONEY: &[&str] = &["refund", "payment", "payout", "funds", "money", "charge", "transfer"];
/// First words of functions that move it.
const MOVES: &[&str] = &["issue", "create", "send", "make", "process", "execute", "initiate", "submit", "transfer"];

/// What a function does by its name alone: `delete_user`, `refundPayment`.
pub(super) fn by_name(path: &str) -> Option<&'static str> {
    let words = words(last_name(path.strip_suffix("()")?));
    let first = words.first()?.as_str();
    let what = words.get(1)?.as_str();
    if TAKES_AWAY.contains(&first) && !SHOWN.contains(&what)
        || matches!(first, "drop" | "truncate") && STORES.contains(&what)
    {
        return Some("deletes");
    }
    let pays = words.iter().skip(1).any(|word| MONEY.contains(&word.as_str())) && MOVES.contains(&first);
    (pays || matches!(first, "refund" | "payout")).then_some("pays")
}

/// Words of an identifier in any usual spelling, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before = '_';
    for c in name.chars().take(80) {
        if !c.is_alphanumeric() {
            before = '_';
            continue;
        }
        if before == '_' || c.is_uppercase() && before.is_lowercase() {
            out.push(String::new());
        }
        before = c;
        out.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_is_done() {
        assert_eq!(by_name("crm.delete_customer()"), Some("deletes"));
        assert_eq!(by_name("api.issueRefund()"), Some("pays"));
        assert_eq!(by_name("bank.transfer_funds()"), Some("pays"));
        for path in [
            "cache.delete()",
            "list_deleted()",
            "transfer_learning()",
            "refund_policy",
            "undelete_user()",
            "drop_duplicates()",
            "buf.erase_line()",
        ] {
            assert_eq!(by_name(path), None, "{path}");
        }
    }
}
