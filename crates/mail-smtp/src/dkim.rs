use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;
use pkcs8::der::pem::{LineEnding, PemLabel};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use thiserror::Error;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// What is signed (RFC 6376, section 5.4.1): everything a reader sees or a mailbox acts on.
const SIGNED: [&str; 7] = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"];

/// How to sign (RFC 6376, RFC 8463).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DkimSettings {
    /// The key's name in DNS: `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The domain that signs; should be the sender's (DMARC alignment).
    pub domain: String,
    /// The private key: RSA (PKCS #1 or PKCS #8) or Ed25519 (PKCS #8), as PEM.
    pub key: DkimKey,
}

/// Where the signing key is. Prints without the key.
#[derive(Clone, PartialEq, Eq)]
pub enum DkimKey {
    /// A PEM file.
    File(PathBuf),
    /// The PEM text itself.
    Pem(String),
}

impl DkimKey {
    /// PEM text where `setting` is that, else the path of a file.
    #[must_use]
    pub fn read(setting: &str) -> Self {
        if setting.trim_start().starts_with("-----BEGIN ") {
            Self::Pem(setting.to_owned())
        } else {
            Self::File(PathBuf::from(setting))
        }
    }

    fn pem(&self) -> Result<String, DkimError> {
        match self {
            Self::Pem(pem) => Ok(pem.clone()),
            Self::File(path) => {
                std::fs::read_to_string(path).map_err(|error| DkimError::Unreadable(error.to_string()))
            }
        }
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Pem(_) => f.write_str("Pem(***)"),
        }
    }
}

/// Why mails cannot be signed. Never holds the key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DkimError {
    /// The file cannot be read.
    #[error("the DKIM key cannot be read: {0}")]
    Unreadable(String),
    /// The file holds no key.
    #[error("the DKIM key file holds no PEM private key (RSA or Ed25519): {0}")]
    NotAKey(&'static str),
    /// Selector or domain are no DNS names.
    #[error("the DKIM selector and domain must be DNS names")]
    Name,
}

/// Signs messages.
#[derive(Clone)]
pub(crate) struct Signer {
    config: Arc<DkimConfig>,
    /// An RSA signature takes a millisecond or two: too long for the thread that runs everything
    /// else.
    pub(crate) slow: bool,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    pub(crate) fn load(settings: &DkimSettings) -> Result<Self, DkimError> {
        if !is_name(&settings.selector) || !is_name(&settings.domain) {
            return Err(DkimError::Name);
        }
        let (key, slow) = key(&settings.key.pem()?)?;
        let config = DkimConfig::new(
            settings.selector.clone(),
            settings.domain.clone(),
            key,
            SIGNED.iter().map(|name| HeaderName::new_from_ascii_str(name)).collect(),
            // Relays refold headers and trim lines; "relaxed" survives that.
            DkimCanonicalization {
                header: DkimCanonicalizationType::Relaxed,
                body: DkimCanonicalizationType::Relaxed,
            },
        );
        Ok(Self { config: Arc::new(config), slow })
    }

    pub(crate) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}

/// `lettre` reads PKCS #1 for RSA and a bare base64 seed for Ed25519; `openssl genpkey` writes PKCS
/// #8 for both.
fn key(pem: &str) -> Result<(DkimSigningKey, bool), DkimError> {
    let not_rsa = |_| DkimError::NotAKey("not a usable RSA key");
    if pem.contains("-----BEGIN RSA PRIVATE KEY-----") {
        let key = DkimSigningKey::new(pem.trim(), DkimSigningAlgorithm::Rsa).map_err(not_rsa)?;
        return Ok((key, true));
    }
    let (label, document) =
        SecretDocument::from_pem(pem.trim()).map_err(|_| DkimError::NotAKey("not a PEM document"))?;
    if label != PrivateKeyInfoRef::PEM_LABEL {
        return Err(DkimError::NotAKey("the document is no private key"));
    }
    let info =
        PrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| DkimError::NotAKey("not PKCS #8"))?;
    let bytes = info.private_key.as_bytes();
    if info.algorithm.oid == RSA {
        let pkcs1 = pkcs8::der::pem::encode_string("RSA PRIVATE KEY", LineEnding::LF, bytes)
            .map_err(|_| DkimError::NotAKey("not a usable RSA key"))?;
        let key = DkimSigningKey::new(&pkcs1, DkimSigningAlgorithm::Rsa).map_err(not_rsa)?;
        return Ok((key, true));
    }
    if info.algorithm.oid == ED25519 {
        // RFC 8410, section 7: an OCTET STRING of 32 bytes inside the OCTET STRING.
        let seed = match bytes {
            [0x04, 0x20, seed @ ..] if seed.len() == 32 => seed,
            _ => return Err(DkimError::NotAKey("not a usable Ed25519 key")),
        };
        let key = DkimSigningKey::new(&STANDARD.encode(seed), DkimSigningAlgorithm::Ed25519)
            .map_err(|_| DkimError::NotAKey("not a usable Ed25519 key"))?;
        return Ok((key, false));
    }
    Err(DkimError::NotAKey("neither RSA nor Ed25519"))
}

fn is_name(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        })
}
