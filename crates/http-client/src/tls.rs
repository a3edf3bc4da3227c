use std::fmt::Display;

use hyper_rustls::ConfigBuilderExt;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::{ClientIdentity, SetupError, Trust};

/// TLS 1.2 and 1.3 by ring.
pub(crate) fn config(trust: &Trust, identity: Option<&ClientIdentity>) -> Result<ClientConfig, SetupError> {
    let builder = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Authorities(error.to_string()))?;
    let builder = match trust {
        Trust::System => {
            builder.with_native_roots().map_err(|error| SetupError::NoSystemAuthorities(error.to_string()))?
        }
        Trust::Only(pem) => builder.with_root_certificates(authorities(pem)?),
        Trust::Nobody => builder.with_root_certificates(RootCertStore::empty()),
    };
    let Some(identity) = identity else { return Ok(builder.with_no_client_auth()) };
    let invalid = |error: &dyn Display| SetupError::Identity(error.to_string());
    let chain = CertificateDer::pem_slice_iter(&identity.certificates)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| invalid(&error))?;
    if chain.is_empty() {
        return Err(invalid(&"there is no certificate in the PEM"));
    }
    // The error of a key that cannot be read could quote it.
    let key = PrivateKeyDer::from_pem_slice(&identity.key)
        .map_err(|_| invalid(&"there is no private key in the PEM"))?;
    builder.with_client_auth_cert(chain, key).map_err(|error| invalid(&error))
}

fn authorities(pem: &[u8]) -> Result<RootCertStore, SetupError> {
    let invalid = |error: &dyn Display| SetupError::Authorities(error.to_string());
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate.map_err(|error| invalid(&error))?).map_err(|error| invalid(&error))?;
    }
    if roots.is_empty() { Err(invalid(&"there is no certificate in the PEM")) } else { Ok(roots) }
}
