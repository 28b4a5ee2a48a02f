//! Constant folding of the string and bytes operations that code is hidden behind.

use std::io::Read as _;

use redan_artifact::base64;
use redan_domain::percent_decoded;

use super::value::{Kind, MAX_TEXT, Taint, Value};

/// `function(arguments)` for a library function that is known to be pure; none if it is not one of them.
pub(super) fn call(path: &str, args: &[Value]) -> Option<Value> {
    let taint = args.iter().fold(Taint::NONE, |taint, arg| taint.with(arg.taint));
    let first = args.first();
    let (head, last) = path.rsplit_once('.').unwrap_or(("", path));
    let decoded = |bytes: Option<Vec<u8>>| {
        Some(bytes.map_or(Value::unknown(taint), |bytes| Value::bytes(&bytes)).tainted(taint.with(Taint::DECODED)))
    };
    match (head, last) {
        ("base64", "b64decode" | "standard_b64decode" | "urlsafe_b64decode" | "decodebytes" | "decodestring")
        | ("binascii", "a2b_base64") => decoded(first.and_then(Value::raw).map(base64_bytes)),
        ("base64", "b32decode" | "b85decode" | "a85decode" | "b32hexdecode") => decoded(None),
        ("base64", "b16decode")
        | ("binascii", "unhexlify" | "a2b_hex")
        | ("builtins.bytes" | "builtins.bytearray", "fromhex") => decoded(first.and_then(Value::raw).and_then(hex)),
        ("zlib", "decompress") => {
            decoded(first.and_then(Value::raw).and_then(|raw| inflate(flate2::read::ZlibDecoder::new(raw))))
        }
        ("gzip", "decompress") => {
            decoded(first.and_then(Value::raw).and_then(|raw| inflate(flate2::read::GzDecoder::new(raw))))
        }
        ("bz2" | "lzma" | "zstandard" | "brotli" | "lz4.frame", "decompress") => decoded(None),
        ("marshal", "loads") => Some(Value::unknown(taint.with(Taint::DECODED))),
        ("codecs", "decode" | "encode") => Some(transcode(args, taint)),
        ("urllib.parse" | "urllib", "unquote" | "unquote_plus") | ("html", "unescape") => {
            let decoded = first.and_then(Value::str).map(|text| Value::text(percent_decoded(text)));
            Some(decoded.unwrap_or_default().tainted(taint.with(Taint::COMPUTED)))
        }
        ("builtins", "compile") | ("ast", "literal_eval" | "parse") | ("textwrap", "dedent") => first.cloned(),
        ("builtins", "chr" | "unichr") => {
            Some(match first.and_then(Value::int).and_then(|code| char::from_u32(u32::try_from(code).ok()?)) {
                Some(c) => Value::text(c.to_string()).tainted(Taint::COMPUTED.with(taint)),
                None => Value::unknown(taint.with(Taint::COMPUTED)),
            })
        }
        ("builtins", "ord") => {
            Some(first.and_then(Value::raw).and_then(|raw| std::str::from_utf8(raw).ok()?.chars().next()).map_or_else(
                || Value::unknown(taint),
                |c| Value::of(Kind::Int(i64::from(u32::from(c)))).tainted(taint),
            ))
        }
        ("builtins", "bytes" | "bytearray") => Some(to_bytes(first?, taint)),
        ("builtins", "str") => Some(match (first?.raw(), args.len()) {
            (Some(raw), _) => Value::text(String::from_utf8_lossy(raw)).tainted(taint),
            _ => Value::unknown(taint).hinted(first?.hint.clone()),
        }),
        ("builtins", "int") => Some(int(args).tainted(taint)),
        ("builtins", "list" | "tuple" | "set" | "iter" | "sorted" | "dict" | "repr") => Some(match &first?.kind {
            Kind::Text(text) => chars(text).tainted(taint),
            Kind::Bytes(raw) => byte_items(raw).tainted(taint),
            _ => first?.clone(),
        }),
        ("builtins", "reversed") => Some(reversed(first?)),
        ("builtins", "range") => Some(range(args)),
        ("builtins", "zip") => Some(zip(args)),
        ("builtins", "enumerate") => Some(enumerate(first?)),
        ("os.path", "join" | "expanduser" | "abspath" | "expandvars" | "realpath" | "normpath")
        | ("pathlib", "Path" | "PurePath" | "PosixPath") => {
            let parts: Vec<String> = args.iter().map(Value::visible).filter(|part| !part.is_empty()).collect();
            let hint = Some(std::rc::Rc::from(parts.join("/")));
            let base = if head == "pathlib" { Value::name("pathlib.Path()") } else { Value::unknown(taint) };
            Some(base.tainted(taint).hinted(hint))
        }
        _ => None,
    }
}

