use std::fmt;

use application::model::{AddressFingerprint, Identifier};
use application::ports::{AddressVault, VaultError};
use chacha20poly1305::aead::AeadInOut as _;
use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use domain::{EmailAddress, OrganisationId};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{DataKey, nonce};

/// The first byte of everything sealed, and part of what is authenticated. Another layout gets
/// another number.
const VERSION: u8 = 1;
const HEADER_BYTES: usize = 1 + nonce::NONCE_BYTES;
const TAG_BYTES: usize = 16;

/// Seals with XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under fresh random nonces, and
/// fingerprints with HMAC-SHA-256 (RFC 2104) cut to 128 bits.
///
/// Sealed bytes are: one version byte (1), 24 bytes of nonce, the ciphertext, 16 bytes of tag: 41
/// more than the plain. All keys come out of the [`DataKey`] by HKDF-Expand (RFC 5869, section 2.3;
/// a data key is uniform, so the extract step has nothing to do). Every replica with the same data
/// key opens what any other sealed.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    fingerprints: Hmac<Sha256>,
    audit: Hmac<Sha256>,
}

impl Vault {
    /// The vault that `key` opens.
    #[must_use]
    pub fn new(key: &DataKey) -> Self {
        let sealing = derive(key, b"resetd vault 1 sealing");
        let fingerprints = derive(key, b"resetd vault 1 fingerprints");
        let audit = derive(key, b"resetd vault 1 audit");
        Self {
            cipher: XChaCha20Poly1305::new((&*sealing).into()),
            fingerprints: keyed(&fingerprints),
            audit: keyed(&audit),
        }
    }
}

/// The first block of HKDF-Expand with `label` as its info.
fn derive(key: &DataKey, label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac = keyed(key.as_bytes());
    mac.update(label);
    mac.update(&[1]);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    // RFC 2104: a key shorter than the hash's block is filled up with zeros.
    Hmac::new((&*block).into())
}

impl AddressVault for Vault {
    fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let nonce = nonce::fresh();
        let mut sealed = Vec::with_capacity(HEADER_BYTES + plain.len() + TAG_BYTES);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let (_, text) = sealed.split_at_mut(HEADER_BYTES);
        match self.cipher.encrypt_inout_detached(&XNonce::from(nonce), &[VERSION], InOutBuf::from(text)) {
            Ok(tag) => sealed.extend_from_slice(&tag),
            Err(_) => unreachable!("the cipher takes any text under 256 GiB"),
        }
        sealed
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (version, rest) = sealed.split_first().ok_or(VaultError)?;
        let (nonce, rest) = rest.split_first_chunk::<{ nonce::NONCE_BYTES }>().ok_or(VaultError)?;
        let (text, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(VaultError)?;
        if *version != VERSION {
            return Err(VaultError);
        }
        let mut plain = text.to_vec();
        self.cipher
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &[VERSION],
                InOutBuf::from(plain.as_mut_slice()),
                &Tag::from(*tag),
            )
            .map_err(|_| VaultError)?;
        Ok(plain)
    }

    fn fingerprint(&self, organisation: OrganisationId, email: &EmailAddress) -> AddressFingerprint {
        self.mac(organisation, email.canonical())
    }

    fn fingerprint_of(
        &self,
        organisation: OrganisationId,
        kind: Identifier,
        text: &str,
    ) -> AddressFingerprint {
        self.mac(organisation, &kind.mailbox(text))
    }

    fn audit_mac(&self, text: &[u8]) -> [u8; 32] {
        let mut mac = self.audit.clone();
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
}

impl Vault {
    fn mac(&self, organisation: OrganisationId, canonical: &str) -> AddressFingerprint {
        let mut mac = self.fingerprints.clone();
        // Sixteen bytes, always: no two pairs of organisation and address run into the same text.
        mac.update(organisation.as_bytes());
        mac.update(canonical.as_bytes());
        let digest: [u8; 32] = mac.finalize().into_bytes().into();
        let [first, _] = *digest.as_chunks::<16>().0 else { unreachable!("32 bytes are two halves of 16") };
        AddressFingerprint(first)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}
