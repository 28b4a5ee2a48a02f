//! How long memory lives: what is used, kept or lost behind the place at which it is given back.

use super::token::Kind;
use super::walk::Walk;

/// Kinds of weakness that are found here.
pub(super) const KINDS: &[&str] = &["use-after-free", "leak-on-return"];

/// Tokens behind a release in which a use is looked for.
const LOOK_AHEAD: usize = 300;
/// Tokens behind an allocation in which ways out are looked for.
const FURTHER: usize = 3_000;
/// Blocks that are left on the way.
const MAX_OUTER: usize = 2;

/// Calls that do not keep the memory they are given.
const BORROWS: &[&str] = &[
    "memcpy", "memset", "memmove", "memcmp", "strlen", "strcpy", "strcat", "strncpy", "strncat", "strcmp", "strncmp",
    "snprintf", "sprintf", "printf", "fprintf", "puts", "fputs", "fread", "fwrite", "fgets", "fscanf", "sscanf",
    "read", "write", "recv", "send", "fseek", "ftell", "rewind", "feof", "ferror", "fgetc", "getc", "fputc", "putc",
    "getline", "sizeof", "strchr", "strrchr", "strstr", "strtol", "atoi", "fileno", "fflush", "qsort", "strtok",
    "snprintf",
];

type Range = (usize, usize);

/// What a place does with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    Uses(usize),
    /// It is another one from here on, or nothing is known any more.
    Ends,
}

impl Walk<'_, '_> {
    /// `free(name)` and `delete name`: what stands behind it must not use it.
    pub(super) fn freed(&mut self, (from, to): Range, behind: usize) {
        let tokens = self.tokens;
        let name = tokens.slice(from, to);
        if name.is_empty()
            || to - from > 8
            || !(from..to).all(|at| tokens.kind(at) == Some(Kind::Name) || tokens.is_any(at, &["->", ".", "*", "("]))
        {
            return;
        }
        if tokens.is_name(from.wrapping_sub(2), "free") && self.is_of_new(name) {
            self.report("mismatched-delete", None, from - 2, None, false);
        }
        if !tokens.is(behind, ";") {
            return;
        }
        if let Some(at) = self.released_at_label(name, to - from, behind) {
            self.report("use-after-free", None, at, None, false);
        } else if let Some(Touch::Uses(at)) = self.touched_behind(name, to - from, behind, false) {
            self.report("use-after-free", None, at, None, false);
        } else if self.is_left_behind(name, (from, to), behind) {
            self.report("use-after-free", None, from, None, false);
        }
    }

    /// `free(p); goto fail;` where `fail:` releases it once more.
    fn released_at_label(&self, name: &str, length: usize, behind: usize) -> Option<usize> {
        let tokens = self.tokens;
        let function = self.inside?;
        let label = tokens.name(behind + 2).filter(|_| tokens.is_name(behind + 1, "goto"))?;
        tokens.spend(function.end.saturating_sub(behind));
        let place = (behind + 3..function.end).find(|at| tokens.is_name(*at, label) && tokens.is(at + 1, ":"))?;
        for at in place + 2..function.end {
            if tokens.slice(at, at + length) != name || tokens.is_any(at.wrapping_sub(1), &[".", "->"]) {
                continue;
            }
            let is_released = tokens.is(at.wrapping_sub(1), "(")
                && tokens.is(at + length, ")")
                && self.is_release(at.wrapping_sub(2));
            return is_released.then_some(at);
        }
        None
    }

