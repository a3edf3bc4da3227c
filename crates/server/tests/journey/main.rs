//! The real binary, from outside: what a newcomer, an integrator and an operator see.

mod command_line;
mod demo;
mod http;
mod process;
mod secrets;
mod settings;
