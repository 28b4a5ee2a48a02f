//! Walks the objects of an HDF5 file: groups, datasets and their attributes.

use std::collections::HashSet;

use redan_domain::{ReadAt, Window};

use super::attribute::{self, Attribute};
use super::dataset::{self, Layout};
use super::datatype::{Class, Datatype, count, datatype, dimensions};
use super::file::{Fault, File, MAX_BLOCK, Result};
use super::group::{self, Target};
use super::header::{self, Message, kind};
use super::heap::GlobalHeaps;
use super::{CUSTOM_LINK, EXTERNAL_LINK, EXTERNAL_STORAGE, FILTER, INVALID};
use crate::walk::Cx;
use redan_domain::Fact;

/// Objects of one file; what is beyond is not read and said to be.
const MAX_OBJECTS: usize = 200_000;

pub(super) struct Objects<'a, 'b, 'c> {
    pub(super) file: File<'a>,
    pub(super) cx: &'b mut Cx<'c>,
    /// The file ends before its own end of data: what is out of bounds is missing, not a lie.
    pub(super) truncated: bool,
    heaps: GlobalHeaps,
    linked: HashSet<String>,
}

impl<'a, 'b, 'c> Objects<'a, 'b, 'c> {
    pub(super) fn new(file: File<'a>, truncated: bool, cx: &'b mut Cx<'c>) -> Self {
        Self { file, cx, truncated, heaps: GlobalHeaps::default(), linked: HashSet::new() }
    }

    /// Visits every object that can be reached from the root by hard links.
    pub(super) fn walk(&mut self, root: u64) {
        let mut todo = vec![(root, String::new())];
        let mut seen = HashSet::from([root]);
        while let Some((address, path)) = todo.pop() {
            if seen.len() > MAX_OBJECTS || !self.cx.budget().nodes(1) {
                return self.cx.over_budget("number of HDF5 objects");
            }
            let messages = match header::messages(&self.file, address) {
                Ok(messages) => messages,
                Err(fault) => {
                    self.fault(fault, address, &path);
                    continue;
                }
            };
            self.attributes(&messages, address, &path);
            if dataset::is_dataset(&messages) {
                self.dataset(&messages, address, &path);
            }
            let links = match group::links(&self.file, &messages) {
                Ok(links) => links,
                Err(fault) => {
                    self.fault(fault, address, &path);
                    continue;
                }
            };
            // Groups can share one large list of links.
            if !self.cx.budget().nodes(links.len() as u64 * 8) {
                return self.cx.over_budget("number of HDF5 links");
            }
            if path.is_empty() {
                self.cx.artifact.format = super::refine(self.cx.artifact.format, &links);
            }
            let mut children = Vec::new();
            for link in links {
                let name = format!("{path}/{}", crate::text::shown(&link.name, 200));
                match link.target {
                    Target::Hard(child) if path.len() < 4096 => {
                        if seen.insert(child) {
                            children.push((child, name));
                        }
                    }
                    Target::Hard(_) => self.cx.over_budget("depth of HDF5 groups"),
                    Target::Soft => {}
                    Target::External { file, object } => {
                        let message = format!(
                            "`{name}` is a link to `{object}` in the file `{file}`; opening it reads that file"
                        );
                        // One fact per file: a thousand links to it say nothing more.
                        if self.linked.insert(file.clone()) {
                            self.place(EXTERNAL_LINK, &file, &message, link.address, &name);
                        }
                    }
                    Target::Custom(class) => {
                        let message = format!("`{name}` is a link of the user-defined class {class}");
                        self.place(CUSTOM_LINK, &name, &message, link.address, &name);
                    }
                }
            }
            // The stack gives back the last first; links keep their order this way.
            todo.extend(children.into_iter().rev());
        }
    }

    fn place(&mut self, kind: redan_domain::FactKind, subject: &str, message: &str, address: u64, path: &str) {
        let fact = Fact::new(kind, subject, message).at(self.file.base.saturating_add(address), 1).pointer(path);
        self.cx.fact(fact);
    }

    fn fault(&mut self, fault: Fault, address: u64, path: &str) {
        match fault {
            Fault::Invalid(message) if !self.truncated => {
                self.place(INVALID, path, &message, address, path);
                self.cx.incomplete(message);
            }
            Fault::Invalid(message) | Fault::Unsupported(message) => self.cx.incomplete(message),
        }
    }

