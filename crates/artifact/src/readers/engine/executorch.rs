//! ExecuTorch programs: a FlatBuffer with plans; kernels and backends are found by name in the runtime.

use std::collections::HashSet;

use redan_domain::ReadAt;

use super::{CUSTOM_OP, invalid};
use crate::flatbuffer::{Field, FlatBuffer, Table, Vector};
use crate::head::Head;
use crate::readers::{Match, Reader};
use crate::walk::Cx;
use redan_domain::Fact;

pub(crate) struct ExecuTorch;

/// Namespaces of kernels that the project ships.
const NAMESPACES: &[&str] = &[
    "aten",
    "prim",
    "prims",
    "executorch_prim",
    "et_copy",
    "quantized_decomposed",
    "quantized",
    "dim_order_ops",
    "llama",
    "torchao",
    "torchvision",
    "et_vk",
    "cadence",
    "cortex_m",
    "cortex_m_quant",
    "xnnpack",
    "quant_fusion",
    "qaic_kv",
    "tosa",
    "coreml",
    "mps",
    "custom_sdpa",
    "higher_order",
    "bolt",
    "fused_quant",
    "turbo_quant",
];

/// Backends that the project ships.
const BACKENDS: &[&str] = &[
    "XnnpackBackend",
    "CoreMLBackend",
    "MPSBackend",
    "QnnBackend",
    "VulkanBackend",
    "EthosUBackend",
    "ArmBackend",
    "VGFBackend",
    "NeuropilotBackend",
    "EnnBackend",
    "OpenvinoBackend",
    "CudaBackend",
    "MetalBackend",
    "AotiBackend",
    "SamsungBackend",
    "NXPBackend",
    "NeutronBackend",
    "NeutronCBackend",
    "TOSABackend",
    "MTKBackend",
    "WebGPUBackend",
];

/// Entries of one list that are looked at.
const MAX_ENTRIES: u32 = 100_000;

/// What a table was looked at as, and where it stands.
type Seen = HashSet<(&'static str, u64)>;

impl Reader for ExecuTorch {
    fn format(&self) -> &'static str {
        "executorch"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        match head.get(4, 4) {
            Some([b'E', b'T', a, b]) if a.is_ascii_digit() && b.is_ascii_digit() => Match::Yes,
            _ => Match::No,
        }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let header = input.read_vec_at(0, 32).unwrap_or_default();
        cx.artifact.contents.meta("schema", &String::from_utf8_lossy(header.get(4..8).unwrap_or_default()));
        let Some(program) = FlatBuffer::new(input).root() else {
            return invalid(cx, "program", "the program is not a FlatBuffer", 0);
        };
        let Some(plans) = program.vector(1, 4) else {
            return invalid(cx, "plans", "the program has no execution plans", program.at);
        };
        let mut seen = HashSet::new();
        for plan in fresh(&plans, "plans", &mut seen, cx) {
            if let Some(name) = plan.string(0, 100) {
                cx.artifact.contents.meta("method", &name);
            }
            operators(&plan, &mut seen, cx);
            delegates(&plan, &mut seen, cx);
        }
        segments(&program, &header, input.size(), cx);
    }
}

/// The tables of a list that were not looked at yet. Lists can share their tables and plans can share their lists, so
/// that a small file describes millions of operators.
fn fresh<'a>(list: &Vector<'a>, what: &'static str, seen: &mut Seen, cx: &mut Cx<'_>) -> Vec<Table<'a>> {
    let mut tables = Vec::new();
    for table in (0..list.len.min(MAX_ENTRIES)).map_while(|index| list.table(index)) {
        if !cx.budget().nodes(4) {
            cx.over_budget(what);
            break;
        }
        if seen.insert((what, table.at)) {
            tables.push(table);
        }
    }
    tables
}

fn operators(plan: &Table<'_>, seen: &mut Seen, cx: &mut Cx<'_>) {
    let Some(list) = plan.vector(6, 4) else {
        if plan.field(6) == Field::Broken {
            invalid(cx, "operators", "the list of operators lies outside the file", plan.at);
        }
        return;
    };
    for operator in fresh(&list, "operators", seen, cx) {
        let name = operator.string(0, 200).unwrap_or_default();
        let namespace = name.split_once("::").map_or("", |(namespace, _)| namespace);
        if !NAMESPACES.contains(&namespace) {
            let message = format!("operator `{name}` is a kernel that the runtime does not ship");
            cx.fact(Fact::new(CUSTOM_OP, &name, message).at(operator.at, 4));
        }
    }
}

fn delegates(plan: &Table<'_>, seen: &mut Seen, cx: &mut Cx<'_>) {
    let Some(list) = plan.vector(7, 4) else { return };
    for delegate in fresh(&list, "delegates", seen, cx) {
        let id = delegate.string(0, 200).unwrap_or_default();
        cx.artifact.contents.meta("backend", &id);
        if BACKENDS.contains(&id.as_str()) {
            cx.incomplete(format!("the compiled part for `{id}` is opaque"));
        } else {
            let message = format!("a part of the program is for the backend `{id}`, which the runtime does not ship");
            cx.fact(Fact::new(CUSTOM_OP, &id, message).at(delegate.at, 4));
        }
    }
}

/// Segments lie behind the program, from an offset in the extended header.
fn segments(program: &Table<'_>, header: &[u8], size: u64, cx: &mut Cx<'_>) {
    let word = |at: usize| header.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    let base = if header.get(8..12) == Some(b"eh00") { word(24).unwrap_or(0) } else { 0 };
    let Some(list) = program.vector(4, 4) else { return };
    for (index, segment) in (0..list.len.min(MAX_ENTRIES)).map_while(|index| list.table(index)).enumerate() {
        let (offset, len) = (segment.u64(0).unwrap_or(0), segment.u64(1).unwrap_or(0));
        let end = base.checked_add(offset).and_then(|start| start.checked_add(len));
        if end.is_none_or(|end| end > size) {
            let message = format!("segment {index} is said to be {len} bytes from {offset}, past the end of the file");
            invalid(cx, "segment", &message, segment.at);
        }
    }
}
