//! Inventories: every view, and what changed between two.

use std::collections::BTreeMap;

use redan_domain::{Asset, AssetKind, Attribute, Edge, EdgeKind, Location, ScanReport, Value};
use redan_report::inventory::{DiffView, Inventory, View, diff, render_diff};

fn asset(id: &str, kind: AssetKind, attributes: &[(&str, Attribute)]) -> Asset {
    let attributes: BTreeMap<_, _> =
        attributes.iter().map(|(key, value)| ((*key).to_string(), value.clone())).collect();
    let location = Location { line: Some(3), ..Location::file("app/main.py") };
    Asset { id: id.to_string(), kind, name: id.to_string(), location, attributes }
}

fn edge(from: &str, to: &str) -> Edge {
    Edge { from: from.to_string(), to: to.to_string(), kind: EdgeKind::Invokes }
}

fn report() -> ScanReport {
    ScanReport {
        assets: vec![
            asset("agent", AssetKind::Agent, &[("approval", false.into())]),
            asset("gpt \"x\"\n<b>", AssetKind::Model, &[("provider", "OpenAI".into())]),
            asset("agent", AssetKind::Agent, &[("sandbox", Attribute::new(Value::Unknown))]),
        ],
        edges: vec![edge("agent", "gpt \"x\"\n<b>"), edge("agent", "gpt \"x\"\n<b>"), edge("gpt \"x\"\n<b>", "agent")],
        ..ScanReport::default()
    }
}

fn shown(view: View) -> String {
    let mut out = Vec::new();
    Inventory::of(&report()).render(view, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn one_asset_that_two_analyses_name_is_one() {
    let table = shown(View::Table);
    assert!(table.contains("agent (1)") && table.contains("approval=no sandbox=unknown"), "{table}");
    assert!(table.ends_with("2 assets of 2 kinds, 2 connections\n"), "{table}");
}

#[test]
fn a_ring_is_drawn_once() {
    let tree = shown(View::Tree);
    assert_eq!(tree.matches("(above)").count(), 1, "{tree}");
    assert!(tree.contains("  invokes agent") || tree.contains("  invokes model"), "{tree}");
}

#[test]
fn labels_cannot_leave_the_graph() {
    let graph = shown(View::Mermaid);
    assert!(graph.contains(r#"["gpt #quot;x#quot;\n#lt;b#gt;"]"#), "{graph}");
    assert!(graph.contains("n0 -->|invokes| n1"), "{graph}");
}

#[test]
fn json_comes_back_as_it_was() {
    let inventory = Inventory::of(&report());
    assert_eq!(serde_json::from_str::<Inventory>(&shown(View::Json)).unwrap(), inventory);
}

#[test]
fn a_change_says_what_it_was() {
    let old = Inventory::of(&report());
    let mut changed = report();
    changed.assets.remove(1);
    changed.assets[0].attributes.insert("approval".to_string(), true.into());
    changed.assets[0].location.line = Some(99);
    changed.assets.push(asset("a|b", AssetKind::Tool, &[]));
    let change = diff(&old, &Inventory::of(&changed));
    let text = |view| {
        let mut out = Vec::new();
        render_diff(&change, view, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let shown = text(DiffView::Text);
    for part in ["+ tool a|b", "- model gpt", "~ agent agent", "approval: no → yes", "1 added, 1 removed, 1 changed"]
    {
        assert!(shown.contains(part), "{shown}");
    }
    assert!(text(DiffView::Markdown).contains("| ➕ | tool | a\\|b |"));
    assert!(diff(&old, &old).is_empty());
}
