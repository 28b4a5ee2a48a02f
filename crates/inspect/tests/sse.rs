//! Frames of model APIs, cut anywhere.

use std::sync::Arc;

use redan_inspect::deidentify::{Operator, Policy, Session};
use redan_inspect::stream::{LONGEST_FRAME, SseStream, Stop};
use redan_inspect::{Channel, Context, Inspector, Options};
use serde_json::Value;

fn inspector() -> Arc<Inspector> {
    static ONE: std::sync::OnceLock<Arc<Inspector>> = std::sync::OnceLock::new();
    Arc::clone(ONE.get_or_init(|| {
        let only = ["EMAIL_ADDRESS", "CREDIT_CARD", "anthropic-api-key"].map(String::from).to_vec();
        Arc::new(Inspector::new(Options { only, ..Options::default() }).unwrap())
    }))
}

fn sse(policy: Policy) -> SseStream<Session> {
    SseStream::new(inspector(), Context::of(Channel::Output), Session::new(policy).unwrap())
}

fn run(text: &[u8], size: usize) -> String {
    let mut stream = sse(Policy::default());
    let mut out = Vec::new();
    for chunk in text.chunks(size) {
        out.extend(stream.push(chunk));
    }
    out.extend(stream.finish());
    assert_eq!(stream.stopped(), None);
    String::from_utf8(out).unwrap()
}

/// The same for every size of chunk, and every frame still JSON.
fn every_cut(text: &str) -> String {
    let once = run(text.as_bytes(), text.len());
    for size in 1..text.len().min(120) {
        assert_eq!(run(text.as_bytes(), size), once, "in chunks of {size}");
    }
    for data in datas(&once) {
        assert!(data == "[DONE]" || serde_json::from_str::<Value>(&data).is_ok(), "{data}");
    }
    once
}

fn datas(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.strip_prefix("data: ")).map(|data| data.trim_end().to_string()).collect()
}

/// What a client puts together from the strings at a pointer.
fn joined(text: &str, pointer: &str, only: impl Fn(&Value) -> bool) -> String {
    let frames = datas(text).into_iter().filter_map(|data| serde_json::from_str::<Value>(&data).ok());
    let piece = |frame: Value| frame.pointer(pointer).and_then(Value::as_str).map(str::to_string);
    frames.filter(|frame| only(frame)).filter_map(piece).collect()
}

fn chat(pieces: &[&str], line: &str) -> String {
    let frame = |delta: Value, reason: Option<&str>| {
        let frame = serde_json::json!({"id": "chatcmpl-1", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], "new": [1.50]});
        format!("data: {frame}{line}{line}")
    };
    let mut out = frame(serde_json::json!({"role": "assistant", "content": ""}), None);
    out.extend(pieces.iter().map(|piece| frame(serde_json::json!({"content": piece}), None)));
    out + &frame(serde_json::json!({}), Some("stop")) + "data: [DONE]" + line + line
}

#[test]
fn openai_chat() {
    let pieces = [
        "Write to jan",
        "e.do",
        "e@exa",
        "mple.com, for",
        " Zoë 😀 \"says\"\n",
        "so. The car",
        "d is 4111 1111",
        " 1111 1111",
    ];
    for line in ["\n", "\r\n"] {
        let out = every_cut(&chat(&pieces, line));
        let text = joined(&out, "/choices/0/delta/content", |_| true);
        assert_eq!(text, "Write to <EMAIL_ADDRESS>, for Zoë 😀 \"says\"\nso. The card is <CREDIT_CARD>");
        let reasons: Vec<_> = datas(&out).into_iter().rev().take(2).collect();
        assert!(reasons[0] == "[DONE]" && reasons[1].contains("\"stop\""), "what was held comes before the end");
    }
}

#[test]
fn frames_without_values_pass_byte_for_byte() {
    let text = ": ping\n\nevent: x\nid: 7\ndata: {\"choices\" : [ {\"index\":0,\"delta\":{\"content\":\"so it flows \\u00e9 \"}, \"x\": 1.50 } ]}\n\nretry: 10\n\ndata: [DONE]\n\n";
    assert_eq!(every_cut(text), text);
    let odd =
        "data: no json at all\n\ndata: {\"object\":\"list\",\"id\":\"4111111111111111\"}\n\ndata:\n\nhalf a frame";
    for size in 1..odd.len() {
        assert_eq!(run(odd.as_bytes(), size), odd, "in chunks of {size}");
    }
}

#[test]
fn openai_choices_and_tool_calls_are_texts_of_their_own() {
    let call = |index: u32, tool: u32, piece: &str| {
        let frame = serde_json::json!({"choices": [{"index": index, "delta": {"tool_calls": [{"index": tool, "function": {"arguments": piece}}]}, "finish_reason": null}]});
        format!("data: {frame}\n\n")
    };
    let text = [
        call(0, 0, "{\"to\":\"\\njane@ex"),
        call(1, 0, "{\"to\":\"john@"),
        call(0, 1, "{\"card\":41111111"),
        call(0, 0, "ample.com\"}"),
        call(1, 0, "nowhere\"}"),
        call(0, 1, "11111111}"),
        "data: [DONE]\n\n".to_string(),
    ]
    .concat();
    let out = every_cut(&text);
    let arguments = |choice: u64, tool: u64| {
        joined(&out, "/choices/0/delta/tool_calls/0/function/arguments", |frame| {
            frame["choices"][0]["index"] == choice && frame["choices"][0]["delta"]["tool_calls"][0]["index"] == tool
        })
    };
    assert_eq!(arguments(0, 0), "{\"to\":\"\\n<EMAIL_ADDRESS>\"}");
    assert_eq!(arguments(1, 0), "{\"to\":\"john@nowhere\"}");
    assert_eq!(arguments(0, 1), "{\"card\":\"<CREDIT_CARD>\"}");
}

