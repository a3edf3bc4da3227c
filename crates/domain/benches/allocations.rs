//! How often parsing allocates: `cargo bench -p resetd-domain --bench allocations`.
//!
//! Once for the normalized form of an ASCII address and once more for a canonical form that
//! differs; never for anything else.

use divan::{AllocProfiler, black_box};
use resetd_domain::{ApiKey, CustomerIp, EmailAddress, Expiry, Language, RequestId};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

#[divan::bench(args = ["Jan.Barasek@example.com", "jan@gmail.com", "j.a.n+shop@gmail.com", "jan+shop@outlook.com"])]
fn email(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse(black_box(text)).ok()
}

#[divan::bench(args = ["jan@localhost", "\"jan\"@example.com", "+tag@gmail.com"])]
fn refused_email(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse(black_box(text)).ok()
}

#[divan::bench]
fn everything_else() -> bool {
    ApiKey::parse(black_box("PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE")).is_ok_and(|key| key.hash().as_bytes()[0] > 0)
        & CustomerIp::parse(black_box("2001:DB8::1")).is_ok()
        & CustomerIp::parse(black_box("1.1.1.256")).is_err()
        & Expiry::parse(black_box("3h 20m")).is_ok()
        & Expiry::parse(black_box("1.5h")).is_err()
        & Language::parse(black_box("cs-CZ")).is_ok()
        & RequestId::parse(black_box("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")).is_ok()
}
