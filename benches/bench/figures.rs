//! What was measured, and how it is shown.

use std::time::Duration;

use serde_json::{Value, json};

/// One measured figure.
pub struct Figure {
    name: &'static str,
    unit: &'static str,
    value: f64,
    /// What it is compared with, in the same unit, if with anything.
    baseline: Option<f64>,
    aim: Option<Aim>,
}

/// What the ratio to the baseline should be.
#[derive(Clone, Copy)]
pub enum Aim {
    AtLeast(f64),
    AtMost(f64),
    /// Not the ratio but the difference, in the unit of the figure.
    Within(f64),
}

impl Figure {
    pub const fn new(name: &'static str, unit: &'static str, value: f64) -> Self {
        Self {
            name,
            unit,
            value,
            baseline: None,
            aim: None,
        }
    }

    /// The same beside what it is measured against.
    pub const fn against(mut self, baseline: f64) -> Self {
        self.baseline = Some(baseline);
        self
    }

    pub const fn aiming(mut self, aim: Aim) -> Self {
        self.aim = Some(aim);
        self
    }

    pub fn document(&self) -> (String, Value) {
        let name = self.name.replace([' ', ','], "_").replace("__", "_");
        let document = json!({
            "unit": self.unit,
            "value": self.value,
            "baseline": self.baseline,
            "ratio": self.ratio(),
            "is_met": self.is_met(),
        });
        (name, document)
    }

    fn ratio(&self) -> Option<f64> {
        self.baseline.map(|baseline| self.value / baseline)
    }

    fn is_met(&self) -> Option<bool> {
        let ratio = self.ratio()?;
        self.aim.map(|aim| match aim {
            Aim::AtLeast(least) => ratio >= least,
            Aim::AtMost(most) => ratio <= most,
            Aim::Within(more) => self.value <= self.baseline.unwrap_or_default() + more,
        })
    }

    fn row(&self) -> String {
        let number = |number: Option<f64>| number.map(|n| format!("{n:.2}")).unwrap_or_default();
        let aim = match self.aim {
            None => String::new(),
            Some(Aim::AtLeast(least)) => format!("≥ {least}"),
            Some(Aim::AtMost(most)) => format!("≤ {most}"),
            Some(Aim::Within(more)) => format!("≤ +{more}"),
        };
        let verdict = match self.is_met() {
            None => "",
            Some(true) => "met",
            Some(false) => "MISSED",
        };
        format!(
            "{:<36} {:>10} {:>10} {:<6} {:>6} {aim:>6} {verdict}",
            self.name,
            number(Some(self.value)),
            number(self.baseline),
            self.unit,
            number(self.ratio()),
        )
    }
}

pub fn table(figures: &[Figure]) -> String {
    let head = format!(
        "\n{:<36} {:>10} {:>10} {:<6} {:>6} {:>6}",
        "figure", "measured", "baseline", "unit", "ratio", "aim"
    );
    let rows = figures.iter().map(Figure::row);
    let lines: Vec<String> = std::iter::once(head).chain(rows).collect();
    lines.join("\n")
}

pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

/// The value that so many in a hundred do not exceed.
pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted[place]
}
