//! XGBoost models as JSON, Universal Binary JSON, and the old binary format.

use redan_domain::ReadAt;

use super::{COUNT_MISMATCH, check_count, invalid, ubjson};
use crate::bytes::Cursor;
use crate::head::Head;
use crate::outline::{self, Outline};
use crate::readers::{Match, Reader};
use crate::stream::Stream;
use crate::walk::Cx;
use redan_domain::Fact;

fn has(bytes: &[u8], word: &str) -> bool {
    memchr::memmem::find(bytes, word.as_bytes()).is_some()
}

/// Keys that stand near the beginning of every XGBoost document besides `learner`.
const COMPANIONS: &[&str] =
    &["gradient_booster", "learner_model_param", "learner_train_param", "generic_param", "version"];

/// JSON, by its keys.
pub(crate) struct XgBoostJson;

impl Reader for XgBoostJson {
    fn format(&self) -> &'static str {
        "xgboost-json"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let json = head.bytes.trim_ascii_start();
        let quoted = |word: &&str| has(json, &format!("\"{word}\""));
        let starts =
            json.first() == Some(&b'{') && json.get(1..).unwrap_or_default().trim_ascii_start().first() == Some(&b'"');
        if starts && has(json, "\"learner\"") && COMPANIONS.iter().any(quoted) { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        match outline::json(Stream::new(input, 0)) {
            Ok(model) => check(&model, cx),
            Err(error) => invalid(cx, "json", &format!("the model is not valid JSON: {error}"), 0),
        }
    }
}

/// Universal Binary JSON, which starts like JSON but has a length before the first key.
pub(crate) struct XgBoostUbj;

impl Reader for XgBoostUbj {
    fn format(&self) -> &'static str {
        "xgboost-ubj"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let marked = head.bytes.first() == Some(&b'{') && head.bytes.get(1).is_some_and(|b| b"iUIlL".contains(b));
        let control = head.bytes.get(2).is_some_and(|b| *b < 32);
        let first = head.bytes.get(..64.min(head.bytes.len())).unwrap_or_default();
        if marked && control && (has(first, "learner") || has(first, "version")) && has(head.bytes, "learner") {
            Match::Yes
        } else {
            Match::No
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut stream = Stream::new(input, 0);
        match ubjson::read(&mut stream) {
            Ok(model) => {
                check(&model, cx);
                if stream.remaining() > 0 {
                    invalid(cx, "end", &format!("{} bytes follow the model", stream.remaining()), stream.position());
                }
            }
            Err(problem) => {
                invalid(cx, problem, &format!("{problem} at byte {}", stream.position()), stream.position());
            }
        }
    }
}

/// Checks what both encodings say.
fn check(model: &Outline, cx: &mut Cx<'_>) {
    let Some(learner) = model.get("learner") else { return };
    for key in ["num_feature", "num_class", "num_target"] {
        if let Some(word) = learner.at(&["learner_model_param", key]).and_then(Outline::word) {
            check_count(&format!("/learner/learner_model_param/{key}"), word, cx);
            cx.artifact.contents.meta(key, word);
        }
    }
    if let Some(name) = learner.at(&["objective", "name"]).and_then(Outline::word) {
        cx.artifact.contents.meta("objective", name);
    }
    if let Some(booster) = learner.get("gradient_booster") {
        if let Some(name) = booster.get("name").and_then(Outline::word) {
            cx.artifact.contents.meta("booster", name);
        }
        let place = "/learner/gradient_booster";
        trees(booster, place, cx);
        if let Some(inner) = booster.get("gbtree") {
            trees(inner, &format!("{place}/gbtree"), cx);
        }
    }
    let mut place = String::new();
    model.texts(&mut place, &mut |place, text| crate::codelike::check(cx, place, text));
}

