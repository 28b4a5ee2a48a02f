//! Cost of the readers that every large model goes through; `cargo bench -p redan-artifact`.
//!
//! Inputs are made here, so that the figures mean the same on every machine: a pickle of two million small
//! opcodes, a pickle with one long string, a zip of a thousand stored members, a safetensors header of two
//! thousand tensors, a GGUF vocabulary of a hundred thousand words.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use redan_artifact::{Options, fixture, inspect};

fn pickle_of_small_opcodes() -> Vec<u8> {
    let mut pickle = b"\x80\x02](".to_vec();
    for n in 0..500_000u32 {
        // A tuple of a small number and a name from the memo, as in a list of records.
        pickle.extend_from_slice(&[b'K', n as u8, b'N', 0x86, b'0']);
    }
    pickle.extend_from_slice(b"e.");
    pickle
}

fn pickle_of_one_string(len: usize) -> Vec<u8> {
    let mut pickle = b"\x80\x04\x8e".to_vec();
    pickle.extend_from_slice(&(len as u64).to_le_bytes());
    pickle.resize(pickle.len() + len, b'x');
    pickle.push(b'.');
    pickle
}

fn zip_of_members(count: usize) -> Vec<u8> {
    let mut body = String::from("member archive/data.pkl pickle\n  PROTO 2\n  EMPTY_DICT\n  STOP\n");
    for n in 0..count {
        let _ = write!(body, "member archive/data/{n} hex\n  {}\n", "00".repeat(256));
    }
    fixture::build("zip", &body).expect("the description is right")
}

fn safetensors(count: usize) -> Vec<u8> {
    let tensor = |n: usize| {
        format!(
            "\"layers.{n}.weight\":{{\"dtype\":\"F32\",\"shape\":[8,8],\"data_offsets\":[{},{}]}}",
            n * 256,
            (n + 1) * 256
        )
    };
    let header = format!("{{{}}}", (0..count).map(tensor).collect::<Vec<_>>().join(","));
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.resize(file.len() + count * 256, 0);
    file
}

fn gguf(words: u64) -> Vec<u8> {
    let mut file = b"GGUF\x03\0\0\0".to_vec();
    file.extend_from_slice(&0u64.to_le_bytes());
    file.extend_from_slice(&1u64.to_le_bytes());
    let string = |out: &mut Vec<u8>, text: &str| {
        out.extend_from_slice(&(text.len() as u64).to_le_bytes());
        out.extend_from_slice(text.as_bytes());
    };
    string(&mut file, "tokenizer.ggml.tokens");
    file.extend_from_slice(&9u32.to_le_bytes());
    file.extend_from_slice(&8u32.to_le_bytes());
    file.extend_from_slice(&words.to_le_bytes());
    for n in 0..words {
        string(&mut file, &format!("token{n}"));
    }
    file
}

fn readers(criterion: &mut Criterion) {
    let inputs = [
        ("pickle, 2.5 million small opcodes", pickle_of_small_opcodes()),
        ("pickle, one string of 64 MB", pickle_of_one_string(64 << 20)),
        ("zip, 1,000 stored members", zip_of_members(1_000)),
        ("safetensors, 2,000 tensors", safetensors(2_000)),
        ("gguf, 100,000 words", gguf(100_000)),
    ];
    let mut group = criterion.benchmark_group("inspect");
    group.sample_size(20);
    for (name, bytes) in &inputs {
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| inspect(black_box(bytes), "model.bin", &Options::default()));
        });
    }
    group.finish();
}

criterion_group!(benches, readers);
criterion_main!(benches);
