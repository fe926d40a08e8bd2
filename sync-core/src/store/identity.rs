//! Who this device is.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use super::Store;
use super::error::StoreError;
use super::schema::identity;
use crate::enrolment::Papers;
use crate::entropy::Entropy;
use crate::id::{DeviceId, ProgrammeId, UserId};
use crate::identity::{KeyPair, PublicKey, Signature, verify_enrolled};
use crate::time::Timestamp;

/// Milliseconds for which a token is surely good; the server gives 15 minutes.
const TOKEN_LIFE: i64 = 14 * 60 * 1000;

/// Where the device's key lies.
#[expect(clippy::large_enum_variant, reason = "one is made when a store is opened, and taken apart at once")]
pub enum KeySource {
    /// In the store itself; made at the first opening.
    Store,
    /// In the platform's key store, which gives it at each opening.
    Platform(KeyPair),
}

/// An enrolled device's papers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Address of the server.
    pub server_url: String,
    /// The server's key, known from the enrolment code.
    pub server_key: PublicKey,
    /// The programme.
    pub programme: ProgrammeId,
    /// This device.
    pub device: DeviceId,
    /// Its user.
    pub user: UserId,
    /// The user's name.
    pub user_name: String,
    /// The last token the server gave; it may have expired.
    pub token: Option<String>,
}

/// The server's answer to an enrolment, as far as the store keeps it.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// What is kept.
    pub identity: Identity,
    /// The server's signature over it.
    pub signature: Signature,
}

#[derive(Queryable)]
struct Row {
    server_url: Option<String>,
    server_key: Option<Vec<u8>>,
    programme: Option<Vec<u8>>,
    device: Option<Vec<u8>>,
    user: Option<Vec<u8>>,
    user_name: Option<String>,
    token: Option<String>,
}

pub(super) fn load_or_make(
    connection: &mut SqliteConnection,
    source: KeySource,
    entropy: &mut dyn Entropy,
) -> Result<KeyPair, StoreError> {
    let stored: Option<(Option<Vec<u8>>, Vec<u8>)> =
        identity::table.select((identity::secret, identity::public_key)).first(connection).optional()?;
    let (key, keep) = match (source, &stored) {
        (KeySource::Platform(key), _) => (key, false),
        (KeySource::Store, None) => (KeyPair::generate(entropy), true),
        (KeySource::Store, Some((secret, _))) => {
            let secret = secret.as_deref().and_then(|secret| <[u8; 32]>::try_from(secret).ok());
            (KeyPair::from_secret(&secret.ok_or(StoreError::KeyMissing)?), true)
        }
    };
    match stored {
        Some((_, public)) if public != key.public().as_bytes() => Err(StoreError::KeyMissing),
        Some(_) => Ok(key),
        None => {
            let row = (
                identity::id.eq(1),
                identity::secret.eq(keep.then(|| key.secret().to_vec())),
                identity::public_key.eq(key.public().as_bytes().to_vec()),
            );
            diesel::insert_into(identity::table).values(row).execute(connection)?;
            Ok(key)
        }
    }
}

impl Store {
    /// This device's public key, which enrolment sends.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// This device's papers.
    ///
    /// # Errors
    /// [`StoreError::NotEnrolled`].
    pub fn identity(&mut self) -> Result<Identity, StoreError> {
        let columns = (
            identity::server_url,
            identity::server_key,
            identity::programme,
            identity::device,
            identity::user,
            identity::user_name,
            identity::token,
        );
        let row: Row = identity::table.select(columns).first(&mut self.connection)?;
        let complete = || {
            let server_key = <[u8; 32]>::try_from(row.server_key?.as_slice()).ok()?;
            Some(Identity {
                server_url: row.server_url?,
                server_key: PublicKey::from_bytes(server_key),
                programme: ProgrammeId::from_slice(&row.programme?).ok()?,
                device: DeviceId::from_slice(&row.device?).ok()?,
                user: UserId::from_slice(&row.user?).ok()?,
                user_name: row.user_name?,
                token: row.token,
            })
        };
        complete().ok_or(StoreError::NotEnrolled)
    }

