use http_client::{CallError, ClientIdentity};
use testkit::net::{Authority, Behaviour, HttpServer};

use crate::directory_http::{BackendError, DirectoryOptions};
use crate::{find, options, with};

#[tokio::test]
async fn an_authority_and_a_client_certificate_of_the_shops_own() {
    let authority = Authority::new();
    let nobody = Behaviour::json(r#"{"customer":null}"#);
    let certificate = authority.issue("localhost");
    let server = HttpServer::start_mutual_tls(nobody, &certificate, &authority.pem()).await;
    let issued = authority.issue("resetd");
    let identity =
        ClientIdentity { certificates: issued.certificate.into_bytes(), key: issued.key.into_bytes() };
    let known = DirectoryOptions { identity: Some(identity), ..options(&authority) };
    assert_eq!(find(&with(&server, &known), "jan@barasek.com").await, Ok(None));

    let unknown = DirectoryOptions { identity: None, ..known.clone() };
    let distrustful =
        DirectoryOptions { ca_certificates: Some(Authority::new().pem().into_bytes()), ..known };
    for options in [unknown, distrustful] {
        let error = find(&with(&server, &options), "jan@barasek.com").await.unwrap_err();
        assert!(matches!(error, BackendError::Call(CallError::Tls(_) | CallError::Cut)), "{error:?}");
    }
    assert_eq!(server.requests(), 1);
}
