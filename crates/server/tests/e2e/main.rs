//! The real binary, from outside: what a newcomer, an integrator and an operator see.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is broken by its panic"
)]

mod collector;
mod command_line;
mod demo;
mod geo;
mod http;
mod import;
mod moving;
mod normalize;
mod process;
mod relay;
mod reload;
mod sandbox;
mod secrets;
mod settings;
mod tls;
mod traces;
mod webhooks;
mod whole_run;
