//! Dockerfiles: the container that the last stage makes, and what the build takes from elsewhere.

use std::collections::HashMap;

use crate::container::{Parts, container};
use crate::kinds::{Build, made};
use crate::literal;
use crate::model::{Draft, Resource};
use crate::value::{Entry, HOLE, Place, Val};

/// Instructions of one file that are read.
const MAX_INSTRUCTIONS: usize = 5_000;

/// Names of Dockerfiles.
pub(crate) fn is_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|word| {
        name == *word
            || name.strip_prefix(word).is_some_and(|rest| rest.starts_with('.'))
            || name.strip_suffix(word).is_some_and(|rest| rest.ends_with('.'))
    }) && !name.ends_with(".md")
        && !name.ends_with(".dockerignore")
}

/// One instruction with its lines joined; comments within are left out.
struct Instruction<'t> {
    word: String,
    /// Flags like `--from=x` and what follows.
    rest: String,
    place: Place,
    /// What stands between `<<EOF` and `EOF`.
    heredoc: &'t str,
}

/// What is known at one point of the build.
#[derive(Clone, Default)]
struct Stage {
    image: Option<Val>,
    user: Option<Val>,
    entrypoint: Vec<Val>,
    command: Vec<Val>,
    env: Vec<Entry>,
    place: Place,
}

