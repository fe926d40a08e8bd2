//! What every request needs: the database, the keys, the allowances. Nothing in it is truth; another process has its own.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web;
use sync_core::enrolment::Ticket;
use sync_core::id::{ContentHash, UserId};

use super::error::ApiError;
use super::events::Notices;
use crate::access::code::EnrolmentCode;
use crate::access::rate::Allowance;
use crate::access::token::TokenMint;
use crate::clock::{self, SystemEntropy};
use crate::database::{AnyConnection, Database, DatabaseError};
use crate::held::{self, Settling};
use crate::identity::ServerIdentity;
use crate::opening::Opened;
use crate::secrets::Secrets;

/// Tries of a password from one address: 10 at once, then one each 6 s.
const LOG_IN: (u32, Duration) = (10, Duration::from_secs(6));
/// Tries of an enrolment code or a renewal from one address, behind which a whole office may sit: 60 at once, then one each
/// second.
const ENROL: (u32, Duration) = (60, Duration::from_secs(1));

/// A running server.
pub struct Service {
    /// The database.
    pub database: Database,
    /// The papers of this process.
    pub identity: ServerIdentity,
    /// Keys of the programme.
    pub secrets: Secrets,
    /// Makes and reads tokens.
    pub mint: TokenMint,
    /// How phones and browsers reach this server.
    pub public_url: String,
    /// Whether proxy headers are believed.
    pub behind_proxy: bool,
    /// How long a request may stand still while it arrives.
    pub patience: Duration,
    /// Tells event streams that feeds have grown.
    pub notices: Notices,
    log_in: Allowance<IpAddr>,
    enrol: Allowance<IpAddr>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({})", self.public_url)
    }
}

impl Service {
    /// The service of an opened programme.
    #[must_use]
    pub fn new(opened: Opened, public_url: String, behind_proxy: bool, patience: Duration) -> Self {
        let Opened { database, identity, secrets, first_log_in: _ } = opened;
        let mint = TokenMint::new(identity.programme, &secrets.token_secret);
        Self {
            notices: Notices::new(database.clone()),
            database,
            identity,
            secrets,
            mint,
            public_url,
            behind_proxy,
            patience,
            log_in: allowance(LOG_IN),
            enrol: allowance(ENROL),
        }
    }

    /// Reads from the database on a thread that may wait.
    ///
    /// # Errors
    /// The closure's, or [`ApiError`] of the database.
    pub async fn read<T, E>(
        &self,
        run: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Into<ApiError> + Send + 'static,
    {
        let database = self.database.clone();
        blocking(move || database.read(run)).await
    }

    /// Writes to the database, in one transaction, on a thread that may wait.
    ///
    /// # Errors
    /// The closure's, or [`ApiError`] of the database.
    pub async fn write<T, E>(
        &self,
        run: impl FnOnce(&mut AnyConnection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Into<ApiError> + Send + 'static,
    {
        let database = self.database.clone();
        blocking(move || database.write(run)).await
    }

    /// Judges again what is held of a user whose rights have changed (R3).
    ///
    /// # Errors
    /// [`ApiError`] of the database.
    pub async fn judge_again(self: &Arc<Self>, by: UserId, user: UserId) -> Result<(), ApiError> {
        let working = Arc::clone(self);
        let judged = blocking(move || {
            let (mut entropy, now) = (SystemEntropy, clock::now());
            let mut settling = Settling { identity: &working.identity, by, now, entropy: &mut entropy };
            held::judge_again(&working.database, &mut settling, user)
        });
        if !judged.await?.is_empty() {
            self.notices.committed();
        }
        Ok(())
    }

    /// What an enrolment code's QR shows.
    #[must_use]
    pub fn ticket(&self, code: &EnrolmentCode) -> Ticket {
        ticket(&self.identity, &self.secrets, code, &self.public_url)
    }

    /// The hash of the key that signs enrolments.
    #[must_use]
    pub fn key_hash(&self) -> ContentHash {
        self.secrets.server_key.public().fingerprint()
    }

    /// Counts a try of a password.
    ///
    /// # Errors
    /// [`ApiError::TooMany`].
    pub fn count_log_in(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.log_in.try_now(&self.address_of(request)).map_err(ApiError::TooMany)
    }

    /// Counts a try of a code or a renewal.
    ///
    /// # Errors
    /// [`ApiError::TooMany`].
    pub fn count_enrolment(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.enrol.try_now(&self.address_of(request)).map_err(ApiError::TooMany)
    }

    /// Where a request comes from: the peer, or what the proxy says of it.
    fn address_of(&self, request: &HttpRequest) -> IpAddr {
        let unknown = IpAddr::from([0, 0, 0, 0]);
        let info = request.connection_info();
        let told = if self.behind_proxy { info.realip_remote_addr() } else { info.peer_addr() };
        told.and_then(|text| text.parse().ok()).unwrap_or(unknown)
    }
}

/// The ticket of a code.
#[must_use]
pub fn ticket(identity: &ServerIdentity, secrets: &Secrets, code: &EnrolmentCode, public_url: &str) -> Ticket {
    Ticket {
        programme: identity.programme,
        server_key_hash: secrets.server_key.public().fingerprint(),
        code: code.as_str().to_owned(),
        server_url: public_url.trim_end_matches('/').to_owned(),
    }
}

/// Runs what waits (database, password hashing) on a thread that may.
///
/// # Errors
/// The closure's; [`ApiError::Internal`] when it panicked.
pub(super) async fn blocking<T, E>(run: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, ApiError>
where
    T: Send + 'static,
    E: Into<ApiError> + Send + 'static,
{
    match web::block(run).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(ApiError::Internal("a blocking task did not finish".into())),
    }
}

fn allowance((burst, refill): (u32, Duration)) -> Allowance<IpAddr> {
    Allowance::new(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN), refill)
}
