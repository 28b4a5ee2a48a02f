//! Kustomize: what its overlays make of the objects of a tree.
//!
//! Resources, bases and components of the tree, both kinds of patch, images, namespace, names and annotations are
//! applied. What an overlay takes from elsewhere, and what only a plug-in could do, is said to be left out. Objects that
//! an overlay takes in are looked at as the overlay makes them, not as they stand in their file.

use std::collections::{BTreeMap, HashSet};

use crate::kubernetes::Object;
use crate::literal;
use crate::value::{Data, Entry, Place, Val, plain};
use crate::{File, Notes};

/// Overlays within overlays.
const MAX_DEPTH: usize = 12;

/// Objects that all overlays together may make.
const MAX_OBJECTS: usize = 20_000;

/// Overlays that are rendered, each time it is taken in.
const MAX_RENDERS: usize = 2_000;

/// Pairs of a patch and an object that are compared.
const MAX_COMPARISONS: usize = 1_000_000;

/// Keys that only a plug-in, a chart or a generator can answer.
const NOT_APPLIED: &[&str] =
    &["generators", "transformers", "validators", "helmCharts", "helmChartInflationGenerator", "replacements", "vars"];

/// Whether a file is a kustomization, by its name.
pub(crate) fn is_name(name: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization" | "kustomization")
}

/// One kustomization.
struct Overlay {
    folder: String,
    file: u32,
    value: Val,
}

/// One object on its way, with every name it had.
#[derive(Clone)]
struct Made {
    value: Val,
    place: Place,
    native: String,
    platform: &'static str,
    names: Vec<String>,
}

struct Work<'a, 'n> {
    files: &'a [File],
    by_path: BTreeMap<&'a str, u32>,
    overlays: BTreeMap<String, Overlay>,
    objects: BTreeMap<u32, Vec<Object>>,
    /// Files that an overlay took in.
    used: HashSet<u32>,
    notes: &'a mut Notes<'n>,
    left: usize,
    /// Overlays that may still be rendered, and patches that may still be compared with an object.
    renders: usize,
    comparisons: usize,
}

/// Puts what the overlays make in the place of what they take in.
pub(crate) fn apply(files: &[File], objects: &mut Vec<Object>, notes: &mut Notes<'_>) {
    let is_overlay = |file: &File| is_name(file.path.rsplit('/').next().unwrap_or_default());
    if !files.iter().any(is_overlay) {
        return;
    }
    let mut overlays = BTreeMap::new();
    for (file, index) in files.iter().zip(0_u32..).filter(|(file, _)| is_overlay(file)) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder).to_string();
        if let Some(document) = redan_document::yaml(&file.text).first() {
            let value = plain(&document.root, index);
            overlays.insert(folder.clone(), Overlay { folder, file: index, value });
        }
    }
    let mut by_file: BTreeMap<u32, Vec<Object>> = BTreeMap::new();
    for object in objects.drain(..) {
        by_file.entry(object.place.file).or_default().push(object);
    }
    let by_path = files.iter().zip(0..).map(|(file, index)| (file.path.as_str(), index)).collect();
    let used = overlays.values().map(|overlay| overlay.file).collect();
    let mut work = Work {
        files,
        by_path,
        overlays,
        objects: by_file,
        used,
        notes,
        left: MAX_OBJECTS,
        renders: MAX_RENDERS,
        comparisons: MAX_COMPARISONS,
    };
    let mut inner = HashSet::new();
    for overlay in work.overlays.values() {
        for (way, _) in ways(&overlay.value) {
            inner.insert(join(&overlay.folder, &way));
        }
    }
    let roots: Vec<String> = work.overlays.keys().filter(|folder| !inner.contains(*folder)).cloned().collect();
    let mut made = Vec::new();
    for root in roots {
        made.extend(work.render(&root, 0));
    }
    if work.left == 0 || work.renders == 0 || work.comparisons == 0 {
        for overlay in work.overlays.values() {
            work.notes.incomplete(overlay.file, 0, "the overlays make more than is looked at");
        }
    }
    let Work { objects: by_file, used, .. } = work;
    objects.extend(by_file.into_iter().filter(|(file, _)| !used.contains(file)).flat_map(|(_, list)| list));
    objects.extend(made.into_iter().map(Made::finish));
}