    fn attributes(&mut self, messages: &[Message], address: u64, path: &str) {
        match attribute::attributes(&self.file, messages) {
            Ok(found) => {
                for attribute in found {
                    if !self.cx.budget().nodes(1) {
                        return self.cx.over_budget("number of HDF5 attributes");
                    }
                    self.attribute(&attribute, address, path);
                }
            }
            Err(fault) => self.fault(fault, address, path),
        }
    }

    fn attribute(&mut self, attribute: &Attribute, address: u64, path: &str) {
        let values = match attribute::values(&self.file, &mut self.heaps, &attribute.datatype, &attribute.data) {
            Ok(values) => values,
            Err(fault) => return self.fault(fault, address, path),
        };
        let place = format!("{path}@{}", attribute.name);
        if path.is_empty() {
            self.cx.artifact.format = super::refine_by_attribute(self.cx.artifact.format, &attribute.name);
            if let Some(text) = values.first().and_then(|value| std::str::from_utf8(value).ok()) {
                self.cx.artifact.contents.meta(&attribute.name, text.trim_end());
            }
        }
        for value in values {
            self.value(&value, &attribute.name, &place);
        }
    }

    /// A text or opaque value: a Keras configuration, a pickle, or nothing that matters.
    fn value(&mut self, value: &[u8], name: &str, place: &str) {
        if looks_like_pickle(value) {
            self.cx.member(place, &value.to_vec());
            return;
        }
        let known = matches!(name, "model_config" | "training_config");
        let Ok(text) = std::str::from_utf8(value) else {
            if known {
                self.cx.incomplete(format!("the attribute `{name}` is not UTF-8"));
            }
            return;
        };
        let is_object = text.trim_start().starts_with('{');
        if known || is_object && (text.contains("class_name") || text.contains("\\u00")) {
            crate::readers::keras::judge(text, None, place, self.cx);
        }
    }

    fn dataset(&mut self, messages: &[Message], address: u64, path: &str) {
        if let Err(fault) = self.try_dataset(messages, address, path) {
            self.fault(fault, address, path);
        }
    }

    fn try_dataset(&mut self, messages: &[Message], address: u64, path: &str) -> Result<()> {
        let resolved = |kind: u16| -> Result<Vec<u8>> {
            match dataset::find(messages, kind) {
                Some(message) => Ok(header::resolve(&self.file, message.clone())?.data),
                None => Ok(Vec::new()),
            }
        };
        let datatype = datatype(&resolved(kind::DATATYPE)?);
        let shape = dimensions(&self.file, &resolved(kind::DATASPACE)?);
        if let Some(message) = dataset::find(messages, kind::EXTERNAL_FILES) {
            for name in dataset::external_files(&self.file, &message.data)? {
                let text = format!("the data of `{path}` is read from the file `{name}`");
                self.place(EXTERNAL_STORAGE, &name, &text, message.address, path);
            }
            return Ok(());
        }
        let Some(datatype) = datatype else { return super::file::invalid("a dataset has no type") };
        if let Some(shape) = &shape {
            self.cx.artifact.contents.tensor(path.trim_start_matches('/'), &datatype.name, shape);
        }
        let filters =
            dataset::find(messages, kind::FILTERS).map(|message| dataset::filters(&message.data)).unwrap_or_default();
        for id in filters.iter().filter(|id| !dataset::is_standard_filter(**id)) {
            let text = format!("`{path}` is compressed with filter {id}, for which the HDF5 library loads a plug-in");
            self.place(FILTER, &id.to_string(), &text, address, path);
        }
        let elements = shape.as_deref().and_then(count);
        let Some(layout) =
            dataset::find(messages, kind::LAYOUT).and_then(|message| dataset::layout(&self.file, &message.data))
        else {
            return super::file::unsupported(format!("the layout of `{path}`"));
        };
        if let Layout::Virtual(at, index) = layout {
            let source = dataset::first_source(&self.file, &mut self.heaps, at, index)?;
            if let Some(name) = source.filter(|name| name != ".") {
                let text = format!("the data of `{path}` is put together from the file `{name}`");
                self.place(EXTERNAL_STORAGE, &name, &text, address, path);
            }
            return Ok(());
        }
        self.bounds(&layout, &datatype, elements, path)?;
        self.objects_in(&layout, &datatype, shape.as_deref().unwrap_or_default(), &filters, path)
    }