    /// What happens next with a name behind the end of a statement, in the same line of execution. Behind a branch
    /// what happened may depend on what was asked before: there only a reading counts, unless `is_sure`.
    pub(super) fn touched_behind(&self, name: &str, length: usize, behind: usize, is_sure: bool) -> Option<Touch> {
        let tokens = self.tokens;
        let end = tokens.len().min(behind + LOOK_AHEAD).min(self.inside.map_or(usize::MAX, |function| function.end));
        tokens.spend(end.saturating_sub(behind));
        let (mut depth, mut outer, mut is_last, mut at) = (0_usize, 0, false, behind + 1);
        while at < end {
            match tokens.text(at) {
                "{" => depth += 1,
                "}" if depth == 0 => {
                    if let Some(used) = self.step(at, name, length) {
                        return Some(Touch::Uses(used));
                    }
                    outer += 1;
                    at = self.behind_branch(at).filter(|_| outer <= MAX_OUTER)?;
                    continue;
                }
                _ if tokens.is(at, "#") => return None,
                "}" => depth -= 1,
                ";" if is_last => return None,
                "return" | "goto" | "break" | "continue" | "exit" | "abort" | "throw" if depth == 0 => is_last = true,
                // A branch of its own: it may be the one in which nothing was released.
                "case" | "default" | "else" if depth == 0 => return None,
                "sizeof" => at = tokens.pair(at + 1).unwrap_or(at),
                _ => match self.touch(at, name, length) {
                    Some(Touch::Uses(place)) if outer == 0 || is_sure || depth == 0 && self.is_read(place, length) => {
                        return Some(Touch::Uses(place));
                    }
                    Some(Touch::Uses(_)) | None => {}
                    Some(Touch::Ends) => return Some(Touch::Ends),
                },
            }
            at += 1;
        }
        None
    }

    /// What stands at one place, if it is this name.
    fn touch(&self, at: usize, name: &str, length: usize) -> Option<Touch> {
        let tokens = self.tokens;
        if tokens.kind(at) != Some(Kind::Name)
            || tokens.slice(at, at + length) != name
            || tokens.is_any(at.wrapping_sub(1), &[".", "->", "::"])
        {
            return None;
        }
        let next = at + length;
        if tokens.is(next, "=") {
            let end = tokens.expression_end(next + 1, true);
            let is_same = |at: usize| tokens.slice(at, at + length) == name && self.is_read(at, length);
            let used = (next + 1..end).find(|at| is_same(*at));
            return Some(used.map_or(Touch::Ends, Touch::Uses));
        }
        let is_other = tokens.is_any(next, &["==", "!=", "("])
            || tokens.is(at.wrapping_sub(1), "&")
            || tokens.kind(next) == Some(Kind::Name)
            // A declaration of another one.
            || tokens.is_any(at.wrapping_sub(1), &["*", "!"]) && !self.is_read(at, length);
        Some(if is_other { Touch::Ends } else { Touch::Uses(at) })
    }

    /// Whether what the name points to is read or written here.
    pub(super) fn is_read(&self, at: usize, length: usize) -> bool {
        let tokens = self.tokens;
        !tokens.is_any(at.wrapping_sub(1), &[".", "->", "::"]) && tokens.is_any(at + length, &["->", "["])
            || tokens.is(at.wrapping_sub(1), "*")
                && (tokens.is_any(at.wrapping_sub(2), &["=", "(", ",", ";", "{", "}"])
                    || tokens.is_name(at.wrapping_sub(2), "return"))
    }

    /// `for (…; …; p = p->next) { free(p); }`: what the loop that ends here does next.
    fn step(&self, close: usize, name: &str, length: usize) -> Option<usize> {
        let tokens = self.tokens;
        let end = tokens.pair(close)?.checked_sub(1).filter(|at| tokens.is(*at, ")"))?;
        let open = tokens.pair(end).filter(|open| tokens.is_name(open.wrapping_sub(1), "for"))?;
        let last = (open..end).rev().find(|at| tokens.is(*at, ";"))?;
        (last..end).find(|at| tokens.slice(*at, at + length) == name && self.is_read(*at, length))
    }

