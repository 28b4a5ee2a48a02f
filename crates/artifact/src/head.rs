//! What a reader may look at to say whether a file is its kind.

use std::borrow::Cow;
use std::cell::OnceCell;

use redan_domain::ReadAt;

/// The beginning, the end, the length and (as a hint only) the name of a file.
pub(crate) struct Head<'a> {
    /// The first bytes, at most [`Head::LEN`].
    pub(crate) bytes: &'a [u8],
    /// Length of the whole input.
    pub(crate) size: u64,
    /// File or member name. Only text formats that have no signature may use it, and only as a hint.
    pub(crate) name: &'a str,
    input: &'a dyn ReadAt,
    tail: OnceCell<Cow<'a, [u8]>>,
    is_text: OnceCell<bool>,
    tail_len: usize,
}

impl<'a> Head<'a> {
    /// Enough for every signature, among them tar's at 257 and the first keys of a JSON document.
    pub(crate) const LEN: usize = 8192;
    /// How far into a payload anything is looked for.
    pub(crate) const PAYLOAD: u64 = 64 << 10;
    /// A zip end record with the longest comment.
    pub(crate) const TAIL: usize = 22 + 65_535;

    pub(crate) fn new(bytes: &'a [u8], name: &'a str, input: &'a dyn ReadAt) -> Self {
        Self {
            bytes,
            size: input.size(),
            name,
            input,
            tail: OnceCell::new(),
            is_text: OnceCell::new(),
            tail_len: Self::TAIL,
        }
    }

    /// Lets probes see less of the end: each look at it is a page or a request more.
    pub(crate) fn with_tail(self, tail_len: usize) -> Self {
        Self { tail_len: tail_len.min(Self::TAIL), ..self }
    }

    /// The input itself, for a probe that has to look further; keep it cheap.
    pub(crate) fn input(&self) -> &'a dyn ReadAt {
        self.input
    }

    /// The last bytes, at most [`Head::TAIL`], fewer or none for members of archives; read on first use.
    pub(crate) fn tail(&self) -> &[u8] {
        self.tail.get_or_init(|| {
            let start = self.size.saturating_sub(self.tail_len as u64);
            self.input.view_at(start, self.tail_len).unwrap_or_default()
        })
    }

    /// Whether the format around this declares it to be raw numbers, of which only the beginning is looked at.
    pub(crate) fn is_payload(&self) -> bool {
        self.tail_len == 0
    }

    pub(crate) fn starts_with(&self, magic: &[u8]) -> bool {
        self.bytes.starts_with(magic)
    }

    /// Bytes `at..at + len`, if the head holds them.
    pub(crate) fn get(&self, at: usize, len: usize) -> Option<&'a [u8]> {
        self.bytes.get(at..at.checked_add(len)?)
    }

    /// Whether the head is text: valid UTF-8 (but for a cut last character) without control bytes.
    pub(crate) fn is_text(&self) -> bool {
        *self.is_text.get_or_init(|| {
            let control = |b: &u8| matches!(b, 0..=8 | 14..=31) && *b != 0x1b;
            // Binary files have control bytes near the beginning; that is the cheaper thing to look for.
            !self.bytes.iter().any(control)
                && match std::str::from_utf8(self.bytes) {
                    Ok(_) => true,
                    Err(error) => error.error_len().is_none() && error.valid_up_to() + 4 > self.bytes.len(),
                }
        })
    }

    /// Base name in lower case.
    pub(crate) fn base_name(&self) -> String {
        self.name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase()
    }

    /// Last extension in lower case, without the dot; empty if there is none.
    pub(crate) fn extension(&self) -> String {
        self.base_name().rsplit_once('.').map(|(_, extension)| extension.to_string()).unwrap_or_default()
    }
}
