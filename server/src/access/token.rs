//! Tokens: JSON web tokens (RFC 7519) under the programme's secret. They say who somebody is; whether that device is
//! revoked or that user disabled is asked of the database with each request (R17).

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::time::Timestamp;
use thiserror::Error;
use uuid::Uuid;

/// How long a device's token is good: 15 min, in milliseconds.
pub const DEVICE_TOKEN_LIFE_MILLIS: i64 = 15 * 60 * 1000;
/// How long a session lasts: 12 h, in milliseconds.
pub const SESSION_LIFE_MILLIS: i64 = 12 * 60 * 60 * 1000;

const DEVICE_AUDIENCE: &str = "rukun-device";
const SESSION_AUDIENCE: &str = "rukun-session";

/// Why a token is not accepted.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
pub enum TokenError {
    /// Its time is over.
    #[error("the token has expired; renew it")]
    Expired,
    /// No token of this programme and purpose.
    #[error("the token is not valid here")]
    Invalid,
    /// No token could be made: the secret is unusable.
    #[error("a token could not be made")]
    Making,
}

/// What a device's token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceClaims {
    aud: String,
    programme: ProgrammeId,
    /// The device that holds the token.
    pub device: DeviceId,
    /// Its user.
    pub user: UserId,
    iat: i64,
    exp: i64,
}

/// What a session's token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaims {
    aud: String,
    programme: ProgrammeId,
    /// The session: a row that logging out removes.
    pub session: Uuid,
    /// Whose it is.
    pub user: UserId,
    iat: i64,
    exp: i64,
}

/// Makes and reads the tokens of one programme.
pub struct TokenMint {
    programme: ProgrammeId,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl std::fmt::Debug for TokenMint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenMint({})", self.programme)
    }
}

impl DeviceClaims {
    /// Whether less than half of its life is left, so that the next token is due.
    #[must_use]
    pub fn is_past_half(&self, now: Timestamp) -> bool {
        2 * now.seconds() > self.iat.saturating_add(self.exp)
    }
}

impl TokenMint {
    /// The mint of `programme` under `secret`.
    #[must_use]
    pub fn new(programme: ProgrammeId, secret: &[u8; 32]) -> Self {
        Self { programme, encoding: EncodingKey::from_secret(secret), decoding: DecodingKey::from_secret(secret) }
    }

    /// A token for a device.
    ///
    /// # Errors
    /// [`TokenError::Making`].
    pub fn device_token(&self, device: DeviceId, user: UserId, now: Timestamp) -> Result<String, TokenError> {
        let (iat, exp) = (now.seconds(), now.plus_millis(DEVICE_TOKEN_LIFE_MILLIS).seconds());
        let aud = DEVICE_AUDIENCE.to_owned();
        self.make(&DeviceClaims { aud, programme: self.programme, device, user, iat, exp })
    }

    /// A token for a session at a screen.
    ///
    /// # Errors
    /// [`TokenError::Making`].
    pub fn session_token(&self, session: Uuid, user: UserId, now: Timestamp) -> Result<String, TokenError> {
        let (iat, exp) = (now.seconds(), now.plus_millis(SESSION_LIFE_MILLIS).seconds());
        let aud = SESSION_AUDIENCE.to_owned();
        self.make(&SessionClaims { aud, programme: self.programme, session, user, iat, exp })
    }

    /// Reads a device's token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn read_device(&self, token: &str, now: Timestamp) -> Result<DeviceClaims, TokenError> {
        let claims: DeviceClaims = self.read(token, DEVICE_AUDIENCE)?;
        self.accept(claims.programme, claims.exp, now)?;
        Ok(claims)
    }

    /// Reads a session's token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn read_session(&self, token: &str, now: Timestamp) -> Result<SessionClaims, TokenError> {
        let claims: SessionClaims = self.read(token, SESSION_AUDIENCE)?;
        self.accept(claims.programme, claims.exp, now)?;
        Ok(claims)
    }

    fn make(&self, claims: &impl Serialize) -> Result<String, TokenError> {
        encode(&Header::new(Algorithm::HS256), claims, &self.encoding).map_err(|_| TokenError::Making)
    }

    fn read<C: DeserializeOwned>(&self, token: &str, audience: &str) -> Result<C, TokenError> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[audience]);
        // Expiry is judged by `accept`, with the clock that is passed in.
        validation.validate_exp = false;
        decode(token, &self.decoding, &validation).map(|data| data.claims).map_err(|_| TokenError::Invalid)
    }

    fn accept(&self, programme: ProgrammeId, exp: i64, now: Timestamp) -> Result<(), TokenError> {
        if programme != self.programme {
            Err(TokenError::Invalid)
        } else if now.seconds() >= exp {
            Err(TokenError::Expired)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn mint(programme: u8, secret: u8) -> TokenMint {
        TokenMint::new(ProgrammeId::from_bytes([programme; 16]), &[secret; 32])
    }

    fn ids() -> (DeviceId, UserId) {
        (DeviceId::from_bytes([3; 16]), UserId::from_bytes([4; 16]))
    }

    #[test]
    fn a_device_token_says_who_for_fifteen_minutes() {
        let (device, user) = ids();
        let token = mint(1, 2).device_token(device, user, NOW).expect("a token");
        let last = NOW.plus_millis(DEVICE_TOKEN_LIFE_MILLIS - 1);
        let claims = mint(1, 2).read_device(&token, last).expect("claims");
        assert_eq!((claims.device, claims.user), (device, user));
        assert_eq!(mint(1, 2).read_device(&token, last.plus_millis(1)), Err(TokenError::Expired));
    }

    #[test]
    fn the_next_token_is_due_past_half_of_the_life() {
        let (device, user) = ids();
        let token = mint(1, 2).device_token(device, user, NOW).expect("a token");
        let claims = mint(1, 2).read_device(&token, NOW).expect("claims");
        let half = NOW.plus_millis(DEVICE_TOKEN_LIFE_MILLIS / 2);
        assert!(!claims.is_past_half(half));
        assert!(claims.is_past_half(half.plus_millis(1000)));
    }

    #[test]
    fn tokens_of_another_programme_secret_or_purpose_are_not_valid() {
        let (device, user) = ids();
        let token = mint(1, 2).device_token(device, user, NOW).expect("a token");
        assert_eq!(mint(9, 2).read_device(&token, NOW), Err(TokenError::Invalid));
        assert_eq!(mint(1, 9).read_device(&token, NOW), Err(TokenError::Invalid));
        assert_eq!(mint(1, 2).read_session(&token, NOW), Err(TokenError::Invalid));
        let session = mint(1, 2).session_token(Uuid::nil(), user, NOW).expect("a token");
        assert_eq!(mint(1, 2).read_device(&session, NOW), Err(TokenError::Invalid));
        // Unsigned: header {"alg":"none"}.
        let body = token.split('.').nth(1).expect("a body");
        let unsigned = format!("eyJhbGciOiJub25lIn0.{body}.");
        assert_eq!(mint(1, 2).read_device(&unsigned, NOW), Err(TokenError::Invalid));
    }
}
