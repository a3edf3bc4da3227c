//! `cargo +nightly fuzz run email`

#![no_main]

#[path = "../../crates/domain/tests/it/checks.rs"]
#[allow(dead_code)]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::email(&String::from_utf8_lossy(data)));
