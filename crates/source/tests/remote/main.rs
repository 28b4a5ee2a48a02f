//! Remote files against servers that serve ranges, refuse them, lie about them, and drop connections.

mod server;

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use redan_domain::ReadAt;
use redan_source::remote::list;
use server::{Mood, Server};

fn content() -> Vec<u8> {
    (0..3_000_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

fn serve(mood: Mood) -> Server {
    Server::start(HashMap::from([("/model.bin".to_string(), content()), ("/empty".to_string(), Vec::new())]), mood)
}

fn open(server: &Server) -> Result<Box<dyn ReadAt>, String> {
    list(&format!("{}/model.bin", server.address)).unwrap()[0].open().map_err(|error| error.to_string())
}

#[test]
fn reads_only_the_ranges_it_needs() {
    let server = serve(Mood::Honest);
    let file = open(&server).unwrap();
    assert_eq!(file.size(), 3_000_000);
    let end = file.read_vec_at(2_999_000, 5_000).unwrap();
    assert_eq!(end, content()[2_999_000..]);
    assert!(server.sent.load(Ordering::SeqCst) < 400_000, "{}", server.sent.load(Ordering::SeqCst));
    assert_eq!(file.read_vec_at(100_000, 700_000).unwrap(), content()[100_000..800_000]);
    let before = server.requests.lock().unwrap().len();
    file.read_vec_at(120_000, 1000).unwrap();
    assert_eq!(server.requests.lock().unwrap().len(), before, "cached");
    let empty = list(&format!("{}/empty", server.address)).unwrap()[0].open().unwrap();
    assert_eq!(empty.size(), 0);
}

#[test]
fn a_server_without_ranges_and_one_that_drops_now_and_then_still_work() {
    for mood in [Mood::NoRanges, Mood::SometimesDrops] {
        let file = open(&serve(mood)).unwrap();
        assert_eq!(file.read_vec_at(2_000_000, 500_000).unwrap(), content()[2_000_000..2_500_000], "{mood:?}");
    }
}

#[test]
fn every_lie_is_an_error_that_says_what_is_wrong() {
    for (mood, says) in [
        (Mood::WrongStart, "cannot be trusted"),
        (Mood::ShortRange, "asked for"),
        (Mood::SizeChanges, "now it is 3000005"),
        (Mood::EtagChanges, "changed while it was read"),
        (Mood::AlwaysDrops, "gave up after 3 tries"),
        (Mood::Gzip, "content encoding"),
        (Mood::Forbidden, "credentials are missing"),
    ] {
        let server = serve(mood);
        let outcome =
            open(&server).and_then(|file| file.read_vec_at(2_000_000, 100).map_err(|error| error.to_string()));
        let error = outcome.map(|bytes| bytes.len()).unwrap_err();
        assert!(error.contains(says), "{mood:?}: {error}");
    }
}

#[test]
fn nobody_there_is_an_error() {
    let error = list("http://127.0.0.1:9/model.bin").unwrap()[0].open().map(|_| ()).unwrap_err();
    assert!(error.to_string().contains("127.0.0.1:9"), "{error}");
}
