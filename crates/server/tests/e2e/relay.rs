//! What a relay sees of the service.

use std::time::Duration;

use perf::sink::{Keep, Sink};

use crate::http::post_json;
use crate::process::{Server, run_ok, within};
use crate::settings::good;

#[test]
fn a_service_that_stops_takes_leave_of_its_relay() {
    let directory = tempfile::tempdir().unwrap();
    let sink = Sink::start(Keep::Totals).unwrap();
    let command = |arguments: &[&str]| {
        let mut command = good(directory.path(), arguments);
        command.env("RESETD_MAIL_URL", sink.url());
        command
    };
    run_ok(&mut command(&["organisation", "create", "Shop"]));
    let customers = directory.path().join("customers.csv");
    std::fs::write(&customers, "id,email\n1,one@example.com\n").unwrap();
    run_ok(&mut command(&["customer", "import", customers.to_str().unwrap(), "--organisation", "Shop"]));
    let key = run_ok(&mut command(&["api-key", "create", "--organisation", "Shop"]));
    let server = Server::start(&mut command(&["serve"]));
    let target = format!("/api/v1/customer/reset-password?apiKey={key}");
    assert_eq!(post_json(server.address, &target, r#"{"email":"one@example.com"}"#).status, 200);
    within(Duration::from_secs(10), "the mail", || (sink.record().mails() == 1).then_some(()));
    assert_eq!(sink.record().goodbyes(), 0, "the connection is kept for the next mail");
    server.stop();
    within(Duration::from_secs(5), "QUIT", || (sink.record().goodbyes() == 1).then_some(()));
}
