//! Every format of one report, as a reader or a machine gets it.

mod inventory;
mod sample;
mod schemas;

use redan_domain::{FileStatus, ScanReport};
use redan_report::{Format, Style, render};

fn text(report: &ScanReport, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    render(report, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn plain(format: Format) -> String {
    text(&sample::report(), format, Style::default())
}

#[test]
fn formats_look_like_this() {
    for format in Format::ALL {
        let mut text = plain(*format);
        if *format == Format::Html {
            // Style and script are files of their own.
            text = text.split_once("<body>").unwrap().1.split_once("<script>").unwrap().0.to_string();
        }
        insta::assert_snapshot!(format.name(), text);
    }
}

#[test]
fn suppressed_findings_are_shown_on_request() {
    let style = Style { show_suppressed: true, ..Style::default() };
    for format in
        [Format::Full, Format::Concise, Format::Github, Format::Gitlab, Format::Junit, Format::Md, Format::Html]
    {
        let (without, with) = (plain(format), text(&sample::report(), format, style));
        assert!(!without.contains("names its own code"), "{}", format.name());
        assert!(with.contains("names its own code") || format == Format::Junit, "{}", format.name());
        assert_ne!(without, with);
    }
    for format in [Format::Json, Format::Jsonl, Format::Sarif] {
        assert!(plain(format).contains("reviewed | <b>"), "{}", format.name());
    }
}

#[test]
fn no_format_lets_a_file_drive_the_reader() {
    for format in Format::ALL {
        let text = plain(*format);
        assert!(!text.contains(['\x1b', '\u{9b}', '\u{202e}']), "{} has an escape", format.name());
        assert!(!text.lines().any(|line| line.starts_with("::error::owned")), "{}", format.name());
        if matches!(format, Format::Html | Format::Md | Format::Junit) {
            // A fenced block of Markdown shows its text as it is.
            let text: String =
                text.split("````").enumerate().filter(|(index, _)| index % 2 == 0).map(|(_, part)| part).collect();
            assert!(!text.contains("<script>alert"), "{}", format.name());
            assert!(!text.contains("]]>"), "{}", format.name());
        }
    }
}

#[test]
fn colour_is_the_only_escape() {
    let coloured = text(&sample::report(), Format::Full, Style { colour: true, ..Style::default() });
    let mut bare = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once("\x1b[") {
        let (code, after) = after.split_once('m').unwrap();
        assert!(code.chars().all(|c| c.is_ascii_digit() || c == ';'), "{code:?}");
        bare.push_str(before);
        rest = after;
    }
    assert_eq!(bare + rest, plain(Format::Full));
    assert!(coloured.contains("\x1b[1;31mcritical"));
}

#[test]
fn every_command_stays_on_its_line() {
    for line in plain(Format::Github).lines() {
        let (head, _) = line.trim_start_matches("::").split_once("::").unwrap();
        assert!(["error ", "warning ", "notice "].iter().any(|command| head.starts_with(command)), "{line}");
    }
}

#[test]
fn an_empty_or_interrupted_run_says_so() {
    let nothing = ScanReport { targets: vec![".".to_string()], ..ScanReport::default() };
    for format in [Format::Full, Format::Html, Format::Md, Format::Github] {
        assert!(text(&nothing, format, Style::default()).contains("Nothing was examined"), "{}", format.name());
        let mut interrupted = sample::report();
        interrupted.coverage.interrupted = true;
        let text = text(&interrupted, format, Style::default());
        assert!(text.contains("only a part"), "{}", format.name());
    }
    let mut clean = sample::report();
    clean.findings.clear();
    for file in &mut clean.files {
        file.findings.clear();
    }
    clean.files.retain(|file| file.status == FileStatus::Scanned);
    clean.coverage = redan_domain::Coverage::default();
    for file in &clean.files {
        clean.coverage.count(file);
    }
    insta::assert_snapshot!("full-clean", text(&clean, Format::Full, Style::default()));
}

#[test]
fn large_reports_stay_usable() {
    for (files, each) in [(4_000, 1), (4, 1_000)] {
        let report = sample::large(files, each);
        let html = text(&report, Format::Html, Style::default());
        assert!(html.len() < 5_000_000, "{} bytes", html.len());
        assert!(text(&report, Format::Md, Style::default()).len() < 65_536);
        let rows = html.matches("data-severity=").count();
        assert!(rows >= 4_000, "{rows}");
    }
}

#[test]
fn the_page_allows_nothing_from_outside() {
    let page = plain(Format::Html);
    assert!(page.contains("default-src 'none'"));
    for attribute in [" src=", " href=", " style=", " onclick=", "@import", "url("] {
        assert!(!page.contains(attribute), "{attribute}");
    }
}

#[test]
fn names_choose_formats() {
    for (name, format) in [
        ("r.txt", Some(Format::Full)),
        ("r.json", Some(Format::Json)),
        ("R.SARIF", Some(Format::Sarif)),
        ("r.sarif.json", Some(Format::Sarif)),
        ("r.cdx.json", Some(Format::Cyclonedx)),
        ("r.gitlab.json", Some(Format::Gitlab)),
        ("r.xml", Some(Format::Junit)),
        ("r.pdf", None),
    ] {
        assert_eq!(Format::for_path(name.as_ref()), format, "{name}");
    }
}
