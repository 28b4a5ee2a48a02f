//! CatBoost models: a length, a FlatBuffer, and tables behind it; or JSON.

use redan_domain::{ReadAt, Window};

use super::invalid;
use crate::flatbuffer::FlatBuffer;
use crate::head::Head;
use crate::outline;
use crate::readers::{Match, Reader};
use crate::stream::Stream;
use crate::walk::Cx;

pub(crate) struct CatBoost;

/// Parameters and names are near the beginning of the core.
const SEARCHED: u64 = 4 << 20;

impl Reader for CatBoost {
    fn format(&self) -> &'static str {
        "catboost"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        if head.starts_with(b"CBM1") { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        let mut length = [0; 4];
        if input.read_exact_at(4, &mut length).is_err() {
            return invalid(cx, "core", "the file is shorter than its length field", 4);
        }
        let length = u64::from(u32::from_le_bytes(length));
        let available = input.size().saturating_sub(8);
        if length > available {
            return invalid(cx, "core", &format!("the core is said to have {length} bytes, but {available} follow"), 4);
        }
        let core = Window::new(input, 8, length);
        let Some(root) = FlatBuffer::new(&core).root() else {
            return invalid(cx, "core", "the core is not a FlatBuffer", 8);
        };
        if let Some(version) = root.string(0, 100) {
            cx.artifact.contents.meta("format_version", &version);
        }
        let names = input.read_vec_at(8, length.min(SEARCHED) as usize).unwrap_or_default();
        crate::codelike::check_bytes(cx, &names, 8);
    }
}

/// The JSON export of a model.
pub(crate) struct CatBoostJson;

impl Reader for CatBoostJson {
    fn format(&self) -> &'static str {
        "catboost-json"
    }

    fn probe(&self, head: &Head<'_>) -> Match {
        let json = head.bytes.trim_ascii_start();
        if json.first() != Some(&b'{') {
            return Match::No;
        }
        let has = |word: &str| memchr::memmem::find(json, word.as_bytes()).is_some();
        let keys = has("\"features_info\"") && (has("\"float_features\"") || has("\"categorical_features\""))
            || has("\"oblivious_trees\"") && has("\"leaf_values\"");
        if keys { Match::Yes } else { Match::No }
    }

    fn read(&self, input: &dyn ReadAt, cx: &mut Cx<'_>) {
        match outline::json(Stream::new(input, 0)) {
            Ok(model) => {
                let mut place = String::new();
                model.texts(&mut place, &mut |place, text| crate::codelike::check(cx, place, text));
            }
            Err(error) => invalid(cx, "json", &format!("the model is not valid JSON: {error}"), 0),
        }
    }
}
