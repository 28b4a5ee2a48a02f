//! Components of Vue and Svelte: their scripts are code, and so is what their pages show as HTML.

/// Most that pages show as HTML, and loops over which they show it, in one component.
const MOST: usize = 200;

/// The text with blanks for everything but what stands in `<script>`, so that places stay what they are; None for any
/// other file. `v-html="x"` and `{@html x}` become functions that hand `x` to `$h`; at the end stand the loops of the
/// page: `for (m of messages);`.
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
    let mut loops = Vec::new();
    for page in pages {
        let part = text.get(page.clone())?;
        for (at, expression) in shown(part).take(MOST) {
            let place = page.start + at;
            put(&mut out, place, "()=>$h(");
            put(&mut out, place + "()=>$h(".len(), expression);
            let end = place + "()=>$h(".len() + expression.len();
            put(&mut out, end, ")");
            // What follows would be a call of this otherwise.
            if out.get(end + 1) == Some(&b' ') {
                put(&mut out, end + 1, ";");
            }
        }
        loops.extend(repeated(part).take(MOST));
    }
    out.extend(loops.concat().bytes());
    String::from_utf8(out).ok()
}

/// Writes over what stands at a place.
fn put(out: &mut [u8], at: usize, text: &str) {
    for (to, from) in out.iter_mut().skip(at).zip(text.bytes()) {
        *to = from;
    }
}

/// What a page shows as HTML, with the place seven bytes before.
fn shown(page: &str) -> impl Iterator<Item = (usize, &str)> {
    let vue = page.match_indices("v-html=").filter_map(|(at, sign)| {
        let rest = page.get(at + sign.len()..)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let inner = rest.get(1..)?;
        Some((at + 1, inner.get(..inner.find(quote)?)?))
    });
    let svelte = page.match_indices("{@html ").filter_map(|(at, sign)| {
        let rest = page.get(at + sign.len()..)?;
        let mut depth = 0_i32;
        let end = rest.find(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth < 0
        })?;
        Some((at, rest.get(..end)?))
    });
    vue.chain(svelte)
}

/// Loops of a page, as statements: `v-for="(m, i) in messages"`, `{#each messages as m, i (m.id)}`.
fn repeated(page: &str) -> impl Iterator<Item = String> {
    let name = |text: &str| {
        let name = text.trim().trim_start_matches(['(', ' ']).split([',', ')', ' ']).next().unwrap_or_default();
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
        plain.then(|| name.to_owned())
    };
    let plain =
        |over: &str| over.trim().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    let written = move |name: String, over: &str| {
        let over = over.replace('\n', " ");
        // A page of Vue takes what a `ref` holds.
        let inner = if plain(&over) { format!("\n;if ($h) for ({name} of {over}.value);") } else { String::new() };
        format!("\n;for ({name} of {over});{inner}")
    };
    let vue = page.match_indices("v-for=").filter_map(move |(at, sign)| {
        let rest = page.get(at + sign.len()..)?;
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let inner = rest.get(1..)?;
        let inner = inner.get(..inner.find(quote)?)?;
        let (item, over) = inner.split_once(" in ").or_else(|| inner.split_once(" of "))?;
        Some(written(name(item)?, over))
    });
    let svelte = page.match_indices("{#each ").filter_map(move |(at, sign)| {
        let rest = page.get(at + sign.len()..)?;
        let (over, item) = rest.get(..rest.find('}')?)?.split_once(" as ")?;
        Some(written(name(item)?, over))
    });
    vue.chain(svelte)
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
        assert_eq!(
            found.split_whitespace().collect::<Vec<_>>().join(" "),
            "()=>$h(f(m)); ()=>$h(c); x ;for (m of all); ;if ($h) for (m of all.value); ;for (c of a.b);"
        );
        assert_eq!(scripts("a.ts", text), None);
        assert_eq!(scripts("a.svelte", "<script").unwrap().trim(), "");
    }
}
