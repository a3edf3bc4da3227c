//! `cargo +nightly fuzz run words`

#![no_main]

#[path = "../../crates/domain/tests/it/checks.rs"]
#[allow(dead_code)]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::words(&String::from_utf8_lossy(data)));
