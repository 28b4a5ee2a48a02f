//! References and iterators that outlive what they point to, and casts to what an object may not be.

use super::functions::Function;
use super::lifetime::Touch;
use super::token::{Dialect, Kind};
use super::walk::{Shape, Walk};

/// Kinds of weakness that are found here.
pub(super) const KINDS: &[&str] = &["stale-reference", "unchecked-downcast"];

/// Methods behind which elements of a container may lie elsewhere, or be gone.
const MOVES: &[&str] = &[
    "push_back",
    "emplace_back",
    "insert",
    "emplace",
    "resize",
    "reserve",
    "erase",
    "clear",
    "assign",
    "pop_back",
    "shrink_to_fit",
    "append",
    "push_front",
];
/// Those of containers whose elements stay where they are.
const REMOVES: &[&str] = &["erase", "clear", "pop_back", "pop_front"];
/// Containers with an allocation for each element.
const NODES: &[&str] = &[
    "list",
    "map",
    "set",
    "unordered_map",
    "unordered_set",
    "multimap",
    "multiset",
    "forward_list",
    "unordered_multimap",
];
/// Methods that give a way to an element.
const REACHES: &[&str] =
    &["begin", "end", "rbegin", "find", "front", "back", "at", "data", "c_str", "lower_bound", "upper_bound"];

/// Tokens in front of a change in which what points into a container is looked for.
const LOOK_BACK: usize = 2_000;

impl Walk<'_, '_> {
    /// Looks through a function once it is known whole.
    pub(super) fn outlived(&mut self, function: &Function<'_>) {
        let tokens = self.tokens;
        for at in function.body..function.end {
            if tokens.is_spent() {
                return;
            }
            match tokens.text(at) {
                "return" => self.returned(at, function),
                "static_cast" if self.dialect == Dialect::Cpp => self.cast(at, function),
                text if self.dialect == Dialect::Cpp && MOVES.contains(&text) && tokens.is(at + 1, "(") => {
                    self.moved(at, function);
                }
                _ => {}
            }
        }
    }

    /// `items.push_back(…)` behind `auto& one = items[0]`.
    fn moved(&mut self, at: usize, function: &Function<'_>) {
        let tokens = self.tokens;
        if !tokens.is_any(at.wrapping_sub(1), &[".", "->"])
            || tokens.kind(at.wrapping_sub(2)) != Some(Kind::Name)
            || tokens.is_joint(at.wrapping_sub(3))
        {
            return;
        }
        let container = tokens.text(at.wrapping_sub(2));
        let method = tokens.text(at);
        let has_nodes = self.container_of(container, function).is_some_and(|name| NODES.contains(&name));
        if has_nodes && !REMOVES.contains(&method) {
            return;
        }
        let start = at.saturating_sub(LOOK_BACK).max(function.body);
        tokens.spend(at - start);
        let end = tokens.expression_end(at, false);
        for place in start..at.saturating_sub(2) {
            if !tokens.is(place, "=") || tokens.kind(place.wrapping_sub(1)) != Some(Kind::Name) {
                continue;
            }
            let name = tokens.text(place.wrapping_sub(1));
            if !self.reaches(place, container) || name == container {
                continue;
            }
            let is_named = |from: usize, to: usize| (from..to).any(|at| tokens.is_name(at, name));
            // `it = items.erase(it)`
            let is_renewed = tokens.is(at.wrapping_sub(3), "=") && is_named(at.wrapping_sub(4), at.wrapping_sub(3));
            if is_renewed || has_nodes && method == "erase" && !is_named(at, end) {
                continue;
            }
            if let Some(Touch::Uses(used)) = self.touched_behind(name, 1, end, true) {
                return self.report("stale-reference", None, used, None, false);
            }
        }
    }

    /// Whether what is assigned here points into the container.
    fn reaches(&self, equals: usize, container: &str) -> bool {
        let tokens = self.tokens;
        let end = tokens.expression_end(equals + 1, true);
        let is_bound =
            tokens.is_any(equals.wrapping_sub(2), &["&", "*"]) || tokens.is_name(equals.wrapping_sub(2), "auto");
        let is_reference = tokens.is(equals.wrapping_sub(2), "&") || tokens.is(equals + 1, "&");
        (equals + 1..end).any(|at| {
            tokens.is_name(at, container)
                && !tokens.is_joint(at.wrapping_sub(1))
                && (is_reference && tokens.is(at + 1, "[")
                    || tokens.is_any(at + 1, &[".", "->"])
                        && REACHES.contains(&tokens.text(at + 2))
                        && (is_bound || self.is_iterator(equals))
                        && (is_reference
                            || !matches!(tokens.text(at + 2), "front" | "back" | "at")
                                && !(at..end).any(|at| tokens.is(at, "-"))
                                && !tokens.is_joint(tokens.close(at + 3) + 1)))
        })
    }

