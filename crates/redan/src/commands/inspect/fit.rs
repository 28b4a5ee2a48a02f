//! `redan inspect fit`: the injection model on the user's own labelled texts.

use anyhow::{Context as _, Result, bail};
use redan_inspect::Channel;
use redan_inspect::injection::{Fit, FitOptions, Measured, Model, fit};
use serde_json::Value;

use super::input;
use crate::Exit;
use crate::cli::{FitArgs, InspectInput};

/// Runs the command.
pub(crate) fn run(args: &FitArgs) -> Result<Exit> {
    let mut labelled = Vec::new();
    for source in input::sources(&args.logs, InspectInput::Jsonl, &[])? {
        let bytes = source.bytes().map_err(|error| anyhow::anyhow!("`{}` cannot be read: {error}", source.name))?;
        let lines = bytes.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
        for (index, line) in lines {
            let example = example(line, args).with_context(|| format!("line {} of `{}`", index + 1, source.name))?;
            labelled.push(example);
        }
    }
    let attacks = labelled.iter().filter(|(_, _, attack)| *attack).count();
    let honest = labelled.len() - attacks;
    let options = FitOptions {
        about: format!("fitted to {attacks} attacks and {honest} harmless texts"),
        ..FitOptions::default()
    };
    let fitted = fit(Model::shipped(), labelled.into_iter(), &options)?;
    std::fs::write(&args.output, fitted.model.to_bytes()?)
        .with_context(|| format!("`{}` cannot be written", args.output.display()))?;
    let what = match fitted.fit {
        Fit::Thresholds => "thresholds",
        Fit::Weights => "weights and thresholds",
    };
    println!("fitted the {what} to {attacks} attacks and {honest} harmless texts; on those that were held out:\n");
    println!("{:<8} {:>16} {:>22}", "", "attacks found", "harmless flagged");
    row("before", &fitted.before);
    row("after", &fitted.after);
    println!("\nwrote {0}; use it with: redan inspect --injection-fit {0}", args.output.display());
    Ok(Exit::Clean)
}

fn row(name: &str, measured: &Measured) {
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 };
    println!(
        "{name:<8} {:>16} {:>22}",
        format!("{}/{} {:.1} %", measured.found, measured.attacks, share(measured.found, measured.attacks)),
        format!("{}/{} {:.1} %", measured.flagged, measured.honest, share(measured.flagged, measured.honest)),
    );
}

/// One labelled text: the text, who wrote it, whether it is an attack.
fn example(line: &[u8], args: &FitArgs) -> Result<(String, Channel, bool)> {
    let value: Value = serde_json::from_slice(line).context("not JSON")?;
    let text = value.get(&args.field).and_then(Value::as_str);
    let text = text.with_context(|| format!("no text in the field `{}`: name another with --field", args.field))?;
    let attack = match value.get("label") {
        Some(Value::Bool(attack)) => *attack,
        Some(Value::Number(label)) if label.as_u64() == Some(0) => false,
        Some(Value::Number(label)) if label.as_u64() == Some(1) => true,
        Some(Value::String(label)) if ["attack", "injection", "jailbreak"].contains(&label.as_str()) => true,
        Some(Value::String(label)) if ["benign", "harmless", "clean", "safe"].contains(&label.as_str()) => false,
        Some(other) => bail!("label `{other}` is neither 0 (harmless) nor 1 (attack)"),
        None => bail!("no `label`: 0 is harmless, 1 an attack"),
    };
    let channel = match value.get("channel").and_then(Value::as_str) {
        Some(name) => name.parse().map_err(anyhow::Error::msg)?,
        None => args.channel,
    };
    Ok((text.to_string(), channel, attack))
}
