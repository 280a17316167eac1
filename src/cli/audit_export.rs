//! `countersign audit export`: row by row, so that it takes no more memory however much there is.

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde_json::Value;

use super::common::{Common, Opened};
use crate::domain::{AuditRow, Timestamp};

/// So many rows are read at a time.
const PAGE: u32 = 500;
const HEADINGS: &str = "number,at,actor,actor_id,actor_name,credential,address,action,subject,\
    subject_id,details,previous_hash,hash";

/// How the rows are written.
#[derive(Clone, Copy, Debug)]
enum Format {
    JsonLines,
    Csv,
}

#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// jsonl: one JSON object a line; csv: for spreadsheets
    #[arg(long, default_value = "jsonl", value_parser = jsonl_or_csv())]
    format: Format,
    /// Leave out what is older: a date or a time, such as 2026-11-01 or 2026-11-01T09:00:00Z
    #[arg(long, value_name = "T", value_parser = parse_time)]
    since: Option<Timestamp>,
    #[command(flatten)]
    common: Common,
}

/// How the rows stand among each other.
#[derive(Clone, Copy)]
enum Shape {
    Lines,
    Csv,
    /// One document, as `--json` promises everywhere.
    Array,
}

impl Export {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let opened = self.common.open().await?;
        let shape = match self.format {
            _ if self.common.json => Shape::Array,
            Format::JsonLines => Shape::Lines,
            Format::Csv => Shape::Csv,
        };
        let mut out = BufWriter::new(io::stdout().lock());
        match shape {
            Shape::Lines => {}
            Shape::Csv => writeln!(out, "{HEADINGS}\r")?,
            Shape::Array => write!(out, "[")?,
        }
        write_rows(&opened, self.since, shape, &mut out).await?;
        if let Shape::Array = shape {
            writeln!(out, "]")?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Those that there are now, this export among them; what others add meanwhile is not waited for.
async fn write_rows(
    opened: &Opened,
    since: Option<Timestamp>,
    shape: Shape,
    out: &mut impl io::Write,
) -> anyhow::Result<()> {
    let (admin, operator) = (&opened.admin, &opened.operator);
    let mut after = admin.export_audit(operator, since).await?;
    let last = opened.installation.store.audit_head().await?.number;
    let mut is_first = true;
    while after < last {
        let rows = admin.audit_after(operator, after, PAGE).await?;
        let Some(end) = rows.last().map(|row| row.number) else {
            return Ok(());
        };
        after = end;
        let asked_for = rows
            .iter()
            .filter(|row| row.number <= last && since.is_none_or(|since| row.at >= since));
        for row in asked_for {
            match shape {
                Shape::Lines => writeln!(out, "{}", serde_json::to_string(row)?)?,
                Shape::Csv => writeln!(out, "{}\r", csv(row))?,
                Shape::Array => {
                    let mark = if is_first { "" } else { "," };
                    write!(out, "{mark}{}", serde_json::to_string(row)?)?;
                }
            }
            is_first = false;
        }
    }
    Ok(())
}

fn csv(row: &AuditRow) -> String {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let id = |value: Option<uuid::Uuid>| value.map(|id| id.to_string()).unwrap_or_default();
    let details = match &row.details {
        Value::Null => String::new(),
        details => details.to_string(),
    };
    let cells = [
        row.number.to_string(),
        row.at.to_string(),
        row.actor.to_string(),
        id(row.actor_id),
        text(row.actor_name.as_deref()),
        id(row.credential),
        text(row.address.as_deref()),
        row.action.to_string(),
        text(row.subject.as_deref()),
        text(row.subject_id.as_deref()),
        details,
        row.previous_hash.clone(),
        row.hash.clone(),
    ];
    cells.map(|text| cell(&text)).join(",")
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe.
fn cell(text: &str) -> String {
    let begins_like_formula =
        text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let guard = if begins_like_formula { "'" } else { "" };
    let needs_quotes =
        text.contains([',', '"', '\r', '\n', '\t', '\'', ';']) || begins_like_formula;
    if needs_quotes {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn jsonl_or_csv() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(["jsonl", "csv"]).map(|word| match word.as_str() {
        "csv" => Format::Csv,
        _ => Format::JsonLines,
    })
}

fn parse_time(text: &str) -> Result<Timestamp, String> {
    let of_day = || format!("{text}T00:00:00Z").parse();
    text.parse().or_else(|_| of_day()).map_err(|_| {
        "write a date or a time, such as 2026-11-01 or 2026-11-01T09:00:00Z".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("proposal.created", "proposal.created")]
    #[case("a,b", "\"a,b\"")]
    #[case("say \"so\"", "\"say \"\"so\"\"\"")]
    #[case("=1+1", "\"'=1+1\"")]
    #[case("+49 30", "\"'+49 30\"")]
    #[case("-2", "\"'-2\"")]
    #[case("@SUM(A1)", "\"'@SUM(A1)\"")]
    #[case("  =1", "\"'  =1\"")]
    #[case("\t=1", "\"'\t=1\"")]
    #[case("two\nlines", "\"two\nlines\"")]
    fn a_cell_is_text_and_nothing_else(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(cell(text), expected);
    }

    #[test]
    fn a_time_is_a_day_or_a_moment() {
        let day = parse_time("2026-11-01").unwrap();
        assert_eq!(parse_time("2026-11-01T00:00:00Z"), Ok(day));
        assert_eq!(parse_time("2026-11-01T01:00:00+01:00"), Ok(day));
        assert!(parse_time("yesterday").is_err());
    }
}
