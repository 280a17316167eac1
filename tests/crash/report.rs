//! What a part of the battery has tried and found, as a row of the table that `cargo xtask crash`
//! prints, and how long it may take.

/// Prints a row. `cargo xtask crash` waits for the rows that it knows, by their first words.
pub fn row(name: &str, found: &[(&str, usize)]) {
    let found: Vec<String> = found
        .iter()
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    println!("battery | {name} | {}", found.join(", "));
}

/// Whether there is time for the second figures.
pub fn is_long() -> bool {
    variable("COUNTERSIGN_CRASH_LONG").as_deref() == Some("1")
}

/// The first figure, or the second where there is time.
pub fn figure<T>(short: T, long: T) -> T {
    if is_long() { long } else { short }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the battery lasts is no setting of the server"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