    /// Where it goes on behind a branch and its alternatives; none behind a loop or function.
    fn behind_branch(&self, close: usize) -> Option<usize> {
        let tokens = self.tokens;
        let before = tokens.pair(close)?.checked_sub(1)?;
        let is_if = tokens.pair(before).is_some_and(|open| tokens.is_name(open.wrapping_sub(1), "if"));
        if !is_if && !tokens.is_name(before, "else") {
            return None;
        }
        let mut at = close + 1;
        for _ in 0..16 {
            if !tokens.is_name(at, "else") {
                return Some(at);
            }
            at += 1;
            if tokens.is_name(at, "if") {
                at = tokens.pair(at + 1)? + 1;
            }
            at = if tokens.is(at, "{") { tokens.pair(at)? } else { tokens.expression_end(at, false) } + 1;
        }
        None
    }

    /// `free(x->text)`, a way out, and only behind that `x->text = …`: whoever holds `x` releases it once more.
    fn is_left_behind(&self, name: &str, (from, to): Range, behind: usize) -> bool {
        let tokens = self.tokens;
        let is_field = (from..to).any(|at| tokens.is_any(at, &["->", "."]));
        let Some(function) = self.inside.filter(|_| is_field && tokens.kind(from) == Some(Kind::Name)) else {
            return false;
        };
        let end = function.end.min(behind + LOOK_AHEAD);
        let (length, owner) = (to - from, tokens.text(from));
        tokens.spend(end.saturating_sub(behind));
        let mut is_out = false;
        for at in behind..end {
            if tokens.is_name(at, "return") {
                is_out = true;
            } else if tokens.slice(at, at + length) == name && tokens.is(at + length, "=") {
                return is_out;
            } else if tokens.is_name(at, owner) && tokens.is_any(at + 1, &[")", "="]) {
                // The whole is released, given away or another one.
                return false;
            }
        }
        false
    }

    /// `name = malloc(…);` or `fopen(…)`: a way out on which it is neither given back nor given away.
    pub(super) fn leaks(&mut self, name: &str, behind: usize) {
        let tokens = self.tokens;
        let Some(function) = self.inside else { return };
        let end = function.end.min(behind + FURTHER);
        tokens.spend(2 * end.saturating_sub(behind));
        if !self.is_given_back(name, behind, end) {
            return;
        }
        let (mut depth, mut freed, mut at) = (0_usize, usize::MAX, behind + 1);
        while at < end {
            match tokens.text(at) {
                // A function in it.
                "{" if tokens.is(at.wrapping_sub(1), ")")
                    && tokens.pair(at.wrapping_sub(1)).is_some_and(|open| tokens.is(open.wrapping_sub(1), "]")) =>
                {
                    at = tokens.pair(at).unwrap_or(at);
                }
                "{" => depth += 1,
                "}" if depth == 0 => return,
                "}" => {
                    depth -= 1;
                    if freed != usize::MAX && depth < freed {
                        // Given back in a branch: the rest is reached only where that branch does not leave.
                        if !self.leaves(at) {
                            return;
                        }
                        freed = usize::MAX;
                    }
                }
                "goto" => return,
                "if" if self.is_missing(at, name) => {
                    let close = tokens.close(at + 1);
                    // `if (f == NULL || buf == NULL)`: the other one may be what is missing.
                    if let Some(place) = self.loses_with_other(at + 1, close, name) {
                        return self.report("leak-on-return", None, place, None, false);
                    }
                    at = if tokens.is(close + 1, "{") {
                        tokens.close(close + 1)
                    } else {
                        tokens.expression_end(close + 1, false)
                    };
                }
                "return" if freed == usize::MAX => {
                    let end = tokens.expression_end(at + 1, false);
                    if !(at..end).any(|at| tokens.is_name(at, name)) {
                        return self.report("leak-on-return", None, at, None, false);
                    }
                    at = end;
                }
                text if text == name && !tokens.is_any(at.wrapping_sub(1), &[".", "->"]) => match self.hold(at) {
                    Hold::Borrowed => {}
                    Hold::Released if depth > 0 => freed = freed.min(depth),
                    Hold::Released | Hold::Kept => return,
                },
                _ => {}
            }
            at += 1;
        }
    }

