//! What a command says on standard output: text for people, or one JSON document.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde_json::Value;

/// Writes what was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    pub is_json: bool,
}

impl Output {
    /// Writes the document, or the text that says the same.
    ///
    /// # Errors
    /// If nobody reads it.
    pub fn show(self, document: &Value, text: impl Display) -> io::Result<()> {
        if self.is_json {
            write_line(document)
        } else {
            write_line(text)
        }
    }

    /// Writes a list: a JSON array, or a table with these headings.
    ///
    /// # Errors
    /// If nobody reads it.
    pub fn list<const N: usize>(
        self,
        documents: Vec<Value>,
        headings: [&str; N],
        rows: &[[String; N]],
    ) -> io::Result<()> {
        if self.is_json {
            return write_line(Value::Array(documents));
        }
        write_line(table(headings, rows))
    }
}

/// Writes a line at once, also when standard output is a pipe.
fn write_line(line: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Columns as wide as what stands in them.
fn table<const N: usize>(headings: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = headings.map(width);
    for row in rows {
        for (wide, cell) in widths.iter_mut().zip(row) {
            *wide = (*wide).max(width(cell));
        }
    }
    let headings = headings.map(str::to_owned);
    let lines: Vec<String> = std::iter::once(&headings)
        .chain(rows)
        .map(|row| line(row, &widths))
        .collect();
    lines.join("\n")
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| format!("{cell:<width$}"))
        .collect();
    cells.join("  ").trim_end().to_owned()
}

fn width(text: impl AsRef<str>) -> usize {
    text.as_ref().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let rows = [
            ["Zo\u{eb}".to_owned(), "technician".to_owned()],
            ["Alexandra".to_owned(), "auditor".to_owned()],
        ];
        assert_eq!(
            table(["NAME", "ROLE"], &rows),
            "NAME       ROLE\nZo\u{eb}        technician\nAlexandra  auditor"
        );
    }
}