#[test]
fn log_probabilities_do_not_spell_it_again() {
    let frame = |piece: &str| {
        let tokens =
            serde_json::json!({"content": [{"token": piece, "logprob": -0.1, "top_logprobs": [{"token": piece}]}]});
        let frame = serde_json::json!({"choices": [{"index": 0, "delta": {"content": piece}, "logprobs": tokens}]});
        format!("data: {frame}\n\n")
    };
    let out =
        every_cut(&[frame("it is "), frame("jane@"), frame("example.com"), "data: [DONE]\n\n".to_string()].concat());
    assert!(!out.contains("jane") && !out.contains("example"), "{out}");
    assert!(out.starts_with(&frame("it is ")));
}

#[test]
fn openai_responses() {
    let delta = |piece: &str| {
        format!(
            "event: response.output_text.delta\ndata: {}\n\n",
            serde_json::json!({"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": piece})
        )
    };
    let all = "to jane@example.com";
    let done = serde_json::json!({"type": "response.output_text.done", "item_id": "m", "output_index": 0, "content_index": 0, "text": all});
    let completed = serde_json::json!({"type": "response.completed", "response": {"id": "r", "output": [{"content": [{"type": "output_text", "text": all}]}]}});
    let text = format!("{}{}data: {done}\n\ndata: {completed}\n\n", delta("to jane@"), delta("example.com"));
    let out = every_cut(&text);
    assert_eq!(joined(&out, "/delta", |_| true), "to <EMAIL_ADDRESS>");
    assert_eq!(joined(&out, "/text", |_| true), "to <EMAIL_ADDRESS>");
    assert!(!out.contains("jane"), "{out}");
    let place = |needle: &str| out.find(needle).unwrap();
    assert!(place("<EMAIL_ADDRESS>") < place("output_text.done"), "what was held comes before the end");
}

#[test]
fn anthropic_messages() {
    let event = |value: Value| format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap());
    let delta = |index: u32, kind: &str, name: &str, piece: &str| {
        event(serde_json::json!({"type": "content_block_delta", "index": index, "delta": {"type": kind, name: piece}}))
    };
    let text = [
        event(serde_json::json!({"type": "message_start", "message": {"id": "msg_4111111111111111", "content": []}})),
        delta(0, "thinking_delta", "thinking", "they are jane@"),
        delta(0, "thinking_delta", "thinking", "example.com"),
        delta(0, "signature_delta", "signature", "jane@example.com"),
        event(serde_json::json!({"type": "content_block_stop", "index": 0})),
        delta(1, "text_delta", "text", "Mail to jane@example"),
        event(serde_json::json!({"type": "ping"})),
        delta(1, "text_delta", "text", ".com is sent"),
        event(serde_json::json!({"type": "content_block_stop", "index": 1})),
        delta(2, "input_json_delta", "partial_json", "{\"a\": \"jane@exam"),
        delta(2, "input_json_delta", "partial_json", "ple.com\"}"),
        event(serde_json::json!({"type": "content_block_stop", "index": 2})),
        event(serde_json::json!({"type": "message_stop"})),
    ]
    .concat();
    let out = every_cut(&text);
    let of = |index: u64, name: &str| joined(&out, &format!("/delta/{name}"), |frame| frame["index"] == index);
    assert_eq!(of(0, "thinking"), "they are <EMAIL_ADDRESS>");
    assert_eq!(of(1, "text"), "Mail to <EMAIL_ADDRESS> is sent");
    assert_eq!(of(2, "partial_json"), "{\"a\": \"<EMAIL_ADDRESS>\"}");
    assert_eq!(of(0, "signature"), "jane@example.com", "a signature is no text");
    assert!(out.contains("msg_4111111111111111"));
    for index in 0..3 {
        let stop = out.find(&format!("\"index\":{index},\"type\":\"content_block_stop\"")).unwrap();
        assert!(out[..stop].matches("<EMAIL_ADDRESS>").count() == index + 1, "held text comes before the stop");
    }
}

#[test]
fn data_in_several_lines_and_without_a_last_blank_line() {
    let text = "data: {\"choices\":[{\"index\":0,\ndata: \"delta\":{\"content\":\"a@example.com\"}}]}\nid: 1\n";
    let mut stream = sse(Policy::default());
    let mut out = stream.push(text.as_bytes());
    out.extend(stream.finish());
    let out = String::from_utf8(out).unwrap();
    assert_eq!(joined(&out, "/choices/0/delta/content", |_| true), "<EMAIL_ADDRESS>", "{out}");
}

#[test]
fn streams_that_end_early() {
    let mut stream = sse(Policy::default().with("EMAIL_ADDRESS", Operator::Block));
    let mut out = stream.push(chat(&["it is ", "jane@example.com", " and more"], "\n").as_bytes());
    out.extend(stream.finish());
    assert_eq!(joined(&String::from_utf8(out).unwrap(), "/choices/0/delta/content", |_| true), "it is ");
    assert!(matches!(stream.stopped(), Some(Stop::Blocked(_))));

    let mut stream = sse(Policy::default());
    let mut given = stream.push(b"data: {\"choices\":[{\"delta\":{\"content\":\"").len();
    for _ in 0..LONGEST_FRAME / 1_000 + 2 {
        given += stream.push("jane@example.com ".repeat(60).as_bytes()).len();
    }
    given += stream.finish().len();
    assert_eq!((given, stream.stopped()), (0, Some(&Stop::FrameTooLong)));
}

#[test]
fn deep_json_is_read_without_recursion() {
    let text = format!("data: {}\n\n", "[".repeat(500_000));
    assert_eq!(run(text.as_bytes(), 4_096), text);
}
