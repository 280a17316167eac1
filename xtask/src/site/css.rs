//! One style sheet from many: each `@import "./part.css" layer(name);` of `main.css` is replaced by
//! the file it names, wrapped in its layer. Everything else stays as it is.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

const ENTRY: &str = "main.css";

/// The files of `style/`, by their path in it.
pub type Sheets = BTreeMap<String, String>;

pub fn bundle(sheets: &Sheets) -> Result<String> {
    let entry = sheets.get(ENTRY).context("style/main.css is missing")?;
    let mut bundled = String::new();
    for line in entry.lines() {
        match line.trim_start().strip_prefix("@import") {
            Some(rest) => {
                let import =
                    Import::parse(rest).with_context(|| format!("style/main.css: {line}"))?;
                bundled.push_str(&import.resolve(sheets)?);
            }
            None => bundled.push_str(line),
        }
        bundled.push('\n');
    }
    Ok(bundled)
}

struct Import<'a> {
    path: &'a str,
    layer: &'a str,
}

impl<'a> Import<'a> {
    /// What follows `@import`, on one line: `"./part.css" layer(name);`
    fn parse(rest: &'a str) -> Result<Self> {
        let form = "expected @import \"./part.css\" layer(name);";
        let rest = rest.trim().strip_prefix("\"./").context(form)?;
        let (path, rest) = rest.split_once('"').context(form)?;
        let rest = rest.trim().strip_prefix("layer(").context(form)?;
        let layer = rest.strip_suffix(");").context(form)?;
        Ok(Self { path, layer })
    }

    fn resolve(&self, sheets: &Sheets) -> Result<String> {
        let Self { path, layer } = self;
        let sheet = sheets
            .get(*path)
            .with_context(|| format!("style/{path} is missing"))?;
        if sheet.contains("@import") {
            bail!("style/{path} imports another sheet; only style/main.css may");
        }
        Ok(format!("@layer {layer} {{\n{}\n}}", sheet.trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets(files: &[(&str, &str)]) -> Sheets {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn imports_become_layers_in_their_place() {
        let sheets = sheets(&[
            (
                "main.css",
                "@layer base, parts;\n@import \"./ui/a.css\" layer(parts);\nb {}",
            ),
            ("ui/a.css", "a { color: red; }\n"),
        ]);
        assert_eq!(
            bundle(&sheets).unwrap(),
            "@layer base, parts;\n@layer parts {\na { color: red; }\n}\nb {}\n"
        );
    }

    #[test]
    fn a_missing_sheet_is_named() {
        let sheets = sheets(&[("main.css", "@import \"./gone.css\" layer(parts);")]);
        assert_eq!(
            bundle(&sheets).unwrap_err().to_string(),
            "style/gone.css is missing"
        );
    }

    #[test]
    fn an_import_of_another_form_or_depth_is_refused() {
        assert!(bundle(&sheets(&[("main.css", "@import url(x.css);")])).is_err());
        let nested = [
            ("main.css", "@import \"./a.css\" layer(x);"),
            ("a.css", "@import \"./b.css\";"),
        ];
        assert!(bundle(&sheets(&nested)).is_err());
    }
}