/// The resources of one file, and whether all of it was read.
pub(crate) fn resources(path: &str, text: &str, file: u32) -> (Vec<Resource>, bool) {
    let (instructions, whole) = instructions(text, file);
    let mut arguments: HashMap<String, Option<String>> = HashMap::new();
    let mut stages: HashMap<String, Stage> = HashMap::new();
    let mut stage: Option<Stage> = None;
    let mut written: Vec<Entry> = Vec::new();
    let (mut steps, mut bases) = (Vec::new(), Vec::new());
    for (number, instruction) in instructions.iter().enumerate() {
        let place = instruction.place;
        match instruction.word.as_str() {
            "FROM" => {
                let mut words = instruction.rest.split_whitespace().filter(|word| !word.starts_with("--"));
                let Some(image) = words.next() else { continue };
                let name = words.nth(1).map_or_else(|| number.to_string(), str::to_ascii_lowercase);
                let earlier = stages.get(&image.to_ascii_lowercase()).cloned();
                let next = earlier.unwrap_or_else(|| {
                    let image = substitute(image, &arguments, place);
                    bases.push(base(&image));
                    Stage { image: Some(image), place, ..Stage::default() }
                });
                stages.insert(name.clone(), next.clone());
                stage = Some(Stage { place, ..next });
                continue;
            }
            "ARG" => {
                for (key, default) in assignments(&instruction.rest, true) {
                    let default = default.map(|default| substitute(&default, &arguments, place));
                    let known = default.as_ref().and_then(Val::as_str).map(str::to_string);
                    if let Some(default) = default
                        && (literal::is_secret_name(&key) || default.as_str().is_some_and(literal::is_secret))
                    {
                        written.push(Entry { key: key.clone(), at: place, value: default });
                    }
                    // Without a value an argument keeps the one that was given before the first stage.
                    let argument = arguments.entry(key).or_default();
                    *argument = known.or_else(|| argument.take());
                }
            }
            "ADD" => steps.extend(remote(&instruction.rest).into_iter().map(|url| {
                let checked = instruction.rest.contains("--checksum=");
                let mut build = Build::at(place);
                build.set("adds", substitute(&url, &arguments, place)).flag("checked", checked, place);
                build
            })),
            "RUN" => steps.push(run(instruction)),
            _ => {}
        }
        let Some(stage) = &mut stage else { continue };
        match instruction.word.as_str() {
            "ENV" => {
                for (key, text) in assignments(&instruction.rest, false) {
                    let value = substitute(&text.unwrap_or_default(), &arguments, place);
                    let known = value.as_str().map(str::to_string);
                    arguments.insert(key.clone(), known);
                    stage.env.retain(|entry| entry.key != key);
                    stage.env.push(Entry { key, at: place, value });
                }
            }
            "USER" => stage.user = Some(substitute(instruction.rest.trim(), &arguments, place)),
            "ENTRYPOINT" => {
                stage.entrypoint = words(&instruction.rest, place);
                stage.command.clear();
            }
            "CMD" => stage.command = words(&instruction.rest, place),
            _ => {}
        }
        if let Some(known) = stages.values_mut().find(|known| known.place == stage.place) {
            known.clone_from(stage);
        }
    }
    let Some(stage) = stage else { return (Vec::new(), whole) };
    let mut out = Vec::new();
    let name = path.rsplit('/').next().unwrap_or(path).to_string();
    let uses_ai = bases.iter().any(|base: &Build| base.text("image").is_some_and(is_ai_image))
        || instructions.iter().any(|instruction| names_ai(&instruction.rest) || names_ai(instruction.heredoc));
    let mut env = stage.env;
    written.retain(|argument| !env.iter().any(|entry| entry.key == argument.key));
    env.extend(written);
    let user = stage.user.or_else(|| root_by_default(stage.image.as_ref(), stage.place));
    let command = stage.entrypoint.into_iter().chain(stage.command).collect();
    let first = container(Parts {
        name: name.clone(),
        address: name.clone(),
        native: "Dockerfile".to_string(),
        platform: "image",
        place: stage.place,
        image: stage.image,
        command,
        env,
        more_env: Some("more can be set when the container starts".to_string()),
        more: user.map(|user| ("user", user)).into_iter().collect(),
    });
    let is_ai = uses_ai || first.is("ai_container");
    let mut build = Build::at(stage.place);
    build.flag("known", first.is("ai_container"), stage.place).maybe("user", first.attributes.get("user"));
    let own = first.attributes.get("image").cloned();
    let mut part = |kind: &'static str, number: usize, mut build: Build, place: Place| {
        build.flag("ai", is_ai, place);
        let address = if number == 0 { name.clone() } else { format!("{name}.{kind}{number}") };
        let draft = Draft { native: "Dockerfile".into(), name: name.clone(), address, place, attributes: build.done() };
        out.push(made(vec![kind], "image", draft));
    };
    part("image_build", 0, build, stage.place);
    for (at, mut base) in bases.into_iter().enumerate() {
        // What the container is made of is judged there, if it is known software.
        let judged = first.is("ai_container") && base.has("image", own.as_ref());
        let place = base.place();
        base.flag("judged", judged, place);
        part("image_base", at + 1, base, place);
    }
    for (at, step) in steps.into_iter().enumerate() {
        let place = step.place();
        part("image_step", at + 1, step, place);
    }
    out.push(first);
    (out, whole)
}

fn instructions(text: &str, file: u32) -> (Vec<Instruction<'_>>, bool) {
    let mut out: Vec<Instruction> = Vec::new();
    let mut at = 0;
    let mut open: Option<(String, usize, usize)> = None;
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        if trimmed.starts_with('#') || (trimmed.is_empty() && open.is_none()) {
            continue;
        }
        let (joined, begin, mut end) = open.take().unwrap_or_else(|| {
            let indent = line.len() - line.trim_start().len();
            (String::new(), start + indent, start + line.trim_end().len())
        });
        end = end.max(start + line.trim_end().len());
        let (part, continues) = match trimmed.strip_suffix('\\').or_else(|| trimmed.strip_suffix('`')) {
            Some(part) => (part, true),
            None => (trimmed, false),
        };
        let joined = if joined.is_empty() { part.to_string() } else { format!("{joined} {part}") };
        if continues && lines.peek().is_some() {
            open = Some((joined, begin, end));
            continue;
        }
        let mut heredoc = "";
        if let Some(mark) = heredoc_mark(&joined) {
            let first = at;
            for line in lines.by_ref() {
                let here = at;
                at += line.len();
                if line.trim() == mark {
                    heredoc = text.get(first..here).unwrap_or_default();
                    end = here;
                    break;
                }
            }
        }
        if out.len() >= MAX_INSTRUCTIONS {
            return (out, false);
        }
        let (word, rest) = joined.split_once(char::is_whitespace).unwrap_or((&joined, ""));
        out.push(Instruction {
            word: word.to_ascii_uppercase(),
            rest: rest.trim().to_string(),
            place: Place::new(file, begin, end),
            heredoc,
        });
    }
    (out, true)
}

