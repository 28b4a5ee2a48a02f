//! Containers of every syntax to one form: image, command line, environment, rights, and what software it is.

use std::sync::LazyLock;

use crate::kinds::{Build, made};
use crate::literal;
use crate::model::{Draft, Resource};
use crate::value::{Data, Entry, Place, Val};

struct Product {
    name: &'static str,
    class: &'static str,
    images: Vec<&'static str>,
    commands: Vec<&'static str>,
}

static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| {
    let lines = include_str!("products.txt").lines().filter(|line| !line.starts_with('#'));
    let parse = |line: &'static str| {
        let (head, rest) = line.split_once(": ")?;
        let (name, class) = head.split_once(' ')?;
        let (images, commands) = rest.split_once('|').unwrap_or((rest, ""));
        let words = |text: &'static str| text.split_whitespace().collect();
        Some(Product { name, class, images: words(images), commands: words(commands) })
    };
    lines.filter_map(parse).collect()
});

/// Key under which a map says that it may have more entries than are written.
pub(crate) const REST: &str = "\u{2}rest";

/// A container before it has a type.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) native: String,
    pub(crate) platform: &'static str,
    pub(crate) place: Place,
    pub(crate) image: Option<Val>,
    /// Command and arguments.
    pub(crate) command: Vec<Val>,
    pub(crate) env: Vec<Entry>,
    /// Why there may be more in the environment than is written.
    pub(crate) more_env: Option<String>,
    /// Whatever else the syntax says, under the names that checks use.
    pub(crate) more: Vec<(&'static str, Val)>,
}

/// Gives a container its type.
pub(crate) fn container(parts: Parts) -> Resource {
    let Parts { name, address, native, platform, place, image, command, env, more_env, more } = parts;
    let mut build = Build::at(place);
    let words = words(&command);
    let repository = image.as_ref().and_then(Val::text_or_partial).map(repository).unwrap_or_default();
    let mut kinds = vec!["container"];
    if let Some(product) = product(&repository, &words).or_else(|| product_of_name(&name, &repository)) {
        kinds.push(product.name);
        kinds.push(product.class);
        kinds.push("ai_container");
        build.set("product", Val::text(product.name, place));
    }
    // Whatever it runs, it has an accelerator for it.
    if kinds.len() == 1 && more.iter().any(|(key, _)| *key == "accelerated") {
        kinds.push("ai_container");
    }
    if let Some(image) = &image {
        build.set("image", image.clone());
        if let Some(text) = image.text_or_partial() {
            let digest = text.contains("@sha256:");
            let tail = text.split('@').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
            let tag = tail.split_once(':').map(|(_, tag)| tag);
            build.flag("image_pinned", digest, image.place);
            match tag {
                Some(tag) => {
                    build.set("image_tag", Val::template(tag.to_string(), "the tag is not known", image.place))
                }
                None if !digest && image.unknown_reason().is_none() => {
                    build.set("image_tag", Val::text("latest", image.place))
                }
                None => &mut build,
            };
        }
    }
    build.set("command", Val::new(Data::List(words.clone()), command.first().map_or(place, |first| first.place)));
    build.set("flags", flags(&words, command.first().map_or(place, |first| first.place)));
    build.set("secret_env", secrets(&env, place));
    let mut env = Val::map(env, place);
    if let Some(reason) = more_env {
        env.insert(REST, Val::unknown(reason, place));
    }
    build.set("env", env);
    for (key, value) in more {
        build.set(key, value);
    }
    made(kinds, platform, Draft { native, name, address, place, attributes: build.done() })
}

/// Entries of an environment that are credentials written out.
pub(crate) fn secrets(env: &[Entry], place: Place) -> Val {
    let found = env.iter().filter(|entry| {
        entry.value.scalar().is_some_and(|text| {
            let named = literal::is_secret_name(&entry.key) && text.len() >= 8 && literal::is_literal(text);
            // A path, an address of a secret or a switch is not the secret.
            let elsewhere = text.starts_with('/')
                || text.starts_with("arn:")
                || text.contains("://")
                || text.parse::<f64>().is_ok();
            literal::is_secret(text)
                || (named && !elsewhere && !literal::is_on(&entry.value) && !literal::is_off(&entry.value))
        })
    });
    let items = found.map(|entry| {
        let name = Entry { key: "name".into(), at: entry.at, value: Val::text(entry.key.clone(), entry.value.place) };
        Val::map(vec![name, Entry { key: "value".into(), ..entry.clone() }], entry.value.place)
    });
    Val::new(Data::List(items.collect()), place)
}

