//! LightGBM models as text: a header of `key=value` lines, one block per tree, parameters.

use redan_domain::ReadAt;

use super::{ABSURD_COUNT, COUNT_MISMATCH, check_count, invalid};
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::Fact;

/// Names and ranges of a million features are shorter.
const MAX_HEADER: usize = 64 << 20;
/// The lines of a tree that hold its counts are at its beginning.
const TREE_HEAD: usize = 256;
/// What follows the last tree is looked for in this many bytes before it is called missing.
const MAX_TAIL: u64 = 64 << 20;

pub(crate) struct LightGbm;

impl Reader for LightGbm {
    fn format(&self) -> &'static str {
        "lightgbm"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if !head.starts_with(b"tree") {
            return Match::No;
        }
        let mut lines = head.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let name = lines.next() == Some(b"tree");
        let version = lines.take(12).any(|line| line.starts_with(b"version=v") || line.starts_with(b"num_class="));
        if name && version { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let Some((header, trees_at)) = header(input) else {
            return invalid(cx, "header", "the header of the model has no end", 0);
        };
        let header = String::from_utf8_lossy(&header);
        let mut sizes = None;
        let (mut features, mut names) = (None, None);
        for line in header.lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            match key {
                "num_class" | "num_tree_per_iteration" | "max_feature_idx" | "label_index" => {
                    check_count(key, value, cx);
                    cx.artifact.contents.meta(key, value);
                    if key == "max_feature_idx" {
                        features = value.trim().parse::<u64>().ok();
                    }
                }
                "objective" | "version" => {
                    crate::codelike::check(cx, key, value);
                    cx.artifact.contents.meta(key, value);
                }
                "feature_names" => {
                    crate::codelike::check(cx, key, value);
                    names = Some(value.split_ascii_whitespace().count() as u64);
                }
                "tree_sizes" => sizes = Some(value.to_string()),
                _ => crate::codelike::check(cx, key, value),
            }
        }
        if let (Some(last), Some(names)) = (features, names)
            && last.checked_add(1) != Some(names)
            && i64::try_from(last).is_ok_and(|last| last < super::ABSURD)
        {
            let message = format!("the model has features 0 to {last}, but names {names}");
            cx.fact(Fact::new(COUNT_MISMATCH, "feature_names", message));
        }
        match sizes {
            Some(sizes) => trees(input, trees_at, &sizes, cx),
            None => first_tree(input, trees_at, cx),
        }
    }
}

/// The bytes before the first tree, and where that starts.
fn header(input: &dyn ReadAt) -> Option<(Vec<u8>, u64)> {
    let mut len = 64 << 10;
    loop {
        let mut bytes = input.read_vec_at(0, len).ok()?;
        let trees = memchr::memmem::find(&bytes, b"\nTree=").map(|at| at + 1);
        let none = memchr::memmem::find(&bytes, b"\nend of trees").map(|at| at + 1);
        if let Some(at) = trees.into_iter().chain(none).min() {
            bytes.truncate(at);
            return Some((bytes, at as u64));
        }
        if bytes.len() < len || len >= MAX_HEADER {
            return None;
        }
        len *= 8;
    }
}

/// `tree_sizes` says how many bytes each tree takes; the loader splits the text there.
fn trees(input: &dyn ReadAt, start: u64, sizes: &str, cx: &mut Cx<'_>) {
    let mut at = start;
    let mut count = 0u64;
    for word in sizes.split_ascii_whitespace() {
        if !cx.budget().nodes(1) {
            return cx.over_budget("trees");
        }
        let Ok(size) = word.parse::<u64>() else {
            let message = format!("a tree is said to take `{}` bytes", crate::text::shown(word, 40));
            cx.fact(Fact::new(ABSURD_COUNT, "tree_sizes", message));
            return;
        };
        if at.checked_add(size).is_none_or(|end| end > input.size()) {
            let message = format!("tree {count} is said to end {size} bytes after byte {at}, past the end of the file");
            return invalid(cx, "tree_sizes", &message, at);
        }
        if !one_tree(input, at, count, cx) {
            return;
        }
        at += size;
        count += 1;
    }
    cx.artifact.contents.meta("num_trees", &count.to_string());
    let tail = input.read_vec_at(at, input.size().saturating_sub(at).min(MAX_TAIL) as usize).unwrap_or_default();
    let after = tail.trim_ascii_start();
    let parameters = tail.get(..tail.len().min(1 << 20)).unwrap_or_default();
    crate::codelike::check_bytes(cx, parameters, at);
    if count > 0 && !after.starts_with(b"end of trees") {
        invalid(cx, "end of trees", &format!("the trees do not end at byte {at}, where their sizes say"), at);
    }
}

/// Checks that a tree starts here, and its counts. Old files have no sizes: only the first tree is known.
fn one_tree(input: &dyn ReadAt, at: u64, number: u64, cx: &mut Cx<'_>) -> bool {
    let bytes = input.read_vec_at(at, TREE_HEAD).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    if !text.trim_start().starts_with("Tree=") {
        invalid(cx, "tree_sizes", &format!("tree {number} does not start at byte {at}, where its size says"), at);
        return false;
    }
    for line in text.lines().skip(1).take(3) {
        if let Some((key @ ("num_leaves" | "num_cat"), value)) = line.split_once('=') {
            check_count(&format!("Tree {number} {key}"), value, cx);
        }
    }
    true
}

fn first_tree(input: &dyn ReadAt, at: u64, cx: &mut Cx<'_>) {
    let start = input.read_vec_at(at, 5).unwrap_or_default();
    if start == b"Tree=" {
        one_tree(input, at, 0, cx);
    }
}
