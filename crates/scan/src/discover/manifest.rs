//! Dependency manifests and lock files of five ecosystems: the AI packages in them.

use std::collections::HashSet;

use redan_document::{Node, json, toml};
use redan_domain::text::Lines;
use redan_domain::{Asset, AssetKind, Location};

use super::{file_name, libraries, lines, place};

/// Declared packages of one file that are looked at; a lock file can hold a hundred thousand.
const MAX_PACKAGES: usize = 20_000;

/// One package that a file names.
struct Package {
    ecosystem: &'static str,
    name: String,
    /// As written; empty if the file says none.
    version: String,
    /// Byte of its name.
    offset: usize,
    /// The version that is installed (a lock file), not a wish.
    locked: bool,
}

/// The format of a manifest, by its name.
pub(super) fn format(name: &str) -> Option<&'static str> {
    Some(match name {
        "pyproject.toml" | "Pipfile" | "poetry.lock" | "uv.lock" | "pdm.lock" | "environment.yml"
        | "environment.yaml" => "python-manifest",
        "package.json" | "package-lock.json" => "npm-manifest",
        "go.mod" => "go-manifest",
        "Cargo.toml" | "Cargo.lock" => "cargo-manifest",
        "pom.xml" | "build.gradle" | "build.gradle.kts" => "maven-manifest",
        _ if is_requirements(name) => "python-manifest",
        _ => return None,
    })
}

fn is_requirements(name: &str) -> bool {
    let text = name.ends_with(".txt") || name.ends_with(".in");
    text && (name.starts_with("requirements") || name.starts_with("constraints") || name.ends_with("requirements.txt"))
}

/// The AI packages that a manifest names.
pub(super) fn assets(path: &str, text: &str) -> Vec<Asset> {
    let name = file_name(path);
    let packages = match name {
        "pyproject.toml" | "Pipfile" | "poetry.lock" | "uv.lock" | "pdm.lock" => python_toml(text),
        "environment.yml" | "environment.yaml" => {
            requirements(text, "pypi", |line| line.strip_prefix("- ").map(str::trim))
        }
        "package.json" | "package-lock.json" => npm(text),
        "go.mod" => go(text),
        "Cargo.toml" | "Cargo.lock" => cargo(text),
        "pom.xml" => maven(text),
        "build.gradle" | "build.gradle.kts" => gradle(text),
        _ if is_requirements(name) => requirements(text, "pypi", |line| (!line.starts_with('-')).then_some(line)),
        _ => return Vec::new(),
    };
    let places = Lines::new(text);
    let mut assets: Vec<Asset> = Vec::new();
    let mut seen = HashSet::new();
    for package in packages.into_iter().take(MAX_PACKAGES) {
        if let Some(asset) = asset(path, &places, &package).filter(|asset| seen.insert(asset.id.clone())) {
            assets.push(asset);
        }
    }
    assets
}

fn asset(path: &str, places: &Lines<'_>, package: &Package) -> Option<Asset> {
    let name =
        if package.ecosystem == "pypi" { libraries::normal(&package.name) } else { package.name.trim().to_string() };
    let known = libraries::known(package.ecosystem, &name)?;
    let exact = package.version.trim_start_matches(['=', 'v', ' ']);
    let is_exact = package.locked
        || (package.version.starts_with("==") || package.ecosystem == "go" || package.ecosystem == "maven")
        || (package.ecosystem == "npm" && exact.starts_with(|c: char| c.is_ascii_digit()));
    let mut purl =
        format!("pkg:{}/{}", if package.ecosystem == "go" { "golang" } else { package.ecosystem }, purl(&name));
    let mut attributes: std::collections::BTreeMap<String, redan_domain::Attribute> = std::collections::BTreeMap::new();
    attributes.insert("role".to_string(), known.role.into());
    attributes.insert("ecosystem".to_string(), package.ecosystem.into());
    if !known.provider.is_empty() {
        attributes.insert("provider".to_string(), known.provider.replace('-', " ").into());
    }
    if !package.version.is_empty() && !exact.is_empty() {
        if is_exact && !exact.contains(['*', ',', ' ', '<', '>', '$']) {
            purl = format!("{purl}@{exact}");
            attributes.insert("version".to_string(), exact.into());
        } else {
            attributes.insert("wanted".to_string(), package.version.as_str().into());
        }
    }
    attributes.insert("pinned".to_string(), is_exact.into());
    attributes.insert("purl".to_string(), purl.into());
    let location: Location = place(path, places, package.offset);
    let id = format!("{path}#{}:{name}", package.ecosystem);
    Some(Asset { id, kind: AssetKind::Library, name, location, attributes })
}