/// `receiver.method(arguments)` for text, bytes and lists.
pub(super) fn method(receiver: &Value, method: &str, args: &[Value]) -> Value {
    let taint = args.iter().fold(receiver.taint, |taint, arg| taint.with(arg.taint));
    let unknown = || Value::unknown(taint).hinted(receiver.hint.clone());
    let Some(raw) = receiver.raw() else {
        return match method {
            "copy" | "values" | "items" | "keys" => receiver.clone(),
            _ => unknown(),
        };
    };
    let bytes_in = matches!(receiver.kind, Kind::Bytes(_));
    let build = |out: Vec<u8>| {
        if out.len() > MAX_TEXT {
            Value::unknown(taint)
        } else if bytes_in {
            Value::bytes(&out).tainted(taint)
        } else {
            Value::text(String::from_utf8_lossy(&out)).tainted(taint)
        }
    };
    let text = String::from_utf8_lossy(raw);
    let argument =
        |index: usize| args.get(index).and_then(Value::raw).map(|raw| String::from_utf8_lossy(raw).into_owned());
    match method {
        "decode" if bytes_in => match argument(0).as_deref() {
            Some("rot13" | "rot_13" | "hex" | "base64" | "zlib") => {
                transcode(&[receiver.clone(), args.first().cloned().unwrap_or_default()], taint)
            }
            _ => Value::text(text).tainted(taint),
        },
        "encode" => match argument(0).as_deref() {
            Some("rot13" | "rot_13") => {
                transcode(&[receiver.clone(), args.first().cloned().unwrap_or_default()], taint)
            }
            _ => Value::bytes(raw).tainted(taint),
        },
        "decode" => transcode(&[receiver.clone(), args.first().cloned().unwrap_or_default()], taint),
        "join" => join(receiver, args.first(), taint),
        "replace" => match (argument(0), argument(1)) {
            (Some(from), Some(to))
                if !from.is_empty() && to.len() < 100 && fits(text.len(), text.matches(&from).count(), to.len()) =>
            {
                build(text.replace(&from, &to).into_bytes()).tainted(Taint::JOINED)
            }
            _ => unknown(),
        },
        "lower" | "casefold" => build(text.to_lowercase().into_bytes()),
        "upper" => build(text.to_uppercase().into_bytes()),
        "swapcase" => build(swapcase(&text).into_bytes()).tainted(Taint::COMPUTED),
        "strip" | "rstrip" | "lstrip" if args.is_empty() => build(text.trim().as_bytes().to_vec()),
        "split" => {
            let parts: Vec<Value> = match argument(0) {
                Some(by) if !by.is_empty() => text.split(by.as_str()).take(20_000).map(Value::text).collect(),
                _ => text.split_whitespace().take(20_000).map(Value::text).collect(),
            };
            Value::list(parts).tainted(taint)
        }
        "format" => {
            let mut out = text.into_owned();
            for (index, arg) in args.iter().enumerate().take(20) {
                let Some(part) = arg.raw() else { return unknown().hinted(Some(out.into())) };
                let part = String::from_utf8_lossy(part).into_owned();
                out = if out.contains("{}") {
                    out.replacen("{}", &part, 1)
                } else {
                    let place = format!("{{{index}}}");
                    if !fits(out.len(), out.matches(&place).count(), part.len()) {
                        return unknown();
                    }
                    out.replace(&place, &part)
                };
            }
            build(out.into_bytes()).tainted(Taint::JOINED)
        }
        "translate" => unknown().tainted(Taint::COMPUTED),
        "hex" | "find" | "index" | "count" => Value::unknown(taint),
        _ => unknown(),
    }
}