    /// `std::vector<int>::iterator it = …`
    fn is_iterator(&self, equals: usize) -> bool {
        let before = self.tokens.text(equals.wrapping_sub(2));
        matches!(before, "iterator" | "const_iterator" | "pointer")
    }

    /// The type of container a name is declared as here.
    fn container_of(&self, name: &str, function: &Function<'_>) -> Option<&str> {
        let tokens = self.tokens;
        let end = function.end.min(function.head + LOOK_BACK);
        tokens.spend(end - function.head);
        let declared = (function.head..end).find(|at| {
            tokens.is_name(*at, name)
                && (tokens.is(at.wrapping_sub(1), ">")
                    || tokens.is(at.wrapping_sub(1), "&") && tokens.is(at.wrapping_sub(2), ">"))
        })?;
        let close =
            if tokens.is(declared.wrapping_sub(1), ">") { declared.wrapping_sub(1) } else { declared.wrapping_sub(2) };
        let (mut depth, mut at) = (0_usize, close);
        while at > function.head && close - at < 40 {
            if tokens.is(at, ">") {
                depth += 1;
            } else if tokens.is(at, "<") {
                depth -= 1;
                if depth == 0 {
                    return tokens.name(at.wrapping_sub(1));
                }
            }
            at -= 1;
        }
        None
    }

    /// `return buffer;` of what lives in this function only.
    fn returned(&mut self, at: usize, function: &Function<'_>) {
        let tokens = self.tokens;
        let place = if tokens.is(at + 1, "&") { at + 2 } else { at + 1 };
        let Some(name) = tokens.name(place) else { return };
        let is_text = tokens.is(place + 1, ".") && tokens.is_name(place + 2, "c_str") && tokens.is(place + 5, ";");
        let is_array = place == at + 1 && tokens.is(place + 1, ";");
        let gives_address = (function.head..function.open).any(|at| tokens.is(at, "*"));
        if is_text && gives_address && self.is_own_text(name, function)
            || is_array
                && gives_address
                && matches!(self.shapes.get(name), Some(Shape::Array(..)))
                && self.is_own_array(name, function)
        {
            self.report("stale-reference", None, place, None, false);
        }
    }

    /// `std::string name` in the body.
    fn is_own_text(&self, name: &str, function: &Function<'_>) -> bool {
        let tokens = self.tokens;
        tokens.spend(function.end - function.body);
        (function.body..function.end).any(|at| {
            tokens.is_name(at, name)
                && matches!(tokens.text(at.wrapping_sub(1)), "string" | "ostringstream")
                && !(at.saturating_sub(5)..at).any(|at| tokens.is_name(at, "static"))
        })
    }

    /// `char name[8]` in the body, not static.
    fn is_own_array(&self, name: &str, function: &Function<'_>) -> bool {
        let tokens = self.tokens;
        tokens.spend(function.end - function.body);
        (function.body..function.end).any(|at| {
            tokens.is_name(at, name)
                && tokens.is(at + 1, "[")
                && tokens.kind(at.wrapping_sub(1)) == Some(Kind::Name)
                && !matches!(tokens.text(at.wrapping_sub(1)), "return" | "case" | "else" | "sizeof")
                && !(at.saturating_sub(5)..at)
                    .any(|at| matches!(tokens.text(at), "static" | "thread_local" | "__thread"))
        })
    }

    /// `static_cast<Circle*>(shape)` where nobody asked what the shape is.
    fn cast(&mut self, at: usize, function: &Function<'_>) {
        const ASKS: &[&str] = &[
            "dynamic_cast",
            "typeid",
            "type",
            "kind",
            "tag",
            "getType",
            "getKind",
            "isa",
            "dyn_cast",
            "classof",
            "type_",
            "kind_",
        ];
        let tokens = self.tokens;
        let Some(class) = tokens.name(at + 2).filter(|_| tokens.is(at + 1, "<") && tokens.is_any(at + 3, &["*", "&"]))
        else {
            return;
        };
        if !tokens.is(at + 4, ">") || !tokens.is(at + 5, "(") || tokens.is_name(at + 6, "this") || self.mentions(ASKS) {
            return;
        }
        let Some(base) = self.base_of(class) else { return };
        let is_base = (function.head..function.end).any(|at| tokens.is_name(at, base) && !tokens.is(at + 1, "("));
        if is_base && self.says("virtual") {
            self.report("unchecked-downcast", None, at, None, false);
        }
    }

    /// The class that one of this file extends.
    fn base_of(&self, class: &str) -> Option<&str> {
        let tokens = self.tokens;
        tokens.spend(tokens.len());
        (1..tokens.len()).find_map(|at| {
            let is_head = tokens.is_name(at, class) && matches!(tokens.text(at.wrapping_sub(1)), "class" | "struct");
            let colon = (at + 1..at + 3).find(|at| tokens.is(*at, ":")).filter(|_| is_head)?;
            (colon + 1..colon + 4)
                .filter_map(|at| tokens.name(at))
                .find(|name| !matches!(*name, "public" | "virtual" | "protected" | "private"))
        })
    }
}
