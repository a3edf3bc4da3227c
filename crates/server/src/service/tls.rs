//! The built-in TLS listener, for installations without a proxy in front.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use http_api::Acceptor;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{error, info};

use crate::command_error::CommandError;
use crate::settings::{SettingsError, TlsSettings};

/// Accepts TLS 1.2 and 1.3 with the certificate as it was last read.
#[derive(Clone)]
pub(crate) struct TlsListener {
    files: Arc<Files>,
    current: Arc<RwLock<TlsAcceptor>>,
}

/// The PEM files of `tls.certificate` and `tls.key`.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl TlsListener {
    /// `None`: no certificate is set, plain HTTP.
    pub(crate) fn from_settings(settings: &TlsSettings) -> Result<Option<Self>, CommandError> {
        let files = match (settings.certificate.clone(), settings.key.clone()) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => Files { certificate, key },
            _ => return Err(SettingsError::invalid("tls.key", "certificate and key belong together").into()),
        };
        let current = Arc::new(RwLock::new(files.read()?));
        Ok(Some(Self { files: Arc::new(files), current }))
    }

    /// Reads the files again. Connections that are open stay as they are; where the files are no
    /// good, so does the certificate for new ones.
    pub(super) fn reload(&self) {
        match self.files.read() {
            Ok(acceptor) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = acceptor;
                info!("the TLS certificate was read again");
            }
            Err(error) => error!(%error, "the TLS certificate stays as it was"),
        }
    }
}

impl Acceptor for TlsListener {
    type Stream = TlsStream<TcpStream>;

    async fn accept(&self, stream: TcpStream) -> io::Result<Self::Stream> {
        let acceptor = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        acceptor.accept(stream).await
    }
}

impl Files {
    fn read(&self) -> Result<TlsAcceptor, SettingsError> {
        let invalid =
            |name: &str, error: &dyn std::fmt::Display| SettingsError::invalid(name, error.to_string());
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| invalid("tls.certificate", &error))?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(|error| invalid("tls.key", &error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid("tls.certificate", &error))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| invalid("tls.certificate", &error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
