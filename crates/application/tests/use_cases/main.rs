//! The use cases over the fakes of `testkit`.

extern crate resetd_application as application;

mod authenticate;
mod deliver;
mod pages;
mod request;
mod set_password;
mod world;
