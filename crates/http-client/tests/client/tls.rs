use testkit::net::{Authority, Behaviour, HttpServer};
use tokio::io::AsyncWriteExt;

use crate::http_client::{
    AddressPolicy, CallError, ClientIdentity, HttpClient, HttpClientOptions, SetupError, Trust,
};
use crate::{post, read};

fn options(trust: Trust) -> HttpClientOptions {
    HttpClientOptions { trust, ..HttpClientOptions::new(AddressPolicy::PrivateToo) }
}

fn trusting(authority: &Authority) -> HttpClientOptions {
    options(Trust::Only(authority.pem().into_bytes()))
}

fn tls_error(error: &CallError, words: &str) -> bool {
    matches!(error, CallError::Tls(text) if text.contains(words))
}

#[tokio::test]
async fn https_is_spoken_with_a_server_whose_certificate_holds() {
    let authority = Authority::new();
    let server = HttpServer::start_tls(Behaviour::json("{}"), &authority.issue("localhost")).await;
    let client = HttpClient::new(trusting(&authority)).unwrap();
    for _ in 0..3 {
        assert_eq!(read(&client, &server.url()).await.unwrap().0, 200);
    }
    assert_eq!((server.requests(), server.connections()), (3, 1));

    let by_address = server.url().replace("localhost", "127.0.0.1");
    let error = post(&client, &by_address).await.unwrap_err();
    assert!(tls_error(&error, "not valid for name"), "{error:?}");
    for stranger in [trusting(&Authority::new()), options(Trust::Nobody)] {
        let error = post(&HttpClient::new(stranger).unwrap(), &server.url()).await.unwrap_err();
        assert!(tls_error(&error, "invalid peer certificate"), "{error:?}");
    }
    assert_eq!(server.requests(), 3, "nothing is sent to a server that could not prove itself");
}

#[tokio::test]
async fn a_client_certificate_proves_who_calls() {
    let (servers, clients) = (Authority::new(), Authority::new());
    let certificate = servers.issue("localhost");
    let server = HttpServer::start_mutual_tls(Behaviour::json("{}"), &certificate, &clients.pem()).await;
    let identity = |authority: &Authority| {
        let issued = authority.issue("resetd");
        ClientIdentity { certificates: issued.certificate.into_bytes(), key: issued.key.into_bytes() }
    };
    let with = |identity| HttpClient::new(HttpClientOptions { identity, ..trusting(&servers) }).unwrap();
    assert_eq!(read(&with(Some(identity(&clients))), &server.url()).await.unwrap().0, 200);
    for stranger in [None, Some(identity(&Authority::new()))] {
        let error = post(&with(stranger), &server.url()).await.unwrap_err();
        assert!(matches!(error, CallError::Tls(_) | CallError::Cut), "{error:?}");
    }
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_server_without_tls_is_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let client = HttpClient::new(trusting(&Authority::new())).unwrap();
    let error = post(&client, &url).await.unwrap_err();
    assert!(matches!(error, CallError::Tls(_)), "{error:?}");
}

#[test]
fn certificates_and_keys_that_are_none_are_refused() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "no PEM", broken] {
        let refused = HttpClient::new(options(Trust::Only(pem.into()))).unwrap_err();
        assert!(matches!(refused, SetupError::Authorities(_)), "{pem}: {refused:?}");
    }
    let authority = Authority::new();
    let (own, other) = (authority.issue("a"), authority.issue("b"));
    for (certificates, key) in
        [("", &*own.key), (&*own.certificate, ""), (broken, &own.key), (&own.certificate, &other.key)]
    {
        let identity = ClientIdentity { certificates: certificates.into(), key: key.into() };
        assert_eq!(format!("{identity:?}"), "ClientIdentity(…)");
        let options = HttpClientOptions { identity: Some(identity), ..trusting(&authority) };
        let refused = HttpClient::new(options).unwrap_err();
        assert!(matches!(refused, SetupError::Identity(_)), "{refused:?}");
        let middle = own.key.lines().nth(1).unwrap();
        assert!(!refused.to_string().contains(middle), "{refused}");
    }
}
