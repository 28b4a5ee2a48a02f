//! Components of Vue and Svelte: their scripts are code, and so is what their pages show as HTML.

use std::ops::Range;

/// Expressions and loops of the pages of one component that are looked at.
const MOST: usize = 200;
/// Longest of them, in bytes.
const LONGEST: usize = 1 << 10;

/// The text with blanks for everything but what stands in `<script>`, so that places stay what they are; None for any
/// other file. `v-html="x"` and `{@html x}` become functions that hand `x` to `$h`, where they stand; behind the text
/// come the loops of the page, over names only: `for (m of messages);`.
pub(super) fn scripts(path: &str, text: &str) -> Option<String> {
    if !path.ends_with(".vue") && !path.ends_with(".svelte") {
        return None;
    }
    let (mut out, pages) = split(text)?;
    let (mut left, mut loops) = (MOST, Vec::new());
    for page in pages {
        let part = text.get(page.clone())?;
        for (at, expression) in parts(part, &mut left) {
            match expression {
                Part::Shown(expression) => show(&mut out, page.start + at, expression),
                Part::Loop(item, over) => loops.push((item, over)),
            }
        }
    }
    // Two loops whose items have one name would be mixed.
    let twice = |(item, over): &(&str, &str)| loops.iter().any(|(other, of)| item == other && over != of);
    let script = String::from_utf8_lossy(&out).into_owned();
    for (item, over) in loops.iter().filter(|it| !twice(it) && !is_taken(it.0, &script)) {
        out.extend(format!("\n;for ({item} of {over});").bytes());
        // A page of Vue takes what a `ref` holds.
        out.extend(format!("\n;if ($h) for ({item} of {over}.value);").bytes());
    }
    String::from_utf8(out).ok()
}

/// The same without anything of the page.
pub(super) fn script_alone(text: &str) -> Option<String> {
    String::from_utf8(split(text)?.0).ok()
}

/// The text with blanks for what is no script, and where that stands.
fn split(text: &str) -> Option<(Vec<u8>, Vec<Range<usize>>)> {
    let lower = text.to_ascii_lowercase();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    let mut pages = Vec::new();
    while let Some(open) = find(&lower, at, "<script") {
        let Some(start) = text.get(open..).and_then(|rest| rest.find('>')).map(|end| open + end + 1) else { break };
        let end = find(&lower, start, "</script").unwrap_or(text.len());
        pages.push(at..start);
        blank(text.get(at..start)?, &mut out);
        out.extend(text.get(start..end)?.bytes());
        at = end;
    }
    pages.push(at..text.len());
    blank(text.get(at..)?, &mut out);
    Some((out, pages))
}

/// Whether the name of an item is one that the script has, or every script: it would be another thing there.
fn is_taken(name: &str, script: &str) -> bool {
    const GLOBALS: &[&str] = &[
        "Function",
        "JSON",
        "Object",
        "console",
        "crypto",
        "document",
        "eval",
        "exports",
        "fetch",
        "global",
        "globalThis",
        "history",
        "location",
        "module",
        "navigator",
        "parent",
        "process",
        "require",
        "self",
        "top",
        "window",
    ];
    let declared = |word: &str| {
        let written = format!("{word} {name}");
        let ends = |at: usize| {
            let next = script.as_bytes().get(at + written.len());
            !next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
        };
        script.match_indices(&written).any(|(at, _)| ends(at))
    };
    let imported = || {
        let imports = script.lines().filter(|line| line.trim_start().starts_with("import"));
        imports.take(200).any(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name))
    };
    GLOBALS.contains(&name) || ["class", "const", "function", "let", "var"].iter().any(|it| declared(it)) || imported()
}

/// What a page has of a program.
enum Part<'a> {
    /// An expression that is shown as HTML.
    Shown(&'a str),
    /// The name of the item of a loop, and the names that it goes over.
    Loop(&'a str, &'a str),
}

/// `;_=>$h(x)` over `v-html="x"` or `{@html x}`, from seven bytes before `x` on.
fn show(out: &mut [u8], at: usize, expression: &str) {
    let bytes = [SHOWN, expression, ")"].concat();
    for (to, from) in out.iter_mut().skip(at).zip(bytes.bytes()) {
        *to = from;
    }
}

/// A function of what follows; what stands before it is ended.
const SHOWN: &str = ";_=>$h(";

/// The parts of a page that are looked at, by place; comments have none.
fn parts<'a>(page: &'a str, left: &mut usize) -> Vec<(usize, Part<'a>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = page.get(at..).and_then(|rest| rest.find(['v', '{', '<'])).map(|open| at + open) {
        let rest = page.get(open..).unwrap_or_default();
        at = open + 1;
        if rest.starts_with("<!--") {
            at += rest.find("-->").unwrap_or(0);
            continue;
        }
        let signs = ["v-html=", "v-for=", "{@html ", "{#each "];
        let Some(sign) = signs.into_iter().find(|sign| rest.starts_with(sign)) else { continue };
        if *left == 0 {
            break;
        }
        let Some(inner) = rest.get(sign.len()..) else { continue };
        let whole = if sign.starts_with('{') { braced(inner) } else { quoted(inner) };
        let part = match sign {
            "v-html=" | "{@html " => whole.filter(|it| stands_alone(it)).map(Part::Shown),
            "v-for=" => whole.and_then(|it| it.split_once(" in ").or_else(|| it.split_once(" of "))).and_then(over),
            _ => whole.and_then(|it| it.split_once(" as ")).map(|(over, item)| (item, over)).and_then(over),
        };
        *left -= usize::from(part.is_some());
        // Of an attribute the quote is written over, too.
        let start = if sign == "v-html=" { open + 1 } else { open };
        found.extend(part.map(|part| (start, part)));
    }
    found
}