/// `@scope/name` and `group:artifact` as a package URL writes them.
fn purl(name: &str) -> String {
    name.replace('@', "%40").replace(':', "/")
}

/// Requirement lines: `name[extra]==1.0; marker  # comment`.
fn requirements<'a>(text: &'a str, ecosystem: &'static str, take: impl Fn(&'a str) -> Option<&'a str>) -> Vec<Package> {
    let mut packages = Vec::new();
    for (offset, line) in lines(text).filter(|(_, line)| !line.starts_with('#')) {
        if let Some(requirement) = take(line) {
            packages.extend(python_requirement(requirement, ecosystem, offset));
        }
    }
    packages
}

fn python_requirement(text: &str, ecosystem: &'static str, offset: usize) -> Option<Package> {
    let text = text.split(['#', ';']).next()?.trim();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    if name.is_empty() {
        return None;
    }
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    let rest = rest.trim();
    let version = rest.split(" --hash").next().unwrap_or_default().trim().trim_matches(['(', ')', '\\']).trim();
    let version = if version.starts_with('@') { "" } else { version };
    // conda writes one `=`.
    let version = if version.starts_with('=') && !version.starts_with("==") {
        format!("={version}")
    } else {
        version.to_string()
    };
    Some(Package { ecosystem, name: name.to_string(), version, offset, locked: false })
}

/// `pyproject.toml` of every tool, `Pipfile`, and the lock files.
fn python_toml(text: &str) -> Vec<Package> {
    let document = toml(text);
    let mut packages = Vec::new();
    let mut requirement = |node: &Node| {
        if let Some(text) = node.as_str() {
            packages.extend(python_requirement(text, "pypi", node.span.start));
        }
    };
    for way in ["project.dependencies", "build-system.requires", "tool.uv.dev-dependencies"] {
        document.root.path(way).and_then(Node::as_list).into_iter().flatten().for_each(&mut requirement);
    }
    for way in ["project.optional-dependencies", "dependency-groups", "tool.pdm.dev-dependencies"] {
        for group in document.root.path(way).and_then(Node::as_map).into_iter().flatten() {
            group.value.as_list().into_iter().flatten().for_each(&mut requirement);
        }
    }
    let mut tables = vec!["packages", "dev-packages", "tool.poetry.dependencies", "tool.poetry.dev-dependencies"];
    tables.push("tool.pixi.dependencies");
    for table in tables {
        packages.extend(table_of(document.root.path(table), "pypi"));
    }
    for group in document.root.path("tool.poetry.group").and_then(Node::as_map).into_iter().flatten() {
        packages.extend(table_of(group.value.get("dependencies"), "pypi"));
    }
    packages.extend(locked(&document.root, "pypi"));
    packages
}

/// `name = "1.0"` and `name = { version = "1.0" }`.
fn table_of(table: Option<&Node>, ecosystem: &'static str) -> Vec<Package> {
    let pairs = table.and_then(Node::as_map).unwrap_or_default();
    let package = |pair: &redan_document::Pair| {
        let version = pair.value.as_str().or_else(|| pair.value.get("version").and_then(Node::as_str));
        let version = version.unwrap_or_default().to_string();
        Package { ecosystem, name: pair.key.clone(), version, offset: pair.key_span.start, locked: false }
    };
    pairs.iter().map(package).collect()
}

