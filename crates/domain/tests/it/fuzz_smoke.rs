//! The fuzz targets on stable Rust: the committed corpus and seeded mutations of it through the
//! same functions.
//!
//! A second or so by default; `RESETD_FUZZ_SECONDS=60 cargo test -p resetd-domain fuzz_smoke` runs
//! each target as long as that. The real fuzzers, guided by coverage, are in `fuzz` (nightly).

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::checks;

/// Mutations per target without a time given.
const ROUNDS: u32 = if cfg!(debug_assertions) { 3_000 } else { 100_000 };

/// Bytes that rules look at, among them the beginnings and ends of characters of two to four bytes.
const PIECES: &[&str] = &[
    "@",
    ".",
    "+",
    "-",
    " ",
    "\t",
    "\"",
    "<",
    ">",
    "(",
    "[",
    ":",
    "::",
    "/",
    "%",
    "0",
    "1",
    "255",
    "256",
    "h",
    "m",
    "s",
    "d",
    "w",
    "P",
    "T",
    "and",
    ",",
    "xn--",
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "é",
    "e\u{301}",
    "\u{301}",
    "İ",
    "ß",
    "Σ",
    "\u{200d}",
    "\u{ad}",
    "。",
    "用",
    "א",
    "\u{202e}",
    "\0",
    "\r\n ",
    "👍",
    "PROD",
    "DEV_",
    "ffff",
    "localhost",
];

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 10, "{folder:?} has {} files", files.len());
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// xorshift64: the same mutations in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn mutate(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(6) {
            0 => bytes.insert(at, dice.below(256) as u8),
            1 => drop(bytes.splice(at..at, PIECES[dice.below(PIECES.len())].bytes())),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                bytes.truncate(at);
                bytes.extend_from_slice(&other[dice.below(other.len() + 1)..]);
            }
            _ => {
                let end = at + dice.below(bytes.len() - at + 1);
                let part = bytes[at..end].to_vec();
                drop(bytes.splice(end..end, part));
            }
        }
        bytes.truncate(4_096);
    }
    bytes
}

fn run(target: &str, check: fn(&str)) {
    let seeds = corpus(target);
    for seed in &seeds {
        check(&String::from_utf8_lossy(seed));
    }
    let seconds = std::env::var_os("RESETD_FUZZ_SECONDS").and_then(|text| text.to_str()?.parse().ok());
    let deadline = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut rounds = 0;
    while deadline.map_or(rounds < ROUNDS, |deadline| Instant::now() < deadline) {
        check(&String::from_utf8_lossy(&mutate(&seeds, &mut dice)));
        rounds += 1;
    }
}

#[test]
fn email() {
    run("email", checks::email);
}

#[test]
fn ip() {
    run("ip", checks::ip);
}

#[test]
fn expiry() {
    run("expiry", checks::expiry);
}

#[test]
fn api_key() {
    run("api_key", checks::api_key);
}

#[test]
fn words() {
    run("words", checks::words);
}