/// What an overlay takes in, and where it says so.
fn ways(value: &Val) -> Vec<(String, Place)> {
    let mut out = Vec::new();
    for key in ["resources", "bases", "components", "crds"] {
        for item in value.get(key).map(Val::items).unwrap_or_default() {
            if let Some(text) = item.as_str() {
                out.push((text.to_string(), item.place));
            }
        }
    }
    out
}

/// A path below a folder, `..` gone up; what leads out of the tree keeps its `..` and is found nowhere.
fn join(folder: &str, way: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in way.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Work<'_, '_> {
    fn render(&mut self, folder: &str, depth: usize) -> Vec<Made> {
        let Some(overlay) = self.overlays.get(folder) else { return Vec::new() };
        if self.renders == 0 {
            return Vec::new();
        }
        self.renders -= 1;
        let (value, file) = (overlay.value.clone(), overlay.file);
        self.render_into(&value, file, folder, depth, Vec::new())
    }

    fn render_into(&mut self, value: &Val, file: u32, folder: &str, depth: usize, mut made: Vec<Made>) -> Vec<Made> {
        if depth > MAX_DEPTH {
            self.notes.incomplete(file, 0, "overlays are nested too deeply");
            return made;
        }
        let components: Vec<&str> =
            value.get("components").map(Val::items).unwrap_or_default().iter().filter_map(Val::as_str).collect();
        for (way, place) in ways(value).into_iter().filter(|(way, _)| !components.contains(&way.as_str())) {
            let path = join(folder, &way);
            if self.overlays.contains_key(&path) {
                made.extend(self.render(&path, depth + 1));
            } else if let Some(index) = self.by_path.get(path.as_str()).copied() {
                self.used.insert(index);
                let taken = self.objects.get(&index).map(Vec::as_slice).unwrap_or_default();
                let taken = taken.get(..self.left.min(taken.len())).unwrap_or_default();
                self.left -= taken.len();
                made.extend(taken.iter().map(Made::of));
            } else {
                let start = place.start as usize;
                self.notes.incomplete(file, start, &format!("`{way}` is not among the files and is left out"));
            }
        }
        for way in components {
            let path = join(folder, way);
            if let Some(component) = self.overlays.get(&path) {
                let (inner, at) = (component.value.clone(), component.file);
                made = self.render_into(&inner, at, &path, depth + 1, made);
            } else {
                self.notes.incomplete(file, 0, &format!("the component `{way}` is not among the files"));
            }
        }
        self.transform(value, file, folder, &mut made);
        made
    }

    fn transform(&mut self, value: &Val, file: u32, folder: &str, made: &mut Vec<Made>) {
        for key in NOT_APPLIED.iter().filter(|key| value.get(key).is_some()) {
            self.notes.incomplete(file, 0, &format!("`{key}` is not applied"));
        }
        for key in ["patchesStrategicMerge", "patches", "patchesJson6902"] {
            for item in value.get(key).map(Val::items).unwrap_or_default() {
                let (source, target) = match item.as_str() {
                    Some(_) => (Some(item), None),
                    None => (item.get("path").or_else(|| item.get("patch")), item.get("target")),
                };
                let Some(source) = source else { continue };
                let Some(patches) = self.patches(source, folder) else {
                    self.notes.incomplete(file, source.place.start as usize, "a patch could not be read");
                    continue;
                };
                for patch in patches {
                    self.comparisons = self.comparisons.saturating_sub(made.len());
                    if self.comparisons == 0 {
                        return;
                    }
                    if let Err(reason) = patch_all(&patch, target, made) {
                        self.notes.incomplete(file, source.place.start as usize, &reason);
                    }
                }
            }
        }
        for image in value.get("images").map(Val::items).unwrap_or_default() {
            for one in made.iter_mut() {
                images(&mut one.value, image, 0);
            }
        }
        let text = |key: &str| value.get(key).and_then(Val::as_str).unwrap_or_default();
        let (prefix, suffix) = (text("namePrefix"), text("nameSuffix"));
        for one in made.iter_mut() {
            if let Some(namespace) = value.get("namespace").filter(|_| !is_cluster_wide(&one.native)) {
                set(&mut one.value, &["metadata", "namespace"], namespace);
            }
            for entry in value.get("commonAnnotations").map(Val::entries).unwrap_or_default() {
                set(&mut one.value, &["metadata", "annotations", &entry.key], &entry.value);
            }
            let name = one.value.path("metadata.name").cloned().filter(|_| !prefix.is_empty() || !suffix.is_empty());
            if let Some((text, place)) = name.and_then(|name| Some((name.as_str()?.to_string(), name.place)))
                && text.len() < 1_000
            {
                let name = format!("{prefix}{text}{suffix}");
                set(&mut one.value, &["metadata", "name"], &Val::text(name.clone(), place));
                one.names.push(name);
            }
        }
    }

    /// The documents of a patch: in a file of the tree, or written in place.
    fn patches(&mut self, source: &Val, folder: &str) -> Option<Vec<Val>> {
        let text = source.as_str()?;
        if let Some(index) = self.by_path.get(join(folder, text).as_str()).copied() {
            self.used.insert(index);
            let text = &self.files.get(index as usize)?.text;
            return Some(documents(text, index));
        }
        if !text.contains(['\n', ':', '[']) {
            return None;
        }
        let mut documents = documents(text, source.place.file);
        // Places are those of another text.
        for document in &mut documents {
            put_at(document, source.place);
        }
        Some(documents)
    }
}

fn documents(text: &str, file: u32) -> Vec<Val> {
    let json = Some(text).filter(|text| text.trim_start().starts_with(['[', '{'])).map(redan_document::json);
    let documents = match json.filter(|document| document.problems.is_empty()) {
        Some(document) => vec![document],
        None => redan_document::yaml(text),
    };
    documents.iter().map(|document| plain(&document.root, file)).filter(|value| !value.is_null()).collect()
}

fn put_at(value: &mut Val, place: Place) {
    value.place = place;
    match &mut value.data {
        Data::List(items) => items.iter_mut().for_each(|item| put_at(item, place)),
        Data::Map(entries) => {
            for entry in entries {
                entry.at = place;
                put_at(&mut entry.value, place);
            }
        }
        _ => {}
    }
}

impl Made {
    fn of(object: &Object) -> Self {
        let Object { native, name, place, value, platform, .. } = object;
        Self { value: value.clone(), place: *place, native: native.clone(), platform, names: vec![name.clone()] }
    }

    fn finish(self) -> Object {
        let Self { value, place, native, platform, mut names } = self;
        let name = names.pop().unwrap_or_default();
        Object { address: format!("{native}/{name}"), native, name, place, value, platform }
    }

    /// Whether a patch is for this object: by the target that is named, or by kind and name that the patch has itself.
    fn is_meant(&self, patch: &Val, target: Option<&Val>) -> Result<bool, String> {
        let Some(target) = target else {
            let kind = patch.get("kind").and_then(Val::as_str);
            let name = patch.path("metadata.name").and_then(Val::as_str);
            return Ok(kind == Some(&self.native) && name.is_some_and(|name| self.names.iter().any(|own| own == name)));
        };
        let text = |key: &str| target.get(key).and_then(Val::as_str);
        if text("kind").is_some_and(|kind| kind != self.native) {
            return Ok(false);
        }
        if let Some(name) = text("name") {
            let glob = name.trim_start_matches('^').trim_end_matches('$').replace(".*", "*");
            if glob.contains(['[', '(', '|', '+', '\\', '?']) {
                return Err(format!("the target `{name}` is an expression that is not applied"));
            }
            if !self.names.iter().any(|own| literal::glob(&glob, own)) {
                return Ok(false);
            }
        }
        if let Some(namespace) = text("namespace")
            && self.value.path("metadata.namespace").and_then(Val::as_str).is_some_and(|own| own != namespace)
        {
            return Ok(false);
        }
        for pair in text("labelSelector").unwrap_or_default().split(',').filter(|pair| !pair.is_empty()) {
            let Some((key, wanted)) = pair.split_once('=').filter(|(key, _)| !key.ends_with('!')) else {
                return Err(format!("the selector `{pair}` is not applied"));
            };
            let labels = self.value.path("metadata.labels");
            let own = labels.and_then(|labels| labels.exact(key.trim())).and_then(Val::scalar);
            if own != Some(wanted.trim_start_matches('=').trim()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn patch_all(patch: &Val, target: Option<&Val>, made: &mut Vec<Made>) -> Result<(), String> {
    let operations = matches!(patch.data, Data::List(_));
    let mut kept = Vec::with_capacity(made.len());
    let mut outcome = Ok(());
    for mut one in made.drain(..) {
        match one.is_meant(patch, target) {
            Ok(true) if operations => {
                for operation in patch.items() {
                    outcome = outcome.and_then(|()| operate(&mut one.value, operation));
                }
            }
            Ok(true) => {
                if is_directive(patch, "delete") {
                    continue;
                }
                let names = (one.value.path("metadata.name").cloned(), one.value.get("kind").cloned());
                let by_name = is_core(&one.value);
                merge(&mut one.value, patch, by_name, 0);
                // A patch with a target may be called anything; the object keeps its name.
                if let (Some(name), Some(kind)) = names {
                    set(&mut one.value, &["metadata", "name"], &name);
                    set(&mut one.value, &["kind"], &kind);
                }
            }
            Ok(false) => {}
            Err(reason) => outcome = Err(reason),
        }
        kept.push(one);
    }
    *made = kept;
    outcome
}

fn is_directive(value: &Val, word: &str) -> bool {
    value.exact("$patch").and_then(Val::as_str) == Some(word)
}

/// Whether lists of the object are merged by the names of their elements; those of custom resources are replaced.
fn is_core(value: &Val) -> bool {
    let version = value.get("apiVersion").and_then(Val::as_str).unwrap_or_default();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    !group.contains('.') || group.ends_with(".k8s.io")
}

fn merge(base: &mut Val, patch: &Val, by_name: bool, depth: usize) {
    if depth > 40 {
        return;
    }
    if is_directive(patch, "replace") {
        *base = patch.clone();
        if let Data::Map(entries) = &mut base.data {
            entries.retain(|entry| entry.key != "$patch");
        }
        return;
    }
    match (&mut base.data, &patch.data) {
        (Data::Map(entries), Data::Map(changes)) => {
            for change in changes.iter().filter(|change| !change.key.starts_with('$')) {
                let at = entries.iter().position(|entry| entry.key == change.key);
                match (at, change.value.is_null() || is_directive(&change.value, "delete")) {
                    (Some(at), true) => {
                        entries.remove(at);
                    }
                    (None, true) => {}
                    (Some(at), false) => {
                        if let Some(entry) = entries.get_mut(at) {
                            merge(&mut entry.value, &change.value, by_name, depth + 1);
                        }
                    }
                    (None, false) => entries.push(change.clone()),
                }
            }
        }
        (Data::List(items), Data::List(changes)) if by_name => match key_of(changes) {
            Some(key) => {
                for change in changes {
                    let same =
                        |item: &Val| item.get(key).and_then(Val::scalar) == change.get(key).and_then(Val::scalar);
                    match (items.iter().position(same), is_directive(change, "delete")) {
                        (Some(at), true) => {
                            items.remove(at);
                        }
                        (Some(at), false) => {
                            if let Some(item) = items.get_mut(at) {
                                merge(item, change, by_name, depth + 1);
                            }
                        }
                        (None, true) => {}
                        (None, false) => items.push(change.clone()),
                    }
                }
            }
            None => *base = patch.clone(),
        },
        _ => *base = patch.clone(),
    }
}

/// By what the elements of a list are told apart.
fn key_of(items: &[Val]) -> Option<&'static str> {
    let keys = ["mountPath", "name", "containerPort", "port", "ip", "key"];
    keys.into_iter().find(|key| !items.is_empty() && items.iter().all(|item| item.exact(key).is_some()))
}

/// One operation of a JSON patch.
fn operate(value: &mut Val, operation: &Val) -> Result<(), String> {
    let text = |key: &str| operation.get(key).and_then(Val::as_str);
    let (Some(kind), Some(path)) = (text("op"), text("path")) else { return Err("a patch has no path".to_string()) };
    let change = operation.get("value").cloned().unwrap_or_default();
    let mut steps: Vec<String> =
        path.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    let Some(last) = steps.pop() else { return Err("a patch replaces a whole object".to_string()) };
    if !matches!(kind, "add" | "replace" | "remove") {
        return if kind == "test" { Ok(()) } else { Err(format!("the operation `{kind}` of a patch is not applied")) };
    }
    let mut at = value;
    for step in &steps {
        let next = match &mut at.data {
            Data::Map(entries) => entries.iter_mut().find(|entry| entry.key == *step).map(|entry| &mut entry.value),
            Data::List(items) => step.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        };
        let Some(next) = next else { return Err(format!("the patch names `{path}`, which is not there")) };
        at = next;
    }
    let place = change.place;
    match &mut at.data {
        Data::Map(entries) => {
            entries.retain(|entry| entry.key != last);
            if kind != "remove" {
                entries.push(Entry { key: last, at: place, value: change });
            }
        }
        Data::List(items) => match (last.parse::<usize>(), kind) {
            (Ok(index), "remove") if index < items.len() => {
                items.remove(index);
            }
            (Ok(index), "replace") if index < items.len() => {
                if let Some(item) = items.get_mut(index) {
                    *item = change;
                }
            }
            (Ok(index), "add") if index <= items.len() => items.insert(index, change),
            (Err(_), "add") if last == "-" => items.push(change),
            _ => return Err(format!("the patch names `{path}`, which is not there")),
        },
        _ => return Err(format!("the patch names `{path}`, which is not there")),
    }
    Ok(())
}

/// Puts a value at a way of keys, whose maps are made where they are missing.
fn set(value: &mut Val, way: &[&str], new: &Val) {
    let Some((first, rest)) = way.split_first() else {
        *value = new.clone();
        return;
    };
    if let Data::Map(entries) = &mut value.data {
        if !entries.iter().any(|entry| entry.key == *first) {
            entries.push(Entry { key: (*first).to_string(), at: new.place, value: Val::map(Vec::new(), new.place) });
        }
        if let Some(entry) = entries.iter_mut().find(|entry| entry.key == *first) {
            set(&mut entry.value, rest, new);
        }
    }
}

/// Gives every container with this image another name, tag or digest.
fn images(value: &mut Val, image: &Val, depth: usize) {
    if depth > 24 {
        return;
    }
    match &mut value.data {
        Data::List(items) => items.iter_mut().for_each(|item| images(item, image, depth + 1)),
        Data::Map(entries) => {
            for entry in entries {
                let containers = matches!(entry.key.as_str(), "containers" | "initContainers");
                for item in if containers { items_of(&mut entry.value) } else { &mut [] } {
                    if let Data::Map(parts) = &mut item.data
                        && let Some(part) = parts.iter_mut().find(|part| part.key == "image")
                        && let Some(new) = part.value.as_str().and_then(|old| renamed(old, image))
                    {
                        part.value = Val::text(new, image.place);
                    }
                }
                images(&mut entry.value, image, depth + 1);
            }
        }
        _ => {}
    }
}

fn items_of(value: &mut Val) -> &mut [Val] {
    match &mut value.data {
        Data::List(items) => items,
        _ => &mut [],
    }
}

fn renamed(old: &str, image: &Val) -> Option<String> {
    let text = |key: &str| image.get(key).and_then(Val::scalar);
    let (bare, digest) = old.split_once('@').map_or((old, None), |(bare, digest)| (bare, Some(digest)));
    let (name, tag) = match bare.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (bare, None),
    };
    if text("name") != Some(name) {
        return None;
    }
    let new = text("newName").unwrap_or(name);
    Some(match (text("digest"), text("newTag")) {
        (Some(digest), _) => format!("{new}@{digest}"),
        (None, Some(tag)) => format!("{new}:{tag}"),
        (None, None) => match (digest, tag) {
            (Some(digest), _) => format!("{new}@{digest}"),
            (None, Some(tag)) => format!("{new}:{tag}"),
            (None, None) => new.to_string(),
        },
    })
}

fn is_cluster_wide(kind: &str) -> bool {
    kind.starts_with("Cluster") || matches!(kind, "Namespace" | "PersistentVolume" | "CustomResourceDefinition")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_joined() {
        assert_eq!(join("overlays/prod", "../../base"), "base");
        assert_eq!(join("", "./x.yaml"), "x.yaml");
        assert_eq!(join("a", "../../x"), "../x");
    }

    #[test]
    fn names_of_images_are_replaced() {
        let image = |text: &str| documents(text, 0).pop().unwrap();
        let of = |old: &str, text: &str| renamed(old, &image(text));
        assert_eq!(of("a/b:1", "{name: a/b, newTag: '2'}").as_deref(), Some("a/b:2"));
        assert_eq!(of("a/b", "{name: a/b, digest: 'sha256:aa'}").as_deref(), Some("a/b@sha256:aa"));
        assert_eq!(of("r:5000/a", "{name: 'r:5000/a', newName: c}").as_deref(), Some("c"));
        assert_eq!(of("a/c:1", "{name: a/b, newTag: '2'}"), None);
    }
}
