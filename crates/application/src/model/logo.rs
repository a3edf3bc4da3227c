//! The picture of an organisation.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::OrganisationId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logo {
    /// What kind of picture.
    pub kind: LogoKind,
    /// The first 16 hexadecimal digits of its SHA-256: a new picture has a new address.
    pub hash: String,
    /// The file in base64; at most 64 KiB before.
    pub base64: String,
}

/// What kind of picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogoKind {
    /// `image/png`.
    Png,
    /// `image/svg+xml`, for pages alone: mail programs do not show it.
    Svg,
}

impl Logo {
    /// A picture with these bytes.
    #[must_use]
    pub fn new(kind: LogoKind, bytes: &[u8]) -> Self {
        let digest = Sha256::digest(bytes);
        let hash = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { kind, hash, base64: STANDARD.encode(bytes) }
    }

    /// The file; `None` where what is stored is no base64.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(&self.base64).ok()
    }

    /// The path below the public URL under which resetd serves it.
    #[must_use]
    pub fn path(&self, organisation: OrganisationId) -> String {
        format!("/logo/{organisation}/{}", self.hash)
    }
}