fn trees(booster: &Outline, place: &str, cx: &mut Cx<'_>) {
    let Some(model) = booster.get("model").or_else(|| booster.get("gbtree_model_param").map(|_| booster)) else {
        return;
    };
    let mut claimed = None;
    for (key, value) in model.get("gbtree_model_param").map(Outline::entries).unwrap_or_default() {
        if let Some(word) = value.word() {
            check_count(&format!("{place}/model/gbtree_model_param/{key}"), word, cx);
            if key == "num_trees" {
                claimed = word.trim().parse::<u64>().ok();
                cx.artifact.contents.meta("num_trees", word);
            }
        }
    }
    let Some(list) = model.get("trees") else { return };
    if let (Some(claimed), Some(count)) = (claimed, list.count())
        && claimed != count
        && claimed <= super::ABSURD as u64
    {
        let message = format!("the model says it has {claimed} trees, but {count} are there");
        cx.fact(Fact::new(COUNT_MISMATCH, "num_trees", message).pointer(format!("{place}/model/trees")));
    }
    for (index, tree) in list.items().iter().enumerate() {
        one_tree(tree, &format!("{place}/model/trees/{index}"), cx);
    }
}

/// A tree's node count against the lists that have one element per node.
fn one_tree(tree: &Outline, place: &str, cx: &mut Cx<'_>) {
    for key in ["num_nodes", "num_feature", "size_leaf_vector", "num_deleted"] {
        if let Some(word) = tree.at(&["tree_param", key]).and_then(Outline::word) {
            check_count(&format!("{place}/tree_param/{key}"), word, cx);
        }
    }
    let nodes = tree.at(&["tree_param", "num_nodes"]).and_then(Outline::word).and_then(|word| word.parse::<u64>().ok());
    let Some(nodes) = nodes else { return };
    for key in ["left_children", "right_children", "parents", "split_indices", "split_conditions"] {
        if let Some(count) = tree.get(key).and_then(Outline::count)
            && count != nodes
        {
            let message = format!("`{place}` has {nodes} nodes, but `{key}` has {count} elements");
            cx.fact(Fact::new(COUNT_MISMATCH, key, message).pointer(format!("{place}/{key}")));
        }
    }
}

/// The binary format of versions before 2: parameters, the names of objective and booster, then trees.
pub(crate) struct XgBoostBinary;

/// The parameters are a structure of this size.
const PARAMETERS: usize = 136;

/// Offset of the parameters, objective and booster.
fn binary(head: &[u8]) -> Option<(usize, String, String, usize)> {
    let start = if head.starts_with(b"binf") { 4 } else { 0 };
    let mut cursor = Cursor::from(head, start + PARAMETERS);
    let mut name = || {
        let len = cursor.u64().filter(|len| (2..=64).contains(len))?;
        let text = std::str::from_utf8(cursor.take(len as usize)?).ok()?.to_string();
        text.bytes().all(|b| b.is_ascii_graphic()).then_some(text)
    };
    let objective = name()?;
    let booster = name().filter(|name| matches!(name.as_str(), "gbtree" | "gblinear" | "dart"))?;
    Some((start, objective, booster, cursor.position()))
}

impl Reader for XgBoostBinary {
    fn format(&self) -> &'static str {
        "xgboost-binary"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if binary(head.bytes).is_some() { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let head = input.read_vec_at(0, 1024).unwrap_or_default();
        let Some((start, objective, booster, after)) = binary(&head) else { return };
        cx.artifact.contents.meta("objective", &objective);
        cx.artifact.contents.meta("booster", &booster);
        let mut cursor = Cursor::from(&head, start + 4);
        let features = cursor.u32().unwrap_or_default();
        let classes = cursor.i32().unwrap_or_default();
        check_count("num_feature", &features.to_string(), cx);
        check_count("num_class", &classes.to_string(), cx);
        if booster != "gblinear" {
            let trees = Cursor::from(&head, after).i32().unwrap_or_default();
            check_count("num_trees", &trees.to_string(), cx);
            cx.artifact.contents.meta("num_trees", &trees.to_string());
        }
        // Attributes are texts behind the trees.
        let start = input.size().saturating_sub(1 << 20);
        crate::codelike::check_bytes(cx, &input.read_vec_at(start, 1 << 20).unwrap_or_default(), start);
    }
}
