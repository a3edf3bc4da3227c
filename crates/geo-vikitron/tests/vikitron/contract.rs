use std::sync::Arc;
use std::time::Duration;

use testkit::contract::{GeoUnderTest, geo_resolver, geo_resolver_deadline};

use crate::geo_vikitron::{VikiTron, VikiTronOptions};
use crate::ip;
use crate::server::{Behaviour, Server};

async fn under_test(behaviour: Behaviour, deadline: Duration) -> GeoUnderTest {
    let server = Arc::new(Server::start(behaviour).await);
    let options = VikiTronOptions { deadline, ..VikiTronOptions::new(server.url()) };
    let counted = Arc::clone(&server);
    GeoUnderTest {
        resolver: Arc::new(VikiTron::new(options).unwrap()),
        asked: Box::new(move || counted.requests()),
        known: ip("8.8.8.8"),
        unknown: ip("9.9.9.9"),
        kept: Box::new(server),
    }
}

#[tokio::test]
async fn the_contract_of_the_port_is_kept() {
    let knows_google = Behaviour::PerAddress(
        "8.8.8.8",
        Box::new(Behaviour::json(
            r#"{"country":{"code":"US","name":"United States"},"network":{"asn":15169}}"#,
        )),
        Box::new(Behaviour::status("404 Not Found")),
    );
    geo_resolver(async || under_test(knows_google.clone(), Duration::from_secs(2)).await).await;
}

#[tokio::test]
async fn the_deadline_is_kept() {
    let hanging = Behaviour::After(Duration::from_secs(60), Box::new(Behaviour::HangUp));
    let deadline = Duration::from_millis(300);
    geo_resolver_deadline(async || under_test(hanging.clone(), deadline).await, deadline).await;
}