/// `EOF` of `RUN <<EOF`, `<<-"EOF"`.
fn heredoc_mark(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("<<")?;
    let rest = rest.strip_prefix('-').unwrap_or(rest).trim_start_matches(['"', '\'']);
    let mark: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    (!mark.is_empty() && mark.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')).then_some(mark)
}

/// Values of arguments and of the environment put in; what has none stays unknown.
fn substitute(text: &str, known: &HashMap<String, Option<String>>, place: Place) -> Val {
    let mut out = String::new();
    let mut rest = text.trim_matches(['"', '\'']);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (inner, tail) = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(found) => found,
            None => {
                let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
                after.split_at(end)
            }
        };
        let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, default)| (name, Some(default)));
        match (known.get(name).and_then(Option::as_deref), default) {
            (Some(value), _) | (None, Some(value)) if out.len() + value.len() < 100_000 => out.push_str(value),
            _ => out.push(HOLE),
        }
        rest = tail;
    }
    out.push_str(rest);
    Val::template(out, "it is an argument of the build", place)
}

/// `KEY=value other="a b"`, the old `KEY value`, and bare names where those mean something.
fn assignments(rest: &str, bare: bool) -> Vec<(String, Option<String>)> {
    let first = rest.split_whitespace().next().unwrap_or_default();
    if !bare && !first.contains('=') {
        let value = rest.get(first.len()..).unwrap_or_default().trim();
        return if first.is_empty() { Vec::new() } else { vec![(first.to_string(), Some(value.to_string()))] };
    }
    let words = split(rest);
    let pairs = words.into_iter().map(|word| match word.split_once('=') {
        Some((key, value)) => (key.to_string(), Some(value.to_string())),
        None => (word, None),
    });
    pairs.filter(|(key, _)| !key.is_empty()).collect()
}

