//! Keys, and everything that is signed except segments. Each signed thing has its own tag, so that one signature can never
//! pass as another (R15); bytes from outside are never signed raw.

use ed25519_dalek::{Signature as DalekSignature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::entropy::Entropy;
use crate::hexadecimal;
use crate::id::{ActorPrefix, ContentHash, DeviceId, ProgrammeId, UserId};

/// Tag of a segment's signed bytes.
pub(crate) const SEGMENT_TAG: &[u8] = b"rukun segment 1";
const ENROL_TAG: &[u8] = b"rukun enrol 1";
const ENROLLED_TAG: &[u8] = b"rukun enrolled 1";
const RENEW_TAG: &[u8] = b"rukun renew 1";

/// Why a signature or key was not accepted.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// The bytes are no usable Ed25519 public key (not a point, or of small order).
    #[error("the public key is not a usable Ed25519 key")]
    Key,
    /// The signature does not fit key and content by the strict rules.
    #[error("the signature does not fit")]
    Mismatch,
}

/// An Ed25519 public key (RFC 8032).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

/// An Ed25519 signature (RFC 8032).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// A key pair of a device or of a server. Its secret never leaves it but by [`KeyPair::secret`], for the key store.
pub struct KeyPair(SigningKey);

impl PublicKey {
    /// Wraps the 32 bytes. Whether they are a key is known when one verifies.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads hexadecimal.
    ///
    /// # Errors
    /// [`SignatureError::Key`] when the text is not 32 bytes of hexadecimal.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        hexadecimal::read(text).map(Self).ok_or(SignatureError::Key)
    }

    /// What every actor of this device starts with (R7).
    #[must_use]
    pub fn actor_prefix(&self) -> ActorPrefix {
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        let mut prefix = [0; 8];
        prefix.copy_from_slice(&hash[..8]);
        ActorPrefix::from_bytes(prefix)
    }

    /// SHA-256 of the key: what the enrolment code carries of the server's, so that a phone knows whom it talks to (R17).
    #[must_use]
    pub fn fingerprint(&self) -> ContentHash {
        ContentHash::of(&self.0)
    }

    /// Makes ready to verify many signatures of this key.
    ///
    /// # Errors
    /// [`SignatureError::Key`] when the bytes are no key or a weak one.
    pub fn verifier(&self) -> Result<Verifier, SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError::Key)?;
        if key.is_weak() {
            return Err(SignatureError::Key);
        }
        Ok(Verifier(key))
    }
}

/// A public key, unpacked once, that checks signatures by the strict rules (no small-order points, canonical scalars).
#[derive(Clone, Debug)]
pub struct Verifier(VerifyingKey);

impl Verifier {
    /// Checks `signature` over `message`.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        self.0.verify_strict(message, &DalekSignature::from_bytes(&signature.0)).map_err(|_| SignatureError::Mismatch)
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        hexadecimal::write(&self.0, f)
    }
}

impl std::fmt::Display for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        hexadecimal::write(&self.0, f)
    }
}

impl Signature {
    /// Reads hexadecimal.
    ///
    /// # Errors
    /// [`SignatureError::Mismatch`] when the text is not 64 bytes of hexadecimal: such a signature fits nothing.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        hexadecimal::read(text).map(Self).ok_or(SignatureError::Mismatch)
    }

    /// Wraps 64 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl KeyPair {
    /// A new key pair.
    #[must_use]
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut secret = [0; 32];
        entropy.fill(&mut secret);
        Self::from_secret(&secret)
    }

    /// The key pair of a stored secret.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The secret, for the key store and nothing else.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes that start with a tag of this crate.
    pub(crate) fn sign_tagged(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }

    /// A phone's proof, while enrolling, that it holds the key it sends with the code.
    #[must_use]
    pub fn sign_enrolment(&self, programme: ProgrammeId, code: &str) -> Signature {
        self.sign_tagged(&enrolment_bytes(programme, code, &self.public()))
    }

    /// The server's word that `device` is enrolled for `user` with `key`.
    #[must_use]
    pub fn sign_enrolled(&self, programme: ProgrammeId, device: DeviceId, user: UserId, key: &PublicKey) -> Signature {
        self.sign_tagged(&enrolled_bytes(programme, device, user, key))
    }

    /// A device's answer to the server's nonce, for a new token.
    #[must_use]
    pub fn sign_renewal(&self, programme: ProgrammeId, device: DeviceId, nonce: &[u8]) -> Signature {
        self.sign_tagged(&renewal_bytes(programme, device, nonce))
    }
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyPair({})", self.public().fingerprint())
    }
}

