//! Components of Vue and Svelte: their scripts are code, and so is what their pages show as HTML.

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
    for (item, over) in loops.iter().filter(|it| !twice(it)) {
        out.extend(format!("\n;for ({item} of {over});").bytes());
        // A page of Vue takes what a `ref` holds.
        out.extend(format!("\n;if ($h) for ({item} of {over}.value);").bytes());
    }
    String::from_utf8(out).ok()
}

/// What a page has of a program.
enum Part<'a> {
    /// An expression that is shown as HTML.
    Shown(&'a str),
    /// The name of the item of a loop, and the names that it goes over.
    Loop(&'a str, &'a str),
}

/// `()=>$h(x);` over `v-html="x"` or `{@html x}`, from seven bytes before `x` on.
fn show(out: &mut [u8], at: usize, expression: &str) {
    let mut put = |at: usize, text: &str| {
        for (to, from) in out.iter_mut().skip(at).zip(text.bytes()) {
            *to = from;
        }
    };
    let end = at + "()=>$h(".len() + expression.len();
    put(at, "()=>$h(");
    put(at + "()=>$h(".len(), expression);
    put(end, ")");
    // What follows would be a call of this otherwise.
    if let Some(next) = out.get_mut(end + 1).filter(|next| **next == b' ') {
        *next = b';';
    }
}

/// The parts of a page that are looked at, by place; comments have none.
fn parts<'a>(page: &'a str, left: &mut usize) -> Vec<(usize, Part<'a>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = page.get(at..).and_then(|rest| rest.find(['v', '{', '<'])).map(|open| at + open) {
        let rest = page.get(open..).unwrap_or_default();
        at = open + 1;
        if rest.starts_with("<!--") {
            let Some(end) = rest.find("-->") else { break };
            at = open + end;
            continue;
        }
        let signs = ["v-html=", "v-for=", "{@html ", "{#each "];
        let Some(sign) = signs.into_iter().find(|sign| rest.starts_with(sign)) else { continue };
        if *left == 0 {
            break;
        }
        *left -= 1;
        let Some(inner) = rest.get(sign.len()..) else { continue };
        let whole = if sign.starts_with('{') { braced(inner) } else { quoted(inner) };
        let part = match sign {
            "v-html=" | "{@html " => whole.filter(|it| stands_alone(it)).map(Part::Shown),
            "v-for=" => whole.and_then(|it| it.split_once(" in ").or_else(|| it.split_once(" of "))).and_then(over),
            _ => whole.and_then(|it| it.split_once(" as ")).map(|(over, item)| (item, over)).and_then(over),
        };
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
    let mut open = Vec::new();
    for c in text.chars() {
        let inside = open.last().copied().filter(|c| matches!(c, '"' | '\'' | '`'));
        match (inside, c) {
            (_, '\\') => return false,
            (Some(quote), _) if quote == c => drop(open.pop()),
            (Some(_), _) => {}
            (None, '"' | '\'' | '`' | '(' | '[' | '{') => open.push(c),
            (None, ')' | ']' | '}') => {
                let pair = match c {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop() != Some(pair) {
                    return false;
                }
            }
            (None, ';') => return false,
            (None, _) => {}
        }
    }
    open.is_empty() && !text.trim().is_empty() && !["//", "/*", "*/", "<!--"].iter().any(|sign| text.contains(sign))
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
        assert_eq!(joined(&found), format!("()=>$h(f(m)); ()=>$h(c); x {loops}"));
        for page in [
            "<!-- <p v-html='a'></p> -->",
            "<p v-html='x); throw 1; (0'>",
            "<p v-html=\"0) /*\">",
            "{@html a",
            "{@html x; y}",
            "<p v-html='a",
            "{#each f(x) as m}",
            "<i v-for='m in a'/><i v-for='m in b'/>",
        ] {
            assert_eq!(joined(&scripts("A.vue", page).unwrap()), "", "{page}");
        }
        assert_eq!(scripts("a.ts", text), None);
        assert_eq!(scripts("a.svelte", "<script").unwrap().trim(), "");
    }
}