fn join(by: &Value, items: Option<&Value>, taint: Taint) -> Value {
    let Some(items) = items.and_then(Value::items) else {
        return Value::unknown(taint).hinted(items.and_then(|items| items.str()).map(std::rc::Rc::from));
    };
    let by_raw = by.raw().unwrap_or_default();
    let mut out = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(raw) = item.raw().filter(|_| out.len() < MAX_TEXT) else { return Value::unknown(taint) };
        if index > 0 {
            out.extend_from_slice(by_raw);
        }
        out.extend_from_slice(raw);
    }
    let value =
        if matches!(by.kind, Kind::Bytes(_)) { Value::bytes(&out) } else { Value::text(String::from_utf8_lossy(&out)) };
    value.tainted(taint.with(Taint::JOINED))
}

/// `left operator right`.
pub(super) fn binary(left: &Value, operator: &str, right: &Value) -> Value {
    let taint = left.taint.with(right.taint);
    let hint = || match (left.visible(), right.visible()) {
        (a, b) if a.is_empty() && b.is_empty() => None,
        (a, b) => Some(std::rc::Rc::from(if operator == "/" { format!("{a}/{b}") } else { format!("{a}{b}") })),
    };
    match (operator, &left.kind, &right.kind) {
        ("+", Kind::List(a), Kind::List(b)) if a.len() + b.len() < 100_000 => Value::list([&a[..], &b[..]].concat()),
        ("+", ..) if left.raw().is_some() && right.raw().is_some() => {
            let (a, b) = (left.raw().unwrap_or_default(), right.raw().unwrap_or_default());
            if a.len() + b.len() > MAX_TEXT {
                return Value::unknown(taint);
            }
            let joined = [a, b].concat();
            let value = if matches!(left.kind, Kind::Bytes(_)) {
                Value::bytes(&joined)
            } else {
                Value::text(String::from_utf8_lossy(&joined))
            };
            value.tainted(taint.with(Taint::JOINED))
        }
        ("*", _, Kind::Int(count))
            if left
                .raw()
                .is_some_and(|raw| raw.len().saturating_mul(usize::try_from(*count).unwrap_or(0)) < 100_000) =>
        {
            let repeated = left.raw().unwrap_or_default().repeat(usize::try_from(*count).unwrap_or(0));
            if matches!(left.kind, Kind::Bytes(_)) {
                Value::bytes(&repeated)
            } else {
                Value::text(String::from_utf8_lossy(&repeated))
            }
        }
        ("%", Kind::Text(format), _) => percent(format, right).unwrap_or_else(|| Value::unknown(taint).hinted(hint())),
        ("/", Kind::Name(path), _) if path.starts_with("pathlib.") => {
            Value::name("pathlib.Path()").tainted(taint).hinted(hint())
        }
        (_, Kind::Int(a), Kind::Int(b)) => {
            let result = match operator {
                "+" => a.checked_add(*b),
                "-" => a.checked_sub(*b),
                "*" => a.checked_mul(*b),
                "^" => Some(a ^ b),
                "&" => Some(a & b),
                "|" => Some(a | b),
                "%" => a.checked_rem_euclid(*b),
                "//" => a.checked_div_euclid(*b),
                "<<" => u32::try_from(*b).ok().filter(|b| *b < 40).and_then(|b| a.checked_shl(b)),
                ">>" => u32::try_from(*b).ok().and_then(|b| a.checked_shr(b)),
                _ => None,
            };
            result.map_or_else(|| Value::unknown(taint), |value| Value::of(Kind::Int(value)).tainted(taint))
        }
        ("^", ..) => Value::unknown(taint.with(Taint::COMPUTED)),
        _ => Value::unknown(taint).hinted(hint()),
    }
}