/// What stands between quotes.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = text.get(1..text.floor_char_boundary(LONGEST.min(text.len())))?;
    inner.get(..inner.find(quote)?)
}

/// What stands before the brace that closes.
fn braced(text: &str) -> Option<&str> {
    let text = text.get(..text.floor_char_boundary(LONGEST.min(text.len())))?;
    let mut depth = 0_i32;
    let end = text.find(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth < 0
    })?;
    text.get(..end)
}

/// Whether an expression ends nothing that it did not begin, and is one.
fn stands_alone(text: &str) -> bool {
    let (mut open, mut before) = (Vec::new(), '(');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match open.last().copied() {
            Some('"' | '\'' | '`') if c == '\\' => drop(chars.next()),
            Some('`') if c == '$' && chars.next_if_eq(&'{').is_some() => open.push('{'),
            Some(quote @ ('"' | '\'' | '`')) => {
                if quote == c {
                    open.pop();
                }
            }
            last => match c {
                '"' | '\'' | '`' | '(' | '[' | '{' => open.push(c),
                ')' | ']' | '}' => {
                    let pair = match c {
                        ')' => '(',
                        ']' => '[',
                        _ => '{',
                    };
                    if last != Some(pair) {
                        return false;
                    }
                    open.pop();
                }
                // A pattern, without quotes and brackets in it.
                '/' if matches!(before, '(' | ',' | '=' | ':' | '?') && chars.peek() != Some(&'/') => loop {
                    match chars.next() {
                        Some('/') => break,
                        Some('\\') => drop(chars.next()),
                        Some('"' | '\'' | '`' | '(' | ')' | '[' | ']' | '*' | '\n') | None => return false,
                        Some(_) => {}
                    }
                },
                ';' | '\\' | '/' | '#' | '@' => return false,
                _ => {}
            },
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    open.is_empty() && !text.trim().is_empty() && !text.contains("<!--") && !text.contains("-->")
}

/// A loop over names, `(m, i)` or `m` of `chat.messages`.
fn over<'a>((item, over): (&'a str, &'a str)) -> Option<Part<'a>> {
    let item = item.trim().trim_start_matches(['(', ' ']).split([',', ')', ' ']).next().unwrap_or_default();
    let over = over.trim();
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    let name = |text: &str| !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && plain(text);
    (name(item) && over.split('.').all(name)).then_some(Part::Loop(item, over))
}

fn find(text: &str, from: usize, tag: &str) -> Option<usize> {
    memchr::memmem::find(text.as_bytes().get(from..)?, tag.as_bytes()).map(|at| from + at)
}

fn blank(text: &str, out: &mut Vec<u8>) {
    out.extend(text.bytes().map(|byte| if byte == b'\n' { b'\n' } else { b' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_stay_where_they_are() {
        let text =
            "<template>é</template>\n<script setup lang=\"ts\">\nlet a = 1\n</script>\n<style>b</style><SCRIPT>c()";
        let found = scripts("A.vue", text).unwrap();
        assert_eq!(found.len(), text.len());
        for part in ["let a = 1", "c()"] {
            assert_eq!(found.find(part), text.find(part));
        }
        assert_eq!(found.split_whitespace().collect::<Vec<_>>(), ["let", "a", "=", "1", "c()"]);
        let page = "<p v-for=\"(m, i) in all\" v-html='f(m)'>é</p>{#each a.b as c, d (c.id)}{@html c}{/each}<script>x</script>";
        let found = scripts("A.vue", page).unwrap();
        assert_eq!(found.find("f(m)"), page.find("f(m)"));
        let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let loops = ";for (m of all); ;if ($h) for (m of all.value); ;for (c of a.b); ;if ($h) for (c of a.b.value);";
        assert_eq!(joined(&found), format!(";_=>$h(f(m)) ;_=>$h(c) x {loops}"));
        for page in [
            "<!-- <p v-html='a'></p> -->",
            "<p v-html='x); throw 1; (0'>",
            "<p v-html=\"0) /*\">",
            "{@html a",
            "{@html x; y}",
            "{@html f(//)}",
            "<p v-html='a",
            "{#each f(x) as m}",
            "<p title=\"v-html='`${`'\">",
            "{@html a.replace(/\"/g, '\")')}",
            "<li v-for='document in all'>",
            "<i v-for='m in a'/><i v-for='m in b'/>",
        ] {
            assert_eq!(joined(&scripts("A.vue", page).unwrap()), "", "{page}");
        }
        for page in
            ["{@html a.replace(/\\n/g, '<br>')}", "{@html `<a href=\"https://x\">${a}</a>`}", "{@html f('\\'', a)}"]
        {
            assert_eq!(joined(&scripts("a.svelte", page).unwrap()).find(";_=>$h("), Some(0), "{page}");
        }
        let taken = |script: &str| scripts("A.vue", &format!("<i v-for='m in a'/><script>{script}</script>")).unwrap();
        assert!(taken("const messages = 1").contains("for (m of a)") && !taken("let m = 1").contains("for (m of a)"));
        assert_eq!(scripts("a.ts", text), None);
        assert_eq!(scripts("a.svelte", "<script").unwrap().trim(), "");
    }
}
