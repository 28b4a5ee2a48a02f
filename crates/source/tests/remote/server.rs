//! A small HTTP server on loopback that serves ranges, and can lie in every way a test asks for.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// How the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Honest,
    /// 200 with everything, whatever range was asked for.
    NoRanges,
    /// Content-Range starts elsewhere.
    WrongStart,
    /// The total size grows after the first answer.
    SizeChanges,
    /// The ETag changes after the first answer.
    EtagChanges,
    /// Fewer bytes than Content-Length, then the connection ends; every time.
    AlwaysDrops,
    /// The same, but only every second time.
    SometimesDrops,
    /// One byte less than asked for, consistently declared.
    ShortRange,
    /// A content encoding.
    Gzip,
    /// 403.
    Forbidden,
}

pub(crate) struct Server {
    pub address: String,
    pub sent: Arc<AtomicU64>,
    pub requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves `files` by path; the threads end with the test process.
    pub(crate) fn start(files: HashMap<String, Vec<u8>>, mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { address, sent: Arc::default(), requests: Arc::default() };
        let (sent, requests) = (server.sent.clone(), server.requests.clone());
        let files = Arc::new(files);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (files, sent, requests) = (files.clone(), sent.clone(), requests.clone());
                std::thread::spawn(move || connection(stream, &files, mood, &sent, &requests));
            }
        });
        server
    }
}

fn connection(
    mut stream: TcpStream,
    files: &HashMap<String, Vec<u8>>,
    mood: Mood,
    sent: &AtomicU64,
    requests: &Mutex<Vec<String>>,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let count = {
            let mut requests = requests.lock().unwrap();
            requests.push(head.clone());
            requests.len()
        };
        let target = head.split_whitespace().nth(1).unwrap_or("/").to_string();
        let path = target.split('?').next().unwrap_or("/").to_string();
        let range = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("range: bytes=").map(ToString::to_string));
        let Some(body) = files.get(&target).or_else(|| files.get(&path)) else {
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
            continue;
        };
        let (status, headers, part) = answer(body, range.as_deref(), mood, count);
        let mut out = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n", part.len()).into_bytes();
        let drop = mood == Mood::AlwaysDrops || (mood == Mood::SometimesDrops && count % 2 == 1);
        out.extend_from_slice(if drop { &part[..part.len() / 2] } else { part });
        sent.fetch_add(part.len() as u64, Ordering::SeqCst);
        if stream.write_all(&out).is_err() || drop {
            return;
        }
    }
}

fn answer<'a>(body: &'a [u8], range: Option<&str>, mood: Mood, count: usize) -> (&'static str, String, &'a [u8]) {
    if mood == Mood::Forbidden {
        return ("403 Forbidden", String::new(), b"");
    }
    let (Some(range), false) = (range, mood == Mood::NoRanges) else { return ("200 OK", String::new(), body) };
    let (first, last) = range.split_once('-').unwrap();
    let first: usize = first.trim().parse().unwrap();
    if first >= body.len() {
        return ("416 Range Not Satisfiable", format!("content-range: bytes */{}\r\n", body.len()), b"");
    }
    let mut end = body.len().min(last.trim().parse::<usize>().unwrap() + 1);
    if mood == Mood::ShortRange && end > first + 1 {
        end -= 1;
    }
    let shown = if mood == Mood::WrongStart { first + 1 } else { first };
    let total = if mood == Mood::SizeChanges && count > 1 { body.len() + 5 } else { body.len() };
    let etag = if mood == Mood::EtagChanges { count } else { 1 };
    let encoding = if mood == Mood::Gzip { "content-encoding: gzip\r\n" } else { "" };
    let headers = format!("content-range: bytes {shown}-{}/{total}\r\netag: \"{etag}\"\r\n{encoding}", end - 1);
    ("206 Partial Content", headers, &body[first..end])
}
