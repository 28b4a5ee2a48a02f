//! Writing a report: one format on stdout, any number in files.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use redan_domain::ScanReport;
use redan_report::{Format, Style, render};

use crate::cli::{Color, OutputArgs};

/// Says before any work is done which file name asks for no known format.
///
/// # Errors
/// Names the file and the endings there are.
pub(crate) fn check(args: &OutputArgs) -> Result<()> {
    for path in &args.output {
        if Format::for_path(path).is_none() {
            let endings: Vec<_> = Format::ALL.iter().flat_map(|format| format.suffixes()).copied().collect();
            bail!("`{}` has no ending that names a format; there are {}", path.display(), endings.join(", "));
        }
    }
    Ok(())
}

/// Whether a format that was asked for lists the rules that could have fired, too.
pub(crate) fn lists_all_rules(args: &OutputArgs) -> bool {
    let files = args.output.iter().filter_map(|path| Format::for_path(path));
    files.chain(args.format).any(Format::lists_all_rules)
}

/// Writes the files that were asked for.
///
/// # Errors
/// When one cannot be written.
pub(crate) fn write_files(report: &ScanReport, args: &OutputArgs) -> Result<()> {
    args.output.iter().try_for_each(|path| write_file(report, path, args.show_suppressed))
}

/// Writes everything that was asked for.
///
/// # Errors
/// When a file or stdout cannot be written.
pub(crate) fn write(report: &ScanReport, args: &OutputArgs) -> Result<()> {
    write_files(report, args)?;
    let format = args.format.unwrap_or_default();
    let style = Style { colour: colour(args.color), show_suppressed: args.show_suppressed };
    let mut out = BufWriter::new(io::stdout().lock());
    match render(report, format, style, &mut out).and_then(|()| out.flush()) {
        // A closed pipe (`redan scan . | head`) is the reader's choice and must not change the verdict.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Beside the target first, then renamed: a reader never sees half a report.
fn write_file(report: &ScanReport, path: &Path, show_suppressed: bool) -> Result<()> {
    let Some(format) = Format::for_path(path) else { bail!("`{}` names no format", path.display()) };
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = path.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut out = BufWriter::new(File::create(&part)?);
        render(report, format, Style { colour: false, show_suppressed }, &mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&part, path)
    };
    write().with_context(|| format!("`{}` cannot be written", path.display()))
}

fn colour(choice: Color) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}
