//! What came of a suite.

use std::path::Path;

/// What came of a suite, tier by tier.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The tiers, in the order in which they are printed.
    pub(crate) tiers: Vec<Tier>,
}

/// Cases of which the same is asked.
#[derive(Debug)]
pub(crate) struct Tier {
    /// Its name.
    pub(crate) name: String,
    /// The share that must pass, 0 to 1; none when it is only counted.
    pub(crate) needed: Option<f64>,
    /// How many passed.
    pub(crate) passed: usize,
    /// Which failed, and how.
    pub(crate) failed: Vec<(String, String)>,
}

impl Tier {
    /// A tier of which this share must pass; none when it is only counted.
    pub(crate) fn new(name: impl Into<String>, needed: Option<f64>) -> Self {
        Self { name: name.into(), needed, passed: 0, failed: Vec::new() }
    }

    /// Counts a case.
    pub(crate) fn count(&mut self, id: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(how) => self.failed.push((id.to_owned(), how)),
        }
    }

    fn share(&self) -> f64 {
        let all = self.passed + self.failed.len();
        #[expect(clippy::cast_precision_loss, reason = "suites have thousands of cases")]
        if all == 0 { 1.0 } else { self.passed as f64 / all as f64 }
    }

    fn is_good(&self) -> bool {
        self.needed.is_none_or(|needed| self.share() >= needed)
    }
}

impl Outcome {
    /// The tier of this name, made when it is not there yet.
    pub(crate) fn tier(&mut self, name: &str, needed: Option<f64>) -> &mut Tier {
        let place = self.tiers.iter().position(|tier| tier.name == name).unwrap_or_else(|| {
            self.tiers.push(Tier::new(name, needed));
            self.tiers.len() - 1
        });
        &mut self.tiers[place]
    }

    /// Prints the tiers; says whether all are good.
    pub(crate) fn print(&self, file: &Path, verbose: bool) -> bool {
        for tier in &self.tiers {
            let all = tier.passed + tier.failed.len();
            let asked = tier.needed.map_or_else(String::new, |needed| format!(", {:.1} % asked", needed * 100.0));
            let verdict = if tier.is_good() { "" } else { "  TOO FEW" };
            println!(
                "{} [{}]: passed {} of {all} ({:.2} %{asked}){verdict}",
                file.display(),
                tier.name,
                tier.passed,
                tier.share() * 100.0
            );
            if verbose {
                tier.failed.iter().for_each(|(id, how)| println!("    {id}: {how}"));
            }
        }
        self.tiers.iter().all(Tier::is_good)
    }
}
