//! An excerpt laid out in columns: what stands before, in and after the mark, safe to show.

use redan_domain::Excerpt;
use unicode_width::UnicodeWidthStr;

use crate::text::{push_visible, visible};

/// Most characters of one line.
const LINE: usize = 140;
/// Characters kept before a mark that lies far to the right.
const LEAD: usize = 40;

/// One line of an excerpt.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) before: String,
    pub(crate) marked: String,
    pub(crate) after: String,
    /// What to say under the mark; none if nothing is marked.
    pub(crate) note: Option<String>,
}

impl Row {
    /// The line itself.
    pub(crate) fn text(&self) -> String {
        format!("{}{}{}", self.before, self.marked, self.after)
    }

    /// Blanks, carets and note for the line below, if anything is marked.
    pub(crate) fn underline(&self) -> Option<(String, String, &str)> {
        let note = self.note.as_deref()?;
        Some((" ".repeat(self.before.width()), "^".repeat(self.marked.width().max(1)), note))
    }
}

/// Lays out every line.
pub(crate) fn rows(excerpt: &Excerpt) -> Vec<Row> {
    excerpt
        .lines
        .iter()
        .map(|line| {
            let mark = line.mark.map(|(start, end)| (start as usize, end.max(start) as usize));
            let first = mark.map_or(0, |(start, _)| if start > LINE - LEAD { start - LEAD } else { 0 });
            let mut row =
                Row { label: visible(&line.label), note: mark.map(|_| visible(&line.note)), ..Row::default() };
            if first > 0 {
                row.before.push('…');
            }
            for (index, c) in line.text.chars().enumerate().skip(first) {
                let part = match mark {
                    Some((_, end)) if index >= end => &mut row.after,
                    Some((start, _)) if index >= start => &mut row.marked,
                    _ => &mut row.before,
                };
                if index - first == LINE {
                    part.push('…');
                    break;
                }
                push_visible(part, c);
            }
            row
        })
        .collect()
}

/// Width of the widest label.
pub(crate) fn gutter(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.label.width()).max().unwrap_or(0)
}

/// As plain text, one string a line.
pub(crate) fn plain(excerpt: &Excerpt) -> Vec<String> {
    let rows = rows(excerpt);
    let gutter = gutter(&rows);
    let mut lines = Vec::new();
    for row in &rows {
        lines.push(format!("{:>gutter$} | {}", row.label, row.text()));
        if let Some((blanks, carets, note)) = row.underline() {
            lines.push(format!("{:>gutter$} | {blanks}{carets} {note}", "").trim_end().to_string());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use redan_domain::ExcerptLine;

    use super::*;

    fn line(text: &str, mark: Option<(u32, u32)>) -> Excerpt {
        Excerpt { lines: vec![ExcerptLine { label: "7".into(), text: text.into(), mark, note: "here".into() }] }
    }

    #[test]
    fn carets_stand_under_what_is_shown() {
        assert_eq!(plain(&line("ab cd", Some((3, 5)))), ["7 | ab cd", "  |    ^^ here"]);
        assert_eq!(plain(&line("語 \x1b cd", Some((4, 6)))), ["7 | 語 \\u{1b} cd", "  |           ^^ here"]);
        assert_eq!(plain(&line("ab", Some((9, 3)))), ["7 | ab", "  |   ^ here"], "a mark outside the line");
        assert_eq!(plain(&line("ab", None)), ["7 | ab"]);
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let rows = rows(&line(&"x".repeat(5000), Some((3000, 3004))));
        assert_eq!((rows[0].marked.len(), rows[0].before.chars().count()), (4, 41));
        assert_eq!(rows[0].text().chars().count(), LINE + 2);
    }
}
