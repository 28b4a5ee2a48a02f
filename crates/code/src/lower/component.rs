//! Components of Vue and Svelte: only their scripts are code.

/// The text with blanks for everything but what stands in `<script>`, so that places stay what they are; None for any
/// other file.
pub(super) fn scripts(path: &str, text: &str) -> Option<String> {
    if !path.ends_with(".vue") && !path.ends_with(".svelte") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(open) = find(&lower, at, "<script") {
        let Some(start) = text.get(open..).and_then(|rest| rest.find('>')).map(|end| open + end + 1) else { break };
        let end = find(&lower, start, "</script").unwrap_or(text.len());
        blank(text.get(at..start)?, &mut out);
        out.push_str(text.get(start..end)?);
        at = end;
    }
    blank(text.get(at..)?, &mut out);
    Some(out)
}

fn find(text: &str, from: usize, tag: &str) -> Option<usize> {
    memchr::memmem::find(text.as_bytes().get(from..)?, tag.as_bytes()).map(|at| from + at)
}

fn blank(text: &str, out: &mut String) {
    out.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
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
        assert_eq!(scripts("a.ts", text), None);
        assert_eq!(scripts("a.svelte", "<script").unwrap().trim(), "");
    }
}