/// The image without registry credentials, tag and digest, in small letters.
fn repository(image: &str) -> String {
    let image = image.split('@').next().unwrap_or_default().to_ascii_lowercase();
    match image.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name.to_string(),
        _ => image,
    }
}

fn product(repository: &str, words: &[Val]) -> Option<&'static Product> {
    let first: Vec<&str> =
        words.iter().filter_map(Val::as_str).take(8).map(|word| word.rsplit('/').next().unwrap_or(word)).collect();
    let by_command = PRODUCTS.iter().find(|product| first.iter().any(|word| product.commands.contains(word)));
    let by_image = PRODUCTS.iter().find(|product| product.images.iter().any(|glob| literal::glob(glob, repository)));
    by_image.or(by_command)
}

/// Images that say nothing of what runs in them: there the name of the container has to.
fn product_of_name(name: &str, repository: &str) -> Option<&'static Product> {
    const ONLY_BY_NAME: &[&str] =
        &["agent", "sandbox", "mcp_server", "jupyter", "litellm", "mlflow", "triton", "torchserve"];
    let image = repository.rsplit('/').next().unwrap_or_default();
    let plain =
        ["python", "node", "alpine", "ubuntu", "debian", "busybox", "app", "server", "api", "x"].contains(&image);
    let name = name.to_ascii_lowercase();
    let words = |product: &&Product| {
        name.split(['-', '_']).any(|word| {
            let executes = product.name == "sandbox" && ["interpreter", "executor", "codeexec"].contains(&word);
            executes || product.name.split('_').next() == Some(word)
        })
    };
    PRODUCTS.iter().filter(|product| plain && ONLY_BY_NAME.contains(&product.name)).find(words)
}

/// Arguments as words; what a shell is given is taken apart.
fn words(command: &[Val]) -> Vec<Val> {
    let mut out = Vec::new();
    for value in command {
        match value.text_or_partial() {
            Some(text) if text.contains([' ', '\n']) => {
                let reason = value.unknown_reason().unwrap_or_default();
                out.extend(shell(text).into_iter().take(2000).map(|word| Val::template(word, reason, value.place)));
            }
            _ => out.push(value.clone()),
        }
    }
    out
}

fn shell(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut any = false;
    for c in text.replace("\\\n", " ").chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                any = true;
            }
            (None, c) if c.is_whitespace() || c == ';' => {
                if any || !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
                any = false;
            }
            (_, c) => word.push(c),
        }
    }
    if any || !word.is_empty() {
        out.push(word);
    }
    out
}

/// `--key value`, `--key=value` and `--key` of a command line; an argument that is unknown may be any flag.
fn flags(words: &[Val], place: Place) -> Val {
    let mut entries: Vec<Entry> = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let Some(text) = word.text_or_partial() else {
            let reason = word.unknown_reason().unwrap_or_default().to_string();
            entries.push(Entry { key: REST.into(), at: word.place, value: Val::unknown(reason, word.place) });
            continue;
        };
        // Words that set a value without dashes, as Hydra and overrides have it.
        let Some(name) = text.strip_prefix("--").or_else(|| text.strip_prefix('-')).filter(|name| !name.is_empty())
        else {
            continue;
        };
        let (name, value) = match name.split_once('=') {
            Some((name, value)) => (name, Val::template(value.to_string(), "a part of it is not known", word.place)),
            None => match words.get(at) {
                Some(next) if !next.text_or_partial().is_some_and(|next| next.starts_with("--") || is_flag(next)) => {
                    at += 1;
                    let mut value = next.clone();
                    value.place = Place { end: value.place.end, ..word.place };
                    (name, value)
                }
                _ => (name, Val::bool(true, word.place)),
            },
        };
        entries.push(Entry { key: name.to_string(), at: word.place, value });
    }
    Val::map(entries, place)
}

fn is_flag(word: &str) -> bool {
    word.starts_with('-') && word.len() > 1 && word.parse::<f64>().is_err()
}