    /// Whether the function gives it back or hands it out somewhere, so that it is the one that owns it.
    fn is_given_back(&self, name: &str, from: usize, to: usize) -> bool {
        let tokens = self.tokens;
        (from..to).any(|at| {
            tokens.is_name(at, name)
                && (tokens.is_name(at.wrapping_sub(1), "return") && tokens.is(at + 1, ";")
                    || tokens.is(at.wrapping_sub(1), "(")
                        && tokens.is(at + 1, ")")
                        && self.is_release(at.wrapping_sub(2)))
        })
    }

    fn is_release(&self, at: usize) -> bool {
        matches!(self.tokens.text(at), "free" | "fclose" | "pclose" | "closedir" | "xfree" | "g_free" | "kfree")
    }

    /// Whether the block that ends here is left by `return` and its like.
    fn leaves(&self, close: usize) -> bool {
        let tokens = self.tokens;
        let open = tokens.pair(close).unwrap_or(0);
        let last =
            (open + 1..close.saturating_sub(1)).rev().find(|at| tokens.is_any(*at, &[";", "{", "}"])).unwrap_or(open);
        matches!(tokens.text(last + 1), "return" | "goto" | "break" | "continue" | "exit" | "abort")
    }

    /// `if (!name)`, `if (name == NULL)`, also with more in it.
    fn is_missing(&self, at: usize, name: &str) -> bool {
        let tokens = self.tokens;
        let close = tokens.close(at + 1);
        (at + 2..close).any(|at| {
            tokens.is_name(at, name)
                && (tokens.is(at.wrapping_sub(1), "!")
                    || tokens.is(at + 1, "==")
                    || tokens.is(at.wrapping_sub(1), "==")
                        && matches!(tokens.text(at.wrapping_sub(2)), "NULL" | "nullptr" | "0"))
        })
    }

    /// The `return` of a branch that is taken when another one of several is missing, if that one does not release it.
    fn loses_with_other(&self, open: usize, close: usize, name: &str) -> Option<usize> {
        let tokens = self.tokens;
        let is_other = |at: usize| {
            tokens.name(at).is_some_and(|other| {
                other != name
                    && self.assigned.contains_key(other)
                    && (tokens.is(at.wrapping_sub(1), "!")
                        || tokens.is(at + 1, "==") && matches!(tokens.text(at + 2), "NULL" | "nullptr"))
            })
        };
        let has_other = (open..close).any(|at| tokens.is(at, "||")) && (open + 1..close).any(is_other);
        if !has_other || !tokens.is(close + 1, "{") {
            return None;
        }
        let end = tokens.close(close + 1);
        let mentioned = (close + 1..end).any(|at| tokens.is_name(at, name) || tokens.is_name(at, "goto"));
        (close + 1..end).find(|at| tokens.is_name(*at, "return")).filter(|_| !mentioned)
    }

    /// What becomes of the memory where its name stands.
    fn hold(&self, at: usize) -> Hold {
        let tokens = self.tokens;
        if tokens.is_any(at + 1, &["->", "[", "==", "!=", "+", ".", "?"])
            || tokens.is_any(at.wrapping_sub(1), &["!", "*", "&&", "||"])
        {
            return Hold::Borrowed;
        }
        // `f(a, name)`: the call around.
        let start = at.saturating_sub(40);
        let open =
            (start..at).rev().find(|open| tokens.is(*open, "(") && tokens.pair(*open).is_some_and(|pair| pair > at));
        match open.and_then(|open| open.checked_sub(1)) {
            Some(call) if self.is_release(call) => Hold::Released,
            Some(call) if matches!(tokens.text(call), "if" | "while") || BORROWS.contains(&tokens.text(call)) => {
                Hold::Borrowed
            }
            _ => Hold::Kept,
        }
    }
}

/// What becomes of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    Borrowed,
    Released,
    Kept,
}
