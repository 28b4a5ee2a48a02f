//! Laws that hold for any bytes: run by the fuzz targets, and by `cargo test` over their seeds.

use std::sync::{Arc, OnceLock};

use crate::check::Check;
use crate::context::{Channel, Context};
use crate::deidentify::{Ids, Keys, Operator, Policy, Restorer, Session, Vault};
use crate::inspector::{Inspector, Options};
use crate::stream::{HOLD, SseStream, Stream, Syntax};

fn inspector() -> Option<Arc<Inspector>> {
    static ONE: OnceLock<Option<Arc<Inspector>>> = OnceLock::new();
    ONE.get_or_init(|| Inspector::new(Options::default()).ok().map(Arc::new)).clone()
}

/// The first byte says how long the chunks are.
fn cut(data: &[u8]) -> (usize, &[u8]) {
    data.split_first().map_or((1, data), |(size, rest)| (usize::from(*size).max(1), rest))
}

/// Every check can be asked about any value, whatever pattern would have found it, and answers the same again.
pub fn checks(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for value in text.split('\n').take(16) {
        for check in Check::ALL {
            assert_eq!(check.holds(value), check.holds(value), "{} of {value:?}", check.name());
        }
    }
}

/// Chunks do not matter, in plain text and in JSON, and no more is held than may be.
pub fn stream(data: &[u8]) {
    let (size, bytes) = cut(data);
    let (Some(inspector), Ok(mut session)) = (inspector(), Session::new(Policy::default())) else { return };
    for syntax in [Syntax::Text, Syntax::Json] {
        let mut run = |size: usize| {
            let context = Context::of(Channel::Output);
            let mut stream = Stream::with_syntax(Arc::clone(&inspector), context, &mut session, syntax);
            let mut out = Vec::new();
            for chunk in bytes.chunks(size) {
                out.extend(stream.push(chunk));
                assert!(stream.held() <= HOLD, "{} bytes are held", stream.held());
            }
            out.extend(stream.finish());
            out
        };
        assert_eq!(run(size), run(bytes.len().max(1)), "{syntax:?} in chunks of {size}");
    }
}

/// Chunks do not matter to frames.
pub fn sse(data: &[u8]) {
    let (size, bytes) = cut(data);
    let Some(inspector) = inspector() else { return };
    let run = |size: usize| {
        let session = Session::new(Policy::default()).ok()?;
        let mut stream = SseStream::new(Arc::clone(&inspector), Context::of(Channel::Output), session);
        let mut out = Vec::new();
        for chunk in bytes.chunks(size) {
            out.extend(stream.push(chunk));
        }
        out.extend(stream.finish());
        Some(out)
    };
    assert_eq!(run(size), run(bytes.len().max(1)), "in chunks of {size}");
}

/// Chunks do not matter to what is restored, and restoring never fails.
pub fn restore(data: &[u8]) {
    let (size, bytes) = cut(data);
    let vault = Vault::new(Keys::new(&[1; 32], "fuzz"), Ids::Numbered);
    let mut session = Session::with_vault(Policy::all(Operator::Placeholder), vault);
    let Some(inspector) = inspector() else { return };
    let text = "a@example.com b@example.com 4111 1111 1111 1111";
    session.deidentify(text, &inspector.inspect(text, &Context::default()).detections);
    let run = |size: usize| {
        let mut restorer = Restorer::new(session.vault()?);
        let mut out = Vec::new();
        for chunk in bytes.chunks(size) {
            out.extend(restorer.push(chunk).ok()?);
        }
        out.extend(restorer.finish().ok()?);
        Some(out)
    };
    let whole = run(bytes.len().max(1));
    assert!(whole.is_some(), "what was issued opens");
    assert_eq!(run(size), whole, "in chunks of {size}");
}
