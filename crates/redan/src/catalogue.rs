//! Every entry a user can list and explain: the rules of `scan` and the detectors of `inspect`.

use redan_domain::{Entry, RuleInfo};

/// What reports say about each, rules first.
pub(crate) fn all() -> Vec<RuleInfo> {
    let rules = redan_scan::rules().into_iter().map(redan_scan::Rule::info);
    rules.chain(redan_inspect::detectors::detectors().iter().filter_map(redan_inspect::Detector::info)).collect()
}

/// The entry with this id, or the first detector of this kind (`EMAIL_ADDRESS`).
pub(crate) fn entry(id: &str) -> Option<&'static Entry> {
    if let Some(rule) = redan_scan::rules::by_id(id) {
        return Some(&rule.entry);
    }
    let detectors = redan_inspect::detectors::detectors();
    let named = redan_inspect::detectors::by_id(id).or_else(|| detectors.iter().find(|known| *known.kind() == *id));
    named.and_then(redan_inspect::Detector::entry)
}

/// Whether detections may be called so: a kind, a detector or a category.
pub(crate) fn is_kind(name: &str) -> bool {
    redan_inspect::Category::named(name).is_some()
        || redan_inspect::detectors::detectors().iter().any(|known| known.id() == name || *known.kind() == *name)
}

/// `; did you mean …?` with the nearest ids, or where to find the list.
pub(crate) fn hint(id: &str) -> String {
    let rules = redan_scan::rules().into_iter().map(|rule| rule.entry.id.as_str());
    let ids = rules.chain(redan_inspect::detectors::detectors().iter().map(redan_inspect::Detector::id));
    let wanted = id.to_lowercase().replace('_', "-");
    let mut near: Vec<(f64, &str)> =
        ids.map(|known| (strsim::jaro_winkler(known, &wanted), known)).filter(|(near, _)| *near > 0.75).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    match near.as_slice() {
        [] => "; `redan rules` lists them all".to_string(),
        near => {
            let names: Vec<_> = near.iter().take(3).map(|(_, id)| format!("`{id}`")).collect();
            format!("; did you mean {}?", names.join(" or "))
        }
    }
}