    fn bounds(&self, layout: &Layout, datatype: &Datatype, elements: Option<u64>, path: &str) -> Result<()> {
        let Layout::Contiguous(Some((at, len))) = layout else { return Ok(()) };
        let needed = elements.and_then(|count| count.checked_mul(u64::from(datatype.size)));
        let end = self.file.base.checked_add(*at).zip(needed).and_then(|(at, len)| at.checked_add(len));
        if needed.is_some_and(|needed| *len != 0 && needed > *len) {
            return super::file::invalid(format!("`{path}` has {len} bytes, fewer than its shape and type need"));
        }
        match end {
            Some(end) if end <= self.file.input.size() => Ok(()),
            _ => super::file::invalid(format!("the data of `{path}` at {at:#x} ends past the file")),
        }
    }

    /// Looks for pickles in datasets of bytes and text; numbers of models are never read.
    fn objects_in(
        &mut self,
        layout: &Layout,
        datatype: &Datatype,
        shape: &[u64],
        filters: &[u16],
        path: &str,
    ) -> Result<()> {
        let whole = datatype.class == Class::Integer && datatype.size == 1 && shape.len() <= 1;
        let each = matches!(datatype.class, Class::FixedText | Class::Opaque | Class::VariableText | Class::Variable);
        if !whole && !each {
            return Ok(());
        }
        let len = count(shape).and_then(|count| count.checked_mul(u64::from(datatype.size))).unwrap_or(u64::MAX);
        if let (true, Layout::Contiguous(Some((at, _)))) = (whole, layout) {
            let window = Window::new(self.file.input, self.file.base.saturating_add(*at), len);
            let head = window.read_vec_at(0, 64).unwrap_or_default();
            if looks_like_pickle_head(&head) {
                self.cx.member(path, &window);
            }
            return Ok(());
        }
        let data = match layout {
            Layout::Compact(data) => data.clone(),
            Layout::Contiguous(Some((at, _))) => self.file.block(*at, len, "a dataset of objects")?,
            Layout::Chunked(Some((root, rank))) => self.chunked(*root, *rank, filters, path)?,
            Layout::ChunkedNew => {
                return super::file::unsupported(format!("the chunks of `{path}`, which can hold objects"));
            }
            Layout::Contiguous(None) | Layout::Chunked(None) | Layout::Virtual(..) => return Ok(()),
        };
        if whole {
            if looks_like_pickle_head(&data) {
                self.cx.member(path, &data);
            }
            return Ok(());
        }
        for value in attribute::values(&self.file, &mut self.heaps, datatype, &data)? {
            self.value(&value, "", path);
        }
        Ok(())
    }

    fn chunked(&mut self, root: u64, rank: u8, filters: &[u16], path: &str) -> Result<Vec<u8>> {
        let inflate = filters.contains(&dataset::DEFLATE);
        if filters.iter().any(|id| !matches!(*id, dataset::DEFLATE | dataset::SHUFFLE | 3)) {
            return super::file::unsupported(format!("the filters of `{path}`, which can hold objects"));
        }
        let Self { file, cx, .. } = self;
        let mut expand = |bytes: Vec<u8>| {
            if inflate { cx.expand(flate2::read::ZlibDecoder::new(bytes.as_slice())).data } else { bytes }
        };
        dataset::chunks(file, root, rank, MAX_BLOCK as usize, &mut expand)
    }
}

/// Whether a value of known end is probably a pickle: it ends with STOP, and starts as pickles do.
fn looks_like_pickle(value: &[u8]) -> bool {
    value.len() >= 3
        && looks_like_pickle_head(value)
        && (value.first() == Some(&0x80) || value.trim_ascii_end().ends_with(b"."))
}

/// Whether these bytes start as a pickle: with a protocol, or with an opcode of protocol 0 and a line.
fn looks_like_pickle_head(head: &[u8]) -> bool {
    match head {
        [0x80, 1..=5, ..] => true,
        [b'c' | b'i', rest @ ..] => {
            rest.get(..60.min(rest.len())).unwrap_or_default().contains(&b'\n') && !rest.contains(&b'{')
        }
        [b'(' | b']' | b'}', b'c' | b'l' | b'd' | b't' | b'i' | b'p' | b'q' | b'(' | b'S' | b'X' | b'U', ..] => true,
        _ => false,
    }
}
