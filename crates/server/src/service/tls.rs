//! The built-in TLS listener, for installations without a proxy in front. Its files are read again on SIGHUP.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use http_api::Acceptor;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{error, info};

use crate::fault::Fault;
use crate::settings::{Settings, SettingsError};

/// Accepts TLS 1.2 and 1.3 with the certificate as it was last read.
#[derive(Clone)]
pub(super) struct TlsListener {
    current: Arc<RwLock<TlsAcceptor>>,
}

impl TlsListener {
    /// `None`: no certificate is set, plain HTTP.
    pub(super) fn from_settings(settings: &Settings) -> Result<Option<Self>, Fault> {
        let (certificate, key) = match (settings.path("tls.certificate"), settings.path("tls.key")) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => (certificate, key),
            _ => return Err(SettingsError::invalid("tls.key", "certificate and key belong together").into()),
        };
        let listener = Self { current: Arc::new(RwLock::new(read(&certificate, &key)?)) };
        listener.clone().reload_on_hangup(certificate, key);
        Ok(Some(listener))
    }

    #[cfg(unix)]
    fn reload_on_hangup(self, certificate: PathBuf, key: PathBuf) {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = match signal(SignalKind::hangup()) {
            Ok(hangup) => hangup,
            Err(fault) => return error!(%fault, "SIGHUP cannot be watched for"),
        };
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                match read(&certificate, &key) {
                    Ok(acceptor) => {
                        *self.current.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
                        info!("the TLS certificate was read again");
                    }
                    Err(fault) => error!(%fault, "the TLS certificate stays as it was"),
                }
            }
        });
    }

    #[cfg(not(unix))]
    fn reload_on_hangup(self, _certificate: PathBuf, _key: PathBuf) {}
}

impl Acceptor for TlsListener {
    type Stream = TlsStream<TcpStream>;

    async fn accept(&self, stream: TcpStream) -> io::Result<Self::Stream> {
        let acceptor = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        acceptor.accept(stream).await
    }
}

fn read(certificate: &Path, key: &Path) -> Result<TlsAcceptor, Fault> {
    let invalid = |name: &str, fault: &dyn std::fmt::Display| SettingsError::invalid(name, fault.to_string());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|fault| invalid("tls.certificate", &fault))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|fault| invalid("tls.key", &fault))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|fault| invalid("tls.certificate", &fault))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|fault| invalid("tls.certificate", &fault))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
