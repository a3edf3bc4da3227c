//! What the commands print: one clear line per step.

use std::fmt::Display;
use std::time::Duration;

/// Announces a step.
pub fn step(what: impl Display) {
    println!("── {what}");
}

/// A figure under a name, aligned with its neighbours.
pub fn figure(name: &str, value: impl Display) {
    println!("   {name:<34} {value}");
}

/// A remark that belongs to the step before it.
pub fn note(what: impl Display) {
    println!("   {what}");
}

/// A duration in the unit a reader expects: `812 µs`, `3.41 ms`, `12.7 s`.
#[must_use]
pub fn human(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    if micros < 1e3 {
        format!("{micros:.0} µs")
    } else if micros < 1e6 {
        format!("{:.2} ms", micros / 1e3)
    } else {
        format!("{:.1} s", micros / 1e6)
    }
}

/// `part` of `whole`, and 0 of nothing.
#[must_use]
pub fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_printed_in_the_unit_a_reader_expects() {
        assert_eq!(human(Duration::from_micros(812)), "812 µs");
        assert_eq!(human(Duration::from_micros(3_412)), "3.41 ms");
        assert_eq!(human(Duration::from_millis(12_700)), "12.7 s");
    }

    #[test]
    fn a_part_of_nothing_is_nothing() {
        assert!(ratio(3.0, 0.0).abs() < f64::EPSILON);
        assert!((ratio(1.0, 4.0) - 0.25).abs() < f64::EPSILON);
    }
}
