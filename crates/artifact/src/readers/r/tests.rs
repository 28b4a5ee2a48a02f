use crate::artifact::Status;
use crate::testing::{facts_of, look, mutilate};

/// A stream of version 3 in big-endian encoding, ready for one object.
fn header() -> Vec<u8> {
    let mut out = b"X\n".to_vec();
    for number in [3, 0x0004_0302, 0x0003_0500, 5] {
        out.extend(i32::to_be_bytes(number));
    }
    out.extend(b"UTF-8");
    out
}

fn int(value: u32) -> Vec<u8> {
    value.to_be_bytes().to_vec()
}

fn chars(text: &str) -> Vec<u8> {
    [int(9), int(text.len() as u32), text.as_bytes().to_vec()].concat()
}

fn symbol(name: &str) -> Vec<u8> {
    [int(1), chars(name)].concat()
}

fn string(text: &str) -> Vec<u8> {
    [int(16), int(1), chars(text)].concat()
}

/// A call with one argument.
fn call(function: &str, argument: &[u8]) -> Vec<u8> {
    [int(6), symbol(function), int(2), argument.to_vec(), int(254)].concat()
}

fn facts(object: &[u8]) -> Vec<String> {
    let bytes = [header(), object.to_vec()].concat();
    mutilate(&bytes, "m.rds");
    let artifact = look(&bytes, "m");
    assert_eq!((artifact.format, &artifact.status), ("r-serialised", &Status::Understood));
    facts_of(&artifact)
}

#[test]
fn data_is_silent() {
    // list(x = c(1, 2), call = lm(formula = y ~ x))
    let formula = [int(6), symbol("~"), int(2), symbol("y"), int(2), symbol("x"), int(254)].concat();
    let numbers = [int(14), int(2), vec![0; 16]].concat();
    let list = [int(19), int(2), numbers, call("lm", &formula)].concat();
    assert!(facts(&list).is_empty());
    // An environment with a delayed argument: R writes such promises itself.
    let promise = [int(5), int(252), call("mean", &symbol("x"))].concat();
    let frame = [int(0x402), symbol("a"), promise, int(254)].concat();
    let environment = [int(4), int(0), int(253), frame, int(254), int(254)].concat();
    assert!(facts(&environment).is_empty());
}

#[test]
fn promises_that_run() {
    let promise = [int(5), int(252), call("system", &string("id"))].concat();
    assert_eq!(facts(&promise), ["r-promise promise", "r-promise system"]);
    let frame = [int(0x402), symbol("a"), promise.clone(), int(254)].concat();
    let environment = [int(4), int(0), int(253), frame, int(254), int(254)].concat();
    assert_eq!(facts(&environment), ["r-promise system"]);
    let list = [int(0x402), symbol("a"), promise, int(254)].concat();
    assert_eq!(facts(&list), ["r-promise promise", "r-promise system"]);
}

#[test]
fn closures_that_touch_the_system() {
    let closure = |body: &[u8]| [int(0x403), int(253), int(254), body.to_vec()].concat();
    assert_eq!(facts(&closure(&call("system", &string("id")))), ["r-code system"]);
    assert_eq!(facts(&closure(&call("do.call", &string("system2")))), ["r-code system2"]);
    assert_eq!(facts(&closure(&call("eval", &call("parse", &string("1"))))), ["r-evaluates eval(parse)"]);
    let nested = [int(6), symbol("{"), int(2), call("dyn.load", &string("x")), int(254)].concat();
    assert_eq!(facts(&closure(&nested)), ["r-code dyn.load"]);
    assert!(facts(&closure(&call("predict", &symbol("x")))).is_empty());
}

#[test]
fn the_text_encoding_is_read_too() {
    let text = "A\n2\n262914\n131840\n6\n1\n9\n6\nsystem\n2\n16\n1\n9\n2\nid\n254\n";
    assert_eq!(facts_of(&look(text.as_bytes(), "m")), ["r-code system"]);
    mutilate(text.as_bytes(), "m");
}

#[test]
fn what_came_before_the_damage_counts() {
    let promise = [header(), int(5), int(252), call("system", &string("id"))].concat();
    let cut = look(&promise[..promise.len() - 2], "m");
    assert!(facts_of(&cut).contains(&"r-promise system".to_string()));
    assert!(matches!(cut.status, Status::Incomplete(_)));
    let deep = [header(), [int(19), int(1)].concat().repeat(100_000)].concat();
    assert!(matches!(look(&deep, "m").status, Status::Incomplete(_)));
}
