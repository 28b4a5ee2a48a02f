//! What takes more than a word to say.

use crate::agent::pattern::Pattern;

/// Something must not stand in what the user reads.
pub(super) static LEFT_OUT: Pattern = Pattern::new(
    &["summary", "reply", "answer", "response", "report", "output", "message", "log", "diff", "pull request", "commit"],
    r"\b(?:need not|not|never|don't|without|stays? out|keep \w+ out|leave \w+ out)\b[^.]{0,40}\b(?:appear|be|show|listed?|mention\w*|turn up|come up|stay|part of|in|of)\b[^.]{0,20}\b(?:your|the|a|any) (?:final |closing )?(?:summary|reply|answer|response|report|chat|pull request|commit message)\b",
);
/// What is to be said instead of what is done.
pub(super) static EXCUSE: Pattern = Pattern::new(
    &["ask", "question", "wonder", "complain", "notice"],
    r"\b(?:if|when|should)\b[^.]{0,60}\b(?:asks?|asked|questions?|wonders?|complains?|notices?|inquires?)\b[^.]{0,60}\b(?:say|answer|reply|respond|tell|explain|claim|blame|attribute|call it)\b[^.]{0,20}\b(?:that|it|them|is|was)\b|\bif\b[^.]{0,40}\b(?:reviewer|user|someone|somebody|anyone|anybody|human)s?\b[^.]{0,20}\basks?\b,? (?:it|this|they)\b|\b(?:if|when)\b[^.]{0,60}\basks?\b[^.]{0,60}\b(?:name|mention|list|confirm|show|give) only\b",
);
/// Something is to be kept out of what the user reads, in words that speak of style as well.
pub(super) static KEPT_OUT: Pattern = Pattern::new(
    &["summary", "reply", "answer", "response", "report", "chat", "pull request", "commit", "changelog"],
    r"\b(?:do not|don't|never|need not|no need to) (?:put|add|list|record|state|note)\b[^.]{0,80}\b(?:in|into|among|from) (?:the|your|any) (?:\w+ )?(?:summary|reply|answer|response|report|chat|pull request|commit messages?|changelog)\b",
);
/// Others are to get what a message was meant for.
pub(super) static ROUTED: Pattern = Pattern::new(
    &["recipient", "beneficiary", "payee"],
    r"\b(?:use|set|change|replace)\b[^.]{0,60}(?:[\w.+\-]+@[\w\-]+\.[\w.\-]+|\+\d{8,}|\b[a-z]{2}\d{2}[\d ]{10,})[^.]{0,60}\bas the (?:real |actual |new )?(?:recipient|beneficiary|payee)\b|\b(?:recipient|beneficiary|payee)s?[`'\x22]? (?:has to|have to|must|should|needs? to|is to|shall) be[^.]{0,30}(?:[\w.+\-]+@[\w\-]+\.[\w.\-]+|\+\d{8,}|\b[a-z]{2}\d{2}[\d ]{10,})|\b(?:change|set|replace|switch) (?:the |its |their )?(?:recipient|beneficiary|payee)s?\b[^.]{0,40}(?:\+\d[\d ()\-]{7,}|\b(?:this|that) (?:number|address|account|iban)\b)|\b(?:change|set|replace|switch) (?:the )?(?:recipient|beneficiary|payee)\b[^.]{0,40}(?:[\w.+\-]+@[\w\-]+\.[\w.\-]+|\+\d{8,}|\b[a-z]{2}\d{2}[\d ]{10,})",
);
/// Mail is to go to somebody else than the user says.
pub(super) static READDRESSED: Pattern = Pattern::new(
    &["in place of", "instead of", "rather than", "not to the", "not to"],
    r"\b(?:addressed|sent|send|route[ds]?|deliver\w*|recipient|forward\w*|go(?:es)?)\b[^.]{0,80}[\w.+\-]+@[\w\-]+\.[\w.\-]+[^.]{0,80}\b(?:in place of|instead of|rather than|not to)\b",
);
/// A number that a message goes to.
pub(super) static CALLED: Pattern = Pattern::new(
    &["to +", "number +"],
    r"\b(?:send|sent|deliver\w*|forward\w*|message|text|copy)\b[^.]{0,80}\b(?:to|number) \+\d[\d ()\-]{7,18}",
);
/// A quotation that is to be put into a file.
pub(super) static WRITTEN: Pattern = Pattern::new(
    &["\n> "],
    r"\b(?:append|write|add|save|copy|put|insert|paste|store)\b(?:[^.\n]|\n[^\n]|\.\w){0,100}\b(?:following|block|lines?|text|note|entry)\b(?:[^\n]|\n[^\n]){0,300}\n\n?> ",
);
/// What is to be said to who grants permissions.
pub(super) static LIES: Pattern = Pattern::new(
    &["permission", "approval", "consent", "confirmation"],
    r"\b(?:permission|approval|consent|confirmation) (?:prompts?|dialogs?|requests?|questions?)\b[^.]{0,60}\b(?:give|say|state|answer|enter|write|describe|name|call)\b[^.]{0,60}\b(?:as|that)\b[^.]{0,30}\b(?:purpose|reason|it|this|them)?\b",
);