/// `'%s' % value` with nothing but `%s`.
fn percent(format: &str, right: &Value) -> Option<Value> {
    let single = [right.clone()];
    let values = right.items().unwrap_or(&single);
    let mut parts = format.split("%s");
    let mut out = parts.next()?.to_string();
    for (part, value) in parts.by_ref().zip(values) {
        if out.len() > MAX_TEXT {
            return None;
        }
        out.push_str(&String::from_utf8_lossy(value.raw()?));
        out.push_str(part);
    }
    (parts.next().is_none() && !format.contains("%d"))
        .then(|| Value::text(out).tainted(right.taint.with(Taint::JOINED)))
}

/// `value[start:stop:step]`, of which only reversal and every-nth are followed, and plain bounds.
pub(super) fn slice(value: &Value, bounds: [Option<i64>; 3]) -> Value {
    let [start, stop, step] = bounds;
    let step = step.unwrap_or(1);
    let pick = |len: usize| -> Vec<usize> {
        let len_i = i64::try_from(len).unwrap_or(i64::MAX);
        let clamp = |index: i64| (if index < 0 { index + len_i } else { index }).clamp(0, len_i);
        if step > 0 {
            let (from, to) = (clamp(start.unwrap_or(0)), clamp(stop.unwrap_or(len_i)));
            (from..to).step_by(usize::try_from(step).unwrap_or(1)).filter_map(|at| usize::try_from(at).ok()).collect()
        } else {
            let from = start.map_or(len_i, |start| clamp(start) + 1).min(len_i);
            let to = stop.map_or(0, |stop| clamp(stop) + 1);
            let back = usize::try_from(step.unsigned_abs()).unwrap_or(1).max(1);
            (to..from).rev().step_by(back).filter_map(|at| usize::try_from(at).ok()).collect()
        }
    };
    // A list turned round is a list; text turned round is hidden.
    let hides = step != 1 && value.raw().is_some();
    let taint = value.taint.with(if hides { Taint::COMPUTED } else { Taint::JOINED });
    match &value.kind {
        Kind::Text(text) => {
            let chars: Vec<char> = text.chars().collect();
            Value::text(pick(chars.len()).into_iter().filter_map(|at| chars.get(at)).collect::<String>()).tainted(taint)
        }
        Kind::Bytes(raw) => {
            Value::bytes(&pick(raw.len()).into_iter().filter_map(|at| raw.get(at).copied()).collect::<Vec<_>>())
                .tainted(taint)
        }
        Kind::List(items) => {
            Value::list(pick(items.len()).into_iter().filter_map(|at| items.get(at).cloned()).collect())
        }
        _ => Value::unknown(value.taint).hinted(value.hint.clone()),
    }
}

/// Whether `count` pieces of `length` more are still few enough.
fn fits(length: usize, count: usize, more: usize) -> bool {
    count.saturating_mul(more).saturating_add(length) <= MAX_TEXT / 4
}

fn transcode(args: &[Value], taint: Taint) -> Value {
    let (Some(first), Some(codec)) = (args.first(), args.get(1).and_then(Value::str)) else {
        return Value::unknown(taint);
    };
    match codec.to_ascii_lowercase().replace(['-', '_'], "").as_str() {
        "rot13" => match first.raw() {
            Some(raw) => Value::text(rot13(&String::from_utf8_lossy(raw))).tainted(taint.with(Taint::DECODED)),
            None => Value::unknown(taint.with(Taint::DECODED)),
        },
        "hex" | "hexcodec" => first
            .raw()
            .and_then(hex)
            .map_or(Value::unknown(taint), |raw| Value::bytes(&raw))
            .tainted(taint.with(Taint::DECODED)),
        "base64" | "base64codec" => first
            .raw()
            .map(base64_bytes)
            .map_or(Value::unknown(taint), |raw| Value::bytes(&raw))
            .tainted(taint.with(Taint::DECODED)),
        "zlib" | "bz2" | "uu" | "zip" => Value::unknown(taint.with(Taint::DECODED)),
        "unicodeescape" | "rawunicodeescape" => Value::unknown(taint.with(Taint::COMPUTED)),
        _ => first.clone().tainted(taint),
    }
}

fn base64_bytes(raw: &[u8]) -> Vec<u8> {
    base64::decode(raw, raw.len())
}

