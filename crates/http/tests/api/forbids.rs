//! One test per thing that is forbidden, named for it.

mod deep_and_broken_json;
mod enumeration;
mod forgery;
mod injection;
mod look_alikes;
mod pollution;
mod races;
mod secrets_in_logs;
mod spoofed_addresses;
mod token_guessing;
