//! What a port got right and wrong, by rule and by what it takes.

use std::collections::BTreeMap;
use std::fmt;

use super::case::Case;

/// How many wrong answers of one rule are shown.
const SHOWN: usize = 20;

/// What became of every case.
#[derive(Debug, Default)]
pub struct Report {
    right: BTreeMap<(&'static str, String), usize>,
    asked: BTreeMap<(&'static str, String), usize>,
    wrong: Vec<(Case, String)>,
}

impl Report {
    pub(super) fn add(&mut self, case: Case, verdict: Result<(), String>) {
        let level = if case.needs.is_empty() { "ascii".to_owned() } else { case.needs.join("+") };
        let key = (case.rule, level);
        *self.asked.entry(key.clone()).or_default() += 1;
        match verdict {
            Ok(()) => *self.right.entry(key).or_default() += 1,
            Err(difference) => self.wrong.push((case, difference)),
        }
    }

    /// Whether every answer was right.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.wrong.is_empty() && !self.asked.is_empty()
    }

    /// The cases with a wrong answer, and what is wrong about it.
    #[must_use]
    pub fn wrong(&self) -> &[(Case, String)] {
        &self.wrong
    }

    /// How many cases there were.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked.values().sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
        for (case, difference) in &self.wrong {
            let count = shown.entry(case.rule).or_default();
            *count += 1;
            if *count <= SHOWN {
                let inputs: Vec<String> =
                    case.requests.iter().map(|request| request["input"].to_string()).collect();
                let inputs = inputs.join(", ");
                writeln!(f, "   {}: {inputs}: {difference} ({})", case.id, case.because)?;
            }
        }
        for (rule, count) in shown.iter().filter(|(_, count)| **count > SHOWN) {
            writeln!(f, "   {rule}: and {} more", count - SHOWN)?;
        }
        for (key @ (rule, level), asked) in &self.asked {
            let right = self.right.get(key).copied().unwrap_or_default();
            writeln!(f, "   {rule:<14} {level:<22} {right:>4} of {asked:>4}")?;
        }
        write!(f, "   {} of {} right", self.asked() - self.wrong.len(), self.asked())
    }
}
