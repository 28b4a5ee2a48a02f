//! Files of agents: instructions, skills, settings, servers and their code, by name.
#![no_main]

use libfuzzer_sys::fuzz_target;

const NAMES: &[&str] = &[
    "skills/x/SKILL.md",
    "AGENTS.md",
    ".claude/settings.json",
    ".mcp.json",
    ".codex/config.toml",
    "skills/x/run.sh",
    "skills/x/run.py",
    "skills/x/run.js",
    "tools.json",
    ".well-known/agent-card.json",
    "server.json",
    "redan.lock",
    "SKILL.md",
    ".github/workflows/x.yml",
    ".env",
];

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let name = NAMES[usize::from(*first) % NAMES.len()];
    // A skill beside it makes a script more than a script.
    let _ = redan_scan::agent::examine(&[("skills/x/SKILL.md", "---\nname: x\n---\n"), (name, &text)]);
});
