//! A run of several steps that goes on after a failure and ends with a table.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

enum Ending {
    Passed,
    Failed(String),
    Skipped(String),
}

#[derive(Default)]
pub struct Suite {
    steps: Vec<(&'static str, Duration, Ending)>,
}

impl Suite {
    pub fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) {
        eprintln!("\n== {name}");
        let start = Instant::now();
        let ending = match work() {
            Ok(()) => Ending::Passed,
            Err(error) => {
                eprintln!("xtask: {error:#}");
                Ending::Failed(format!("{error:#}"))
            }
        };
        self.steps.push((name, start.elapsed(), ending));
    }

    pub fn skip(&mut self, name: &'static str, why: impl Into<String>) {
        self.steps
            .push((name, Duration::ZERO, Ending::Skipped(why.into())));
    }

    pub fn has_failed(&self, name: &str) -> bool {
        self.steps
            .iter()
            .any(|(step, _, ending)| *step == name && matches!(ending, Ending::Failed(_)))
    }

    /// Prints the table; an error if a step failed.
    pub fn finish(self) -> Result<()> {
        println!("\nstep                     result   time  ");
        println!("-----------------------------------------");
        for (name, time, ending) in &self.steps {
            let (result, note) = match ending {
                Ending::Passed => ("passed", ""),
                Ending::Failed(error) => ("FAILED", error.lines().next().unwrap_or_default()),
                Ending::Skipped(why) => ("skipped", why.as_str()),
            };
            let seconds = time.as_secs();
            println!(
                "{name:<24} {result:<8} {:>2}:{:02}  {note}",
                seconds / 60,
                seconds % 60
            );
        }
        let failed = self
            .steps
            .iter()
            .filter(|(_, _, ending)| matches!(ending, Ending::Failed(_)))
            .count();
        if failed > 0 {
            bail!("{failed} of {} steps failed", self.steps.len());
        }
        println!("all steps passed");
        Ok(())
    }
}
