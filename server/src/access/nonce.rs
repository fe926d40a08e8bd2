//! Nonces by which a device renews its token (R17). The server keeps nothing of a nonce it gave out: the nonce itself
//! says, under the server's secret, for which device and when. A used one is kept as a row until it would have expired.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sync_core::entropy::Entropy;
use sync_core::id::{ContentHash, DeviceId};
use sync_core::time::Timestamp;
use thiserror::Error;

/// How long a nonce is good: 5 min, in milliseconds (R17).
pub const NONCE_LIFE_MILLIS: i64 = 5 * 60 * 1000;

const TAG: &[u8] = b"rukun nonce 1";
const RANDOM: usize = 16;
const LENGTH: usize = 8 + RANDOM + 32;

/// Why a nonce is not accepted.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum NonceError {
    /// Not made by this programme's servers, or for another device.
    #[error("the nonce was not given to this device by this server")]
    Foreign,
    /// Older than five minutes.
    #[error("the nonce has expired; ask for a new one")]
    Expired,
}

/// A nonce for `device`.
#[must_use]
pub fn issue(secret: &[u8; 32], device: DeviceId, now: Timestamp, entropy: &mut dyn Entropy) -> String {
    let mut bytes = [0; LENGTH];
    bytes[..8].copy_from_slice(&now.millis().to_be_bytes());
    entropy.fill(&mut bytes[8..8 + RANDOM]);
    let (said, seal) = bytes.split_at_mut(8 + RANDOM);
    seal.copy_from_slice(&mac(secret, device, said).finalize().into_bytes());
    Base64UrlUnpadded::encode_string(&bytes)
}

/// Checks that `nonce` was issued to `device` and is still good. The answer names it in the table of used nonces, with
/// the time until which it must stay there.
///
/// # Errors
/// [`NonceError`].
pub fn check(
    secret: &[u8; 32],
    device: DeviceId,
    nonce: &str,
    now: Timestamp,
) -> Result<(ContentHash, Timestamp), NonceError> {
    let mut bytes = [0; LENGTH];
    let read = Base64UrlUnpadded::decode(nonce, &mut bytes).map_err(|_| NonceError::Foreign)?;
    let (said, seal) = read.split_at_checked(8 + RANDOM).ok_or(NonceError::Foreign)?;
    mac(secret, device, said).verify_slice(seal).map_err(|_| NonceError::Foreign)?;
    let (issued, _) = said.split_first_chunk().ok_or(NonceError::Foreign)?;
    let expires = Timestamp::from_millis(i64::from_be_bytes(*issued)).plus_millis(NONCE_LIFE_MILLIS);
    if now > expires { Err(NonceError::Expired) } else { Ok((ContentHash::of(said), expires)) }
}

fn mac(secret: &[u8; 32], device: DeviceId, said: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(TAG);
    mac.update(device.as_bytes());
    mac.update(said);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: [u8; 32] = [7; 32];
    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn nonce(device: u8) -> String {
        issue(&SECRET, DeviceId::from_bytes([device; 16]), NOW, &mut |bytes: &mut [u8]| bytes.fill(3))
    }

    fn check_for(device: u8, nonce: &str, now: Timestamp) -> Result<(), NonceError> {
        check(&SECRET, DeviceId::from_bytes([device; 16]), nonce, now).map(|_| ())
    }

    #[test]
    fn a_nonce_is_good_for_its_device_for_five_minutes() {
        let end = NOW.plus_millis(NONCE_LIFE_MILLIS);
        assert_eq!(check_for(1, &nonce(1), end), Ok(()));
        assert_eq!(check_for(1, &nonce(1), end.plus_millis(1)), Err(NonceError::Expired));
        assert_eq!(check_for(2, &nonce(1), NOW), Err(NonceError::Foreign));
    }

    #[test]
    fn a_nonce_of_another_secret_or_a_damaged_one_is_foreign() {
        let device = DeviceId::from_bytes([1; 16]);
        assert_eq!(check(&[8; 32], device, &nonce(1), NOW), Err(NonceError::Foreign));
        let long = format!("{}AAAA", nonce(1));
        for wrong in ["", "AAAA", "not base64!", long.as_str(), &nonce(1)[..40]] {
            assert_eq!(check_for(1, wrong, NOW), Err(NonceError::Foreign), "{wrong}");
        }
    }
}
