//! Passwords of people at a screen: Argon2id (RFC 9106) with the crate's parameters, which are OWASP's (19 MiB, 2 passes).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use sync_core::entropy::Entropy;
use thiserror::Error;

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 10;
/// Most bytes of a password: hashing is not to be made work with megabytes.
pub const PASSWORD_MAX: usize = 256;

/// Letters and digits of a one-time password: none that is taken for another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789-";

/// Why a password is not taken.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// Too short to protect anything.
    #[error("a password has at least {PASSWORD_MIN} characters")]
    Short,
    /// Longer than anybody types.
    #[error("a password has at most {PASSWORD_MAX} bytes")]
    Long,
    /// The hash function would not run.
    #[error("the password could not be hashed")]
    Hashing,
}

/// Checks that `password` may be chosen and hashes it, for the database. Slow on purpose: not on an async thread.
///
/// # Errors
/// [`PasswordError`].
pub fn hash(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < PASSWORD_MIN {
        return Err(PasswordError::Short);
    }
    if password.len() > PASSWORD_MAX {
        return Err(PasswordError::Long);
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| PasswordError::Hashing)?;
    Ok(hash.to_string())
}

/// Whether `password` is the one of `hash`. Without a hash (no such user) it takes as long and says no, so that the time
/// of the answer does not tell who exists.
#[must_use]
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    if password.len() > PASSWORD_MAX {
        return false;
    }
    let Some(hash) = hash.and_then(|hash| PasswordHash::new(hash).ok()) else {
        return Argon2::default().hash_password(password.as_bytes()).is_err();
    };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// A password to be typed once and then changed: 16 letters and digits, 79 bits.
#[must_use]
pub fn one_time(entropy: &mut dyn Entropy) -> String {
    let mut password = String::with_capacity(16);
    while password.len() < 16 {
        let mut byte = [0];
        entropy.fill(&mut byte);
        match ALPHABET[usize::from(byte[0] & 31)] {
            b'-' => {}
            letter => password.push(char::from(letter)),
        }
    }
    password
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let stored = hash("sumur bor 12 meter").expect("a hash");
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("sumur bor 12 meter", Some(&stored)));
        assert!(!verify("sumur bor 13 meter", Some(&stored)));
        assert!(!verify("sumur bor 12 meter", None));
        assert!(!verify("sumur bor 12 meter", Some("not a hash")));
    }

    #[test]
    fn short_and_endless_passwords_are_not_taken() {
        assert_eq!(hash("rahasia"), Err(PasswordError::Short));
        assert_eq!(hash(&"x".repeat(257)), Err(PasswordError::Long));
    }

    #[test]
    fn a_one_time_password_may_be_chosen() {
        let mut counter = 0_u8;
        let password = one_time(&mut |bytes: &mut [u8]| {
            bytes.fill(counter);
            counter = counter.wrapping_add(7);
        });
        assert_eq!(password.len(), 16);
        assert!(hash(&password).is_ok());
    }
}
