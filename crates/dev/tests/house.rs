//! The house is in order: generated files are current, crates keep to their floors, no id is reused.

#[test]
fn everything_generated_is_current_and_the_floors_hold() {
    let problems = redan_dev::check().unwrap();
    assert!(problems.is_empty(), "run `cargo dev generate`:\n{}", problems.join("\n"));
}