/// `[[package]]` of `poetry.lock`, `uv.lock`, `pdm.lock` and `Cargo.lock`.
fn locked(root: &Node, ecosystem: &'static str) -> Vec<Package> {
    let packages = root.get("package").and_then(Node::as_list).unwrap_or_default();
    let package = |node: &Node| {
        let name = node.get("name")?;
        let version = node.get("version").and_then(Node::as_str).unwrap_or_default().to_string();
        Some(Package { ecosystem, name: name.as_str()?.to_string(), version, offset: name.span.start, locked: true })
    };
    packages.iter().filter_map(package).collect()
}

fn cargo(text: &str) -> Vec<Package> {
    let document = toml(text);
    let mut packages = locked(&document.root, "cargo");
    for table in ["dependencies", "dev-dependencies", "build-dependencies", "workspace.dependencies"] {
        packages.extend(table_of(document.root.path(table), "cargo"));
    }
    packages
}

fn npm(text: &str) -> Vec<Package> {
    let document = json(text);
    let mut packages = Vec::new();
    if document.root.get("lockfileVersion").is_none() {
        for table in ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] {
            packages.extend(table_of(document.root.get(table), "npm"));
        }
    }
    // Lock files of version 2 and 3 name packages by the folder they are installed in.
    for pair in document.root.get("packages").and_then(Node::as_map).into_iter().flatten() {
        let Some((_, name)) = pair.key.rsplit_once("node_modules/") else { continue };
        let version = pair.value.get("version").and_then(Node::as_str).unwrap_or_default().to_string();
        let offset = pair.key_span.start;
        packages.push(Package { ecosystem: "npm", name: name.to_string(), version, offset, locked: true });
    }
    packages
}

/// `require github.com/x/y v1.2.3`, alone or in parentheses.
fn go(text: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    for (offset, line) in lines(text) {
        let line = line.trim_start_matches("require ").split("//").next().unwrap_or_default();
        if let Some((name, version)) = line.trim().split_once(' ').filter(|(_, version)| version.starts_with('v')) {
            let (name, version) = (name.to_string(), version.trim().to_string());
            packages.push(Package { ecosystem: "go", name, version, offset, locked: true });
        }
    }
    packages
}

/// `<groupId>`, `<artifactId>` and `<version>` of each `<dependency>`.
fn maven(text: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("<dependency>")) {
        let start = at + found;
        let Some(block) = text.get(start..).and_then(|rest| rest.split("</dependency>").next()) else { break };
        at = start + block.len();
        let of = |tag: &str| {
            let inner = block.split_once(&format!("<{tag}>"))?.1;
            inner.split('<').next().map(str::trim)
        };
        if let (Some(group), Some(artifact)) = (of("groupId"), of("artifactId")) {
            let version = of("version").filter(|version| !version.contains('$')).unwrap_or_default().to_string();
            let name = format!("{group}:{artifact}");
            packages.push(Package { ecosystem: "maven", name, version, offset: start, locked: false });
        }
    }
    packages
}

/// `implementation("group:artifact:1.0")` in either quotes.
fn gradle(text: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    for (base, line) in lines(text) {
        let Some(open) = line.find(['"', '\'']) else { continue };
        let Some(quoted) = line.get(open + 1..).and_then(|rest| rest.split(['"', '\'']).next()) else { continue };
        let mut parts = quoted.split(':');
        if let (Some(group), Some(artifact)) = (parts.next(), parts.next()) {
            let version = parts.next().filter(|version| !version.contains('$')).unwrap_or_default().to_string();
            let name = format!("{group}:{artifact}");
            packages.push(Package { ecosystem: "maven", name, version, offset: base + open + 1, locked: false });
        }
    }
    packages
}