    /// The proof to send with an enrolment code.
    #[must_use]
    pub fn sign_enrolment(&self, programme: ProgrammeId, code: &str) -> Signature {
        self.key.sign_enrolment(programme, code)
    }

    /// Keeps the server's answer to an enrolment.
    ///
    /// # Errors
    /// [`StoreError::KeyMissing`] when the answer is not signed for this device's key by the server of the code;
    /// [`StoreError::AlreadyEnrolled`] when the device is somebody else's already: another user needs another store (R16).
    pub fn enrol(&mut self, enrolment: &Enrolment) -> Result<(), StoreError> {
        let new = &enrolment.identity;
        verify_enrolled(&new.server_key, new.programme, new.device, new.user, &self.key.public(), &enrolment.signature)
            .map_err(|_| StoreError::KeyMissing)?;
        match self.identity() {
            Ok(old) if (old.programme, old.device, old.user) != (new.programme, new.device, new.user) => {
                return Err(StoreError::AlreadyEnrolled);
            }
            Ok(_) | Err(StoreError::NotEnrolled) => {}
            Err(error) => return Err(error),
        }
        let row = (
            identity::server_url.eq(&new.server_url),
            identity::server_key.eq(new.server_key.as_bytes().to_vec()),
            identity::programme.eq(new.programme.as_bytes().to_vec()),
            identity::device.eq(new.device.as_bytes().to_vec()),
            identity::user.eq(new.user.as_bytes().to_vec()),
            identity::user_name.eq(&new.user_name),
            identity::token.eq(&new.token),
            identity::papers.eq(enrolment.signature.as_bytes().to_vec()),
        );
        diesel::update(identity::table).set(row).execute(&mut self.connection)?;
        Ok(())
    }

    /// What the server signed when it enrolled this device, to be shown to a server that does not know it any more; none if
    /// the device was enrolled before that was kept.
    ///
    /// # Errors
    /// [`StoreError::NotEnrolled`].
    pub fn papers(&mut self) -> Result<Option<Papers>, StoreError> {
        let identity = self.identity()?;
        let signature: Option<Vec<u8>> = identity::table.select(identity::papers).first(&mut self.connection)?;
        let signature = signature.and_then(|bytes| <[u8; 64]>::try_from(bytes.as_slice()).ok());
        Ok(signature.map(|signature| Papers {
            user: identity.user,
            user_name: identity.user_name,
            public_key: self.public_key().to_string(),
            signature: Signature::from_bytes(signature).to_string(),
        }))
    }

    /// Answers the server's nonce, for a new token.
    ///
    /// # Errors
    /// [`StoreError::NotEnrolled`].
    pub fn sign_renewal(&mut self, nonce: &[u8]) -> Result<Signature, StoreError> {
        let identity = self.identity()?;
        Ok(self.key.sign_renewal(identity.programme, identity.device, nonce))
    }

    /// Keeps the token to use from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_token(&mut self, token: &str, now: Timestamp) -> Result<(), StoreError> {
        set_token(&mut self.connection, token, now)
    }

    /// Whether the token must have run out by this device's own clock. A guess that spares an upload: a clock that was set
    /// meanwhile makes it a wrong one, and the server's answer then says so.
    pub(super) fn token_has_run_out(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        let since: Option<i64> = identity::table.select(identity::token_at).first(&mut self.connection)?;
        let age = since.map(|since| now.millis().saturating_sub(since));
        Ok(age.is_none_or(|age| !(0..TOKEN_LIFE).contains(&age)))
    }
}

pub(super) fn set_token(connection: &mut SqliteConnection, token: &str, now: Timestamp) -> Result<(), StoreError> {
    let row = (identity::token.eq(token), identity::token_at.eq(now.millis()));
    diesel::update(identity::table).set(row).execute(connection)?;
    Ok(())
}
