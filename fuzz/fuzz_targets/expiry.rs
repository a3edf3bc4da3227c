//! `cargo +nightly fuzz run expiry`

#![no_main]

#[path = "../../crates/domain/tests/it/checks.rs"]
#[allow(dead_code)]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::expiry(&String::from_utf8_lossy(data)));