/// Checks [`KeyPair::sign_enrolment`].
///
/// # Errors
/// [`SignatureError`].
pub fn verify_enrolment(
    programme: ProgrammeId,
    code: &str,
    key: &PublicKey,
    signature: &Signature,
) -> Result<(), SignatureError> {
    key.verifier()?.verify(&enrolment_bytes(programme, code, key), signature)
}

/// Checks [`KeyPair::sign_enrolled`] with the server's key.
///
/// # Errors
/// [`SignatureError`].
pub fn verify_enrolled(
    server: &PublicKey,
    programme: ProgrammeId,
    device: DeviceId,
    user: UserId,
    key: &PublicKey,
    signature: &Signature,
) -> Result<(), SignatureError> {
    server.verifier()?.verify(&enrolled_bytes(programme, device, user, key), signature)
}

/// Checks [`KeyPair::sign_renewal`].
///
/// # Errors
/// [`SignatureError`].
pub fn verify_renewal(
    key: &PublicKey,
    programme: ProgrammeId,
    device: DeviceId,
    nonce: &[u8],
    signature: &Signature,
) -> Result<(), SignatureError> {
    key.verifier()?.verify(&renewal_bytes(programme, device, nonce), signature)
}

fn enrolment_bytes(programme: ProgrammeId, code: &str, key: &PublicKey) -> Vec<u8> {
    // The code is hashed, so that all parts have fixed lengths.
    let code = ContentHash::of(code.as_bytes());
    [ENROL_TAG, programme.as_bytes(), code.as_bytes(), key.as_bytes()].concat()
}

fn enrolled_bytes(programme: ProgrammeId, device: DeviceId, user: UserId, key: &PublicKey) -> Vec<u8> {
    [ENROLLED_TAG, programme.as_bytes(), device.as_bytes(), user.as_bytes(), key.as_bytes()].concat()
}

fn renewal_bytes(programme: ProgrammeId, device: DeviceId, nonce: &[u8]) -> Vec<u8> {
    let nonce = ContentHash::of(nonce);
    [RENEW_TAG, programme.as_bytes(), device.as_bytes(), nonce.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(seed: u8) -> KeyPair {
        KeyPair::from_secret(&[seed; 32])
    }

    #[test]
    fn a_renewal_passes_for_its_own_device_programme_and_nonce_only() {
        let (programme, device) = (ProgrammeId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        let (key, signature) = (pair(3).public(), pair(3).sign_renewal(programme, device, b"nonce"));
        assert_eq!(verify_renewal(&key, programme, device, b"nonce", &signature), Ok(()));
        let other = DeviceId::from_bytes([9; 16]);
        assert!(verify_renewal(&key, programme, other, b"nonce", &signature).is_err());
        assert!(verify_renewal(&key, ProgrammeId::from_bytes([9; 16]), device, b"nonce", &signature).is_err());
        assert!(verify_renewal(&key, programme, device, b"other", &signature).is_err());
        assert!(verify_renewal(&pair(4).public(), programme, device, b"nonce", &signature).is_err());
    }

    #[test]
    fn an_enrolment_signature_is_no_renewal() {
        let programme = ProgrammeId::from_bytes([1; 16]);
        let signature = pair(3).sign_enrolment(programme, "CODE");
        assert_eq!(verify_enrolment(programme, "CODE", &pair(3).public(), &signature), Ok(()));
        let device = DeviceId::from_bytes([2; 16]);
        assert!(verify_renewal(&pair(3).public(), programme, device, b"CODE", &signature).is_err());
    }

    #[test]
    fn a_key_of_small_order_is_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(identity).verifier().map(|_| ()), Err(SignatureError::Key));
    }
}