fn hex(raw: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = raw.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn inflate(decoder: impl std::io::Read) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    decoder.take(MAX_TEXT as u64).read_to_end(&mut out).ok()?;
    Some(out)
}

fn rot13(text: &str) -> String {
    let turn = |c: char, base: u8| char::from(base + (c as u8 - base + 13) % 26);
    text.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            c => c,
        })
        .collect()
}

fn swapcase(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }).collect()
}

fn to_bytes(value: &Value, taint: Taint) -> Value {
    match &value.kind {
        Kind::Text(_) | Kind::Bytes(_) => Value::bytes(value.raw().unwrap_or_default()).tainted(taint),
        Kind::List(items) => {
            let raw: Option<Vec<u8>> = items.iter().map(|item| u8::try_from(item.int()?).ok()).collect();
            raw.map_or_else(|| Value::unknown(taint), |raw| Value::bytes(&raw).tainted(taint)).tainted(Taint::COMPUTED)
        }
        _ => Value::unknown(taint),
    }
}

fn int(args: &[Value]) -> Value {
    let radix = args
        .get(1)
        .and_then(Value::int)
        .and_then(|radix| u32::try_from(radix).ok())
        .filter(|radix| (2..=36).contains(radix))
        .unwrap_or(10);
    let text = args.first().and_then(Value::str).map(|text| text.trim().trim_start_matches("0x").to_string());
    let parsed = text.and_then(|text| i64::from_str_radix(&text, radix).ok()).or(args.first().and_then(Value::int));
    parsed.map_or_else(Value::default, |value| Value::of(Kind::Int(value)))
}

/// Text as a list of its characters.
pub(super) fn chars(text: &str) -> Value {
    Value::list(text.chars().take(100_000).map(|c| Value::text(c.to_string())).collect())
}

/// Bytes as a list of numbers.
pub(super) fn byte_items(raw: &[u8]) -> Value {
    Value::list(raw.iter().take(100_000).map(|byte| Value::of(Kind::Int(i64::from(*byte)))).collect())
}

fn reversed(value: &Value) -> Value {
    slice(value, [None, None, Some(-1)])
}

fn range(args: &[Value]) -> Value {
    let numbers: Option<Vec<i64>> = args.iter().map(Value::int).collect();
    let (start, stop, step) = match numbers.as_deref() {
        Some([stop]) => (0, *stop, 1),
        Some([start, stop]) => (*start, *stop, 1),
        Some([start, stop, step]) if *step > 0 => (*start, *stop, *step),
        _ => return Value::default(),
    };
    if stop.saturating_sub(start) / step > 20_000 {
        return Value::default();
    }
    Value::list((start..stop).step_by(usize::try_from(step).unwrap_or(1)).map(|at| Value::of(Kind::Int(at))).collect())
}

/// The elements of anything that can be gone through.
pub(super) fn elements(value: &Value) -> Option<Value> {
    match &value.kind {
        Kind::Text(text) => Some(chars(text).tainted(value.taint)),
        Kind::Bytes(raw) => Some(byte_items(raw).tainted(value.taint)),
        Kind::List(_) => Some(value.clone()),
        _ => None,
    }
}

fn zip(args: &[Value]) -> Value {
    let lists: Option<Vec<Value>> = args.iter().map(elements).collect();
    let Some(lists) = lists else { return Value::default() };
    let len = lists.iter().filter_map(Value::items).map(<[Value]>::len).min().unwrap_or(0);
    if !fits(0, len, lists.len()) {
        return Value::default();
    }
    Value::list(
        (0..len)
            .map(|at| Value::list(lists.iter().filter_map(|list| list.items()?.get(at).cloned()).collect()))
            .collect(),
    )
}

fn enumerate(value: &Value) -> Value {
    let Some(list) = elements(value) else { return Value::unknown(value.taint) };
    let pairs = list.items().unwrap_or_default().iter().zip(0_i64..);
    Value::list(pairs.map(|(item, at)| Value::list(vec![Value::of(Kind::Int(at)), item.clone()])).collect())
}
