//! The use cases over the fakes of `testkit`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what is broken by its panic")]

extern crate resetd_application as application;

mod attempts;
mod authenticate;
mod deliver;
mod geo_chain;
mod leases;
mod moving;
mod pages;
mod relay;
mod request;
mod set_password;
mod use_cases;
mod visits;
mod webhooks;
