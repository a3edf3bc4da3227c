//! The built-in TLS listener: HTTP over TLS and nothing else, and new certificates without a
//! restart.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;

use crate::http::{connect, exchange};
use crate::process::{Server, run_ok, within};
use crate::settings::good;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A certificate for this machine that vouches for itself, with its key.
struct Identity {
    certificate: CertificateDer<'static>,
    certificate_pem: String,
    key_pem: String,
}

impl Identity {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        Self {
            certificate: made.cert.der().clone(),
            certificate_pem: made.cert.pem(),
            key_pem: made.signing_key.serialize_pem(),
        }
    }

    fn put_into(&self, directory: &Path) {
        std::fs::write(directory.join("certificate.pem"), &self.certificate_pem).unwrap();
        std::fs::write(directory.join("key.pem"), &self.key_pem).unwrap();
    }

    /// A connection that trusts this certificate and no other.
    fn open(&self, server: SocketAddr) -> Result<StreamOwned<ClientConnection, TcpStream>, std::io::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(connection, connect(server));
        // The handshake, so that a certificate nobody trusts fails here.
        stream.conn.complete_io(&mut stream.sock)?;
        Ok(stream)
    }

    fn is_served_by(&self, server: SocketAddr) -> bool {
        self.open(server).is_ok()
    }
}

fn serve(directory: &TempDir, identity: &Identity) -> Server {
    identity.put_into(directory.path());
    let file = |name: &str| directory.path().join(name).display().to_string();
    Server::start(
        good(directory.path(), &["serve"])
            .env("RESETD_TLS_CERTIFICATE", file("certificate.pem"))
            .env("RESETD_TLS_KEY", file("key.pem")),
    )
}

fn waits_for(server: &Server, text: &str) {
    within(TIMEOUT, text, || server.log().contains(text).then_some(()));
}

#[test]
fn requests_are_answered_over_tls_and_over_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run_ok(&mut good(directory.path(), arguments));
    run(&["organisation", "create", "Shop"]);
    let key = run(&["api-key", "create", "--organisation", "Shop", "--kind", "development"]);
    let identity = Identity::new();
    let server = serve(&directory, &identity);

    let mut stream = identity.open(server.address).unwrap();
    let ready = exchange(&mut stream, "GET", "/readyz", &[], "");
    assert_eq!((ready.status, ready.header("strict-transport-security")), (200, Some("max-age=31536000")));
    let lost = exchange(&mut stream, "GET", "/nowhere", &[], "");
    assert_eq!((lost.status, lost.header("strict-transport-security")), (404, Some("max-age=31536000")));
    let bearer = format!("Bearer {key}");
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let path = "/api/v1/customer/reset-password";
    let answer = exchange(&mut stream, "POST", path, &headers, r#"{"email":"jan@barasek.com"}"#);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"success":true}"#));

    // In the clear: no answer that looks like one, and the connection is over.
    let mut plain = connect(server.address);
    plain.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut told = Vec::new();
    // A reset is as good an end as any.
    drop(plain.read_to_end(&mut told));
    assert!(!String::from_utf8_lossy(&told).contains("HTTP/"), "{told:?}");
    assert!(identity.is_served_by(server.address), "those who speak TLS notice nothing");
    let log = server.stop();
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn a_new_certificate_is_served_without_hanging_up_on_anybody() {
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (Identity::new(), Identity::new());
    let server = serve(&directory, &old);
    let mut kept = old.open(server.address).unwrap();
    assert_eq!(exchange(&mut kept, "GET", "/readyz", &[], "").status, 200);

    new.put_into(directory.path());
    assert!(old.is_served_by(server.address), "nothing changes before it is told");
    server.signal("HUP");
    waits_for(&server, "the TLS certificate was read again");
    assert!(new.is_served_by(server.address) && !old.is_served_by(server.address));
    assert_eq!(exchange(&mut kept, "GET", "/readyz", &[], "").status, 200, "the old connection goes on");
}

#[test]
fn a_broken_certificate_changes_nothing_and_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let (old, other) = (Identity::new(), Identity::new());
    let server = serve(&directory, &old);
    let put = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    let errors = [
        ("certificate.pem", "no certificate at all"),
        ("certificate.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        // Somebody else's.
        ("certificate.pem", other.certificate_pem.as_str()),
        ("key.pem", ""),
    ];
    for (told, (file, text)) in (1..).zip(errors) {
        old.put_into(directory.path());
        put(file, text);
        server.signal("HUP");
        within(TIMEOUT, "a word in the log", || {
            (server.log().matches("the TLS certificate stays as it was").count() == told).then_some(())
        });
        assert!(old.is_served_by(server.address), "{file}: {text}");
    }
    assert!(!server.log().contains("PRIVATE KEY"));
}

#[test]
fn a_server_does_not_start_on_a_broken_certificate() {
    let directory = tempfile::tempdir().unwrap();
    let told = |certificate: &str, key: &str| {
        let mut command = good(directory.path(), &["serve"]);
        command.env("RESETD_TLS_CERTIFICATE", certificate).env("RESETD_TLS_KEY", key);
        let output = crate::process::run_with(&mut command, b"");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(told("", "/nowhere/key.pem").contains("tls.key"));
    assert!(told("/nowhere/certificate.pem", "/nowhere/key.pem").contains("tls.certificate"));
    assert!(!directory.path().join("resetd.db").exists(), "said before anything is opened");
}
