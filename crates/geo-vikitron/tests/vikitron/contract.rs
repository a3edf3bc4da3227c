use std::sync::Arc;
use std::time::Duration;

use testkit::contract::{GeoUnderTest, geo_resolver, geo_resolver_deadline};
use testkit::net::{Behaviour, HttpServer};

use crate::geo_vikitron::{VikiTron, VikiTronOptions};
use crate::ip;

async fn under_test(behaviour: Behaviour, deadline: Duration) -> GeoUnderTest {
    let server = Arc::new(HttpServer::start(behaviour).await);
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
    let knows_google = Behaviour::by_call(|call| match call.path.ends_with("/8.8.8.8") {
        true => {
            Behaviour::json(r#"{"country":{"code":"US","name":"United States"},"network":{"asn":15169}}"#)
        }
        false => Behaviour::status(404),
    });
    geo_resolver(async || under_test(knows_google.clone(), Duration::from_secs(2)).await).await;
}

#[tokio::test]
async fn the_deadline_is_kept() {
    let hanging = Behaviour::hang();
    let deadline = Duration::from_millis(300);
    geo_resolver_deadline(async || under_test(hanging.clone(), deadline).await, deadline).await;
}
