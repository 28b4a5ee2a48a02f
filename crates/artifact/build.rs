//! Finds where everything stands in the table of callables, so that the program need not do it at every start.

#[allow(dead_code, reason = "tests look up, this only lists")]
#[path = "src/pickle/callables/compile.rs"]
mod compile;
#[allow(dead_code, reason = "the program looks up, this only lists")]
#[path = "src/pickle/callables/layout.rs"]
mod layout;

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const FOLDER: &str = "src/pickle/callables";

/// The text of the table, one file per family of libraries, in the order of their rows.
const FILES: [&str; 11] = [
    "builtins.txt",
    "stdlib_danger.txt",
    "stdlib_data.txt",
    "numpy.txt",
    "science.txt",
    "sklearn.txt",
    "torch.txt",
    "torch_family.txt",
    "frameworks.txt",
    "packages.txt",
    "reach.txt",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={FOLDER}");
    let texts = FILES.iter().map(|file| fs::read_to_string(Path::new(FOLDER).join(file)));
    let texts = texts.collect::<Result<Vec<_>, _>>()?;
    let sources: Vec<_> = FILES.iter().copied().zip(texts.iter().map(String::as_str)).collect();
    let made = compile::compile(&sources);

    // Rust prints its own literals.
    let mut code = "pub(super) static SOURCES: &[(&str, &str)] = &[".to_owned();
    for file in FILES {
        let path = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{FOLDER}/{file}\")");
        write!(code, "({file:?}, include_str!({path})),")?;
    }
    let index =
        |names: &compile::Names| format!("Index {{ entries: &{:?}, slots: &{:?} }}", names.entries, names.slots);
    write!(
        code,
        "]; pub(super) static LAYOUT: Layout<'static> = Layout {{ blocks: &{:?}, modules: {}, packages: {}, \
         package_depth: {}, barred: {} }};",
        made.blocks,
        index(&made.modules),
        index(&made.packages),
        made.package_depth,
        index(&made.barred)
    )?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("callables.rs"), code)?;
    Ok(())
}