fn split(text: &str) -> Vec<String> {
    let (mut out, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(c),
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// A command in either form.
fn words(rest: &str, place: Place) -> Vec<Val> {
    if rest.starts_with('[') {
        let document = redan_document::json(rest);
        if let Some(items) = document.root.as_list().filter(|_| document.problems.is_empty()) {
            return items.iter().filter_map(|item| Some(Val::text(item.scalar()?, place))).collect();
        }
    }
    // In the shell form variables are put in when the container starts; what they hold is not told here.
    vec![Val::text(rest, place)]
}

/// Addresses that `ADD` fetches.
fn remote(rest: &str) -> Vec<String> {
    let words = rest.trim_matches(['[', ']']).split([' ', ',']).map(|word| word.trim_matches('"'));
    words.filter(|word| word.starts_with("http://") || word.starts_with("https://")).map(str::to_string).collect()
}

fn base(image: &Val) -> Build {
    let mut build = Build::at(image.place);
    build.set("image", image.clone());
    if let Some(text) = image.text_or_partial() {
        let last = text.split('@').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let tag = last.split_once(':').map_or("latest", |(_, tag)| tag);
        build.flag("pinned", text.contains("@sha256:"), image.place);
        build.flag("scratch", text == "scratch", image.place);
        build.set("tag", Val::template(tag.to_string(), "the tag is an argument of the build", image.place));
    }
    build
}

/// What one `RUN` does that matters: whether a download is given to an interpreter, what of models is fetched.
fn run(instruction: &Instruction) -> Build {
    let text = format!("{} {}", instruction.rest, instruction.heredoc).to_ascii_lowercase();
    let place = instruction.place;
    let mut build = Build::at(place);
    build.flag("pipes_to_shell", pipes_to_shell(&text), place);
    build.flag("fetches_model", fetches_model(&text), place);
    build.flag("revision", names_revision(&text), place);
    build
}

fn pipes_to_shell(text: &str) -> bool {
    const SHELLS: &[&str] = &["sh", "bash", "zsh", "dash", "python", "python3", "node", "perl"];
    let fetches =
        |part: &str| part.split_whitespace().any(|word| matches!(word.trim_start_matches(['(', '$']), "curl" | "wget"));
    let runs = |part: &str| {
        let mut words = part
            .split_whitespace()
            .filter(|word| !word.contains('=') && !word.starts_with('-') && !matches!(*word, "sudo" | "env"));
        let word = words.next().unwrap_or_default().trim_end_matches(['&', ';', ')']);
        SHELLS.contains(&word.rsplit('/').next().unwrap_or(word))
    };
    text.split([';', '\n']).flat_map(|line| line.split("&&")).any(|line| {
        let mut fetched = false;
        for part in line.replace("||", ";").split('|') {
            if fetched && runs(part) {
                return true;
            }
            fetched |= fetches(part);
        }
        let handed = ["<(curl", "<(wget", "$(curl", "$(wget", "`curl", "`wget"].iter().any(|way| line.contains(way));
        handed && line.split_whitespace().any(|word| SHELLS.contains(&word) || word == "eval" || word == "source")
    })
}

/// Ways to get a model from a hub.
fn fetches_model(text: &str) -> bool {
    [
        "huggingface-cli download",
        "hf download",
        "snapshot_download(",
        "hf_hub_download(",
        "git clone https://huggingface.co/",
        "git lfs clone https://huggingface.co/",
        "ollama pull",
        ".from_pretrained(",
        "sentencetransformer(",
    ]
    .iter()
    .any(|way| text.contains(way))
}

fn names_revision(text: &str) -> bool {
    ["--revision", "revision=", "git checkout ", "git reset --hard "].iter().any(|word| text.contains(word))
        || text.contains("@sha256:")
}

/// Packages and words that say that AI is built here.
const AI_WORDS: &[&str] = &[
    "torch",
    "transformers",
    "vllm",
    "sglang",
    "llama-cpp",
    "llama_cpp",
    "ollama",
    "langchain",
    "langgraph",
    "llama-index",
    "openai",
    "anthropic",
    "huggingface",
    "hf download",
    "sentence-transformers",
    "diffusers",
    "onnxruntime",
    "tensorflow",
    "mlflow",
    "jupyterlab",
    "gradio",
    "litellm",
    "crewai",
    "autogen",
    "claude-code",
    "openai/codex",
    "gemini-cli",
    "modelcontextprotocol",
    "fastmcp",
    "mcp-server",
];

fn names_ai(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    AI_WORDS.iter().any(|word| text.contains(word))
}

fn is_ai_image(image: &str) -> bool {
    let image = image.to_ascii_lowercase();
    names_ai(&image) || ["nvidia/cuda", "tritonserver", "text-generation-inference"].iter().any(|w| image.contains(w))
}

/// Images whose processes are root unless told otherwise; of others that is not known.
fn root_by_default(image: Option<&Val>, place: Place) -> Option<Val> {
    const ROOT: &[&str] = &[
        "python",
        "node",
        "ubuntu",
        "debian",
        "alpine",
        "golang",
        "rust",
        "openjdk",
        "eclipse-temurin",
        "fedora",
        "nvidia/cuda",
        "pytorch/pytorch",
        "tensorflow/tensorflow",
        "vllm/vllm-openai",
        "ollama/ollama",
        "huggingface/transformers-pytorch-gpu",
        "ghcr.io/huggingface/text-generation-inference",
        "continuumio/miniconda3",
    ];
    let image = image?;
    let text = image.text_or_partial()?.to_ascii_lowercase();
    let text = text.split('@').next().unwrap_or_default();
    let name = match text.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => text,
    };
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    Some(if ROOT.contains(&name) && !text.contains("nonroot") {
        Val::text("root", image.place)
    } else {
        Val::unknown("the base image says who it is", place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Resource, Vec<Resource>) {
        let (mut resources, whole) = resources("a/Dockerfile", text, 0);
        assert!(whole);
        (resources.pop().unwrap(), resources)
    }

    fn of<'r>(parts: &'r [Resource], kind: &str) -> Vec<&'r Val> {
        parts.iter().filter(|part| part.is(kind)).map(|part| &part.attributes).collect()
    }

    #[test]
    fn the_last_stage_is_the_container() {
        let text = "# syntax=docker/dockerfile:1\nARG TAG=v1\nFROM golang AS build\nRUN go build\n\
            FROM vllm/vllm-openai:${TAG} AS base\nENV A=1 B=\"two words\"\nENV OLD way\nUSER 1000\n\
            FROM base\nCOPY --from=build /x /x\nENTRYPOINT [\"vllm\", \"serve\"]\nCMD [\"--host\", \\\n  # why\n  \"0.0.0.0\"]\n";
        let (container, parts) = read(text);
        assert!(container.is("vllm") && container.is("ai_container"));
        let attributes = &container.attributes;
        assert_eq!(attributes.get("image").and_then(Val::as_str), Some("vllm/vllm-openai:v1"));
        assert_eq!(attributes.path("env.B").and_then(Val::as_str), Some("two words"));
        assert_eq!(attributes.path("env.OLD").and_then(Val::as_str), Some("way"));
        assert_eq!(attributes.get("user").and_then(Val::scalar), Some("1000"));
        assert_eq!(attributes.path("flags.host").and_then(Val::as_str), Some("0.0.0.0"));
        assert_eq!(of(&parts, "image_base").len(), 2);
        assert_eq!(of(&parts, "image_step").len(), 1);
    }

    #[test]
    fn what_is_fetched_and_run_is_seen() {
        for text in [
            "curl -fsSL https://x/y.sh | sh",
            "apt-get update && wget -qO- https://x | sudo -E bash -",
            "bash <(curl -s https://x)",
            "sh -c \"$(curl -fsSL https://x)\"",
            "curl https://x | FOO=1 python3 -",
        ] {
            assert!(pipes_to_shell(text), "{text}");
        }
        for text in
            ["curl -o x https://x/y | tee log", "curl https://x && sh ./own.sh", "curl x || bash y", "cat a | sh"]
        {
            assert!(!pipes_to_shell(text), "{text}");
        }
        let (_, parts) = read("FROM python:3.12\nRUN <<EOF\ncurl https://x | sh\nEOF\nUSER app\n");
        assert_eq!(of(&parts, "image_step")[0].get("pipes_to_shell").and_then(Val::scalar), Some("true"));
        assert_eq!(of(&parts, "image_build")[0].get("user").and_then(Val::as_str), Some("app"));
    }

    #[test]
    fn odd_files_do_no_harm() {
        for text in ["", "FROM", "FROM \\", "RUN <<EOF\nnever closed", "FROM a\nENV\nARG\nUSER\nCMD [", "\\\n\\\n"] {
            let _ = resources("Dockerfile", text, 0);
        }
        assert!(is_name("Dockerfile.gpu") && is_name("gpu.Dockerfile") && is_name("Containerfile"));
        assert!(!is_name("Dockerfile.md") && !is_name("dockerfiles.py") && !is_name("Dockerfile.dockerignore"));
    }
}
