//! The programme that a database belongs to, and what its first start makes: the programme itself, the areas that come with
//! the server, an administrator, and a user and device that stand for the server.

use diesel::prelude::*;
use sync_core::area::AreaCode;
use sync_core::entropy::Entropy;
use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::identity::PublicKey;
use sync_core::time::Timestamp;
use thiserror::Error;

use crate::access::password::PasswordError;
use crate::areas::loading::{self, AreaListError};
use crate::assignments::{Role, administration};
use crate::audit::{self, Act, By};
use crate::database::schema::{devices, programme};
use crate::database::{AnyConnection, DatabaseError};
use crate::devices::{DeviceKind, enrolment};
use crate::users::account::{self, UserError};

/// Login of the administrator that the first start makes.
pub const FIRST_LOGIN: &str = "admin";
/// Login of the user that stands for the server; nobody can log in with it.
pub const SERVER_LOGIN: &str = "server";

/// Label under which the key that signs enrolments stands among the devices: a process that comes with another one does not
/// belong to this programme.
const PROGRAMME_KEY: &str = "programme";

/// Why the first start did not come to its end. Nothing of it is kept.
#[derive(Debug, Error)]
pub enum FirstStartError {
    /// The areas in the server's source.
    #[error(transparent)]
    Areas(#[from] AreaListError),
    /// The one-time password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The users.
    #[error(transparent)]
    User(#[from] UserError),
    /// The administrator's assignment.
    #[error(transparent)]
    Assignment(#[from] administration::AssignmentError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<diesel::result::Error> for FirstStartError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

/// What the operator must be told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstLogIn {
    /// What to log in with.
    pub login: &'static str,
    /// The one-time password.
    pub password: String,
}

/// The programme of this database, if it has one.
///
/// # Errors
/// [`DatabaseError`].
pub fn find(connection: &mut AnyConnection) -> Result<Option<(ProgrammeId, String)>, DatabaseError> {
    let row: Option<(Vec<u8>, String)> =
        programme::table.select((programme::id, programme::name)).first(connection).optional()?;
    row.map(|(id, name)| Ok((ProgrammeId::from_slice(&id)?, name))).transpose()
}

/// Makes the programme and everything that a new one starts with.
///
/// # Errors
/// [`FirstStartError`].
pub fn make(
    connection: &mut AnyConnection,
    (name, server_key): (&str, &PublicKey),
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(ProgrammeId, FirstLogIn), FirstStartError> {
    let id = ProgrammeId::generate(now, entropy);
    let row =
        (programme::id.eq(id.as_bytes().as_slice()), programme::name.eq(name), programme::made_at.eq(now.millis()));
    diesel::insert_into(programme::table).values(row).execute(connection)?;
    audit::write(connection, By::Server, Act::ProgrammeMade, &id.to_string(), now)?;
    let areas = loading::built_in()?;
    loading::load(connection, By::Server, &areas, now, |_| ())?;
    let server = account::create(connection, By::Server, (SERVER_LOGIN, "Server"), now, entropy)?;
    let (device, kind) = (DeviceId::generate(now, entropy), DeviceKind::Server);
    enrolment::insert(connection, device, server.id, (server_key, PROGRAMME_KEY, kind), now)?;
    let administrator = account::create(connection, By::Server, (FIRST_LOGIN, "Administrator"), now, entropy)?;
    let (password, hash) = account::one_time_password(entropy)?;
    account::reset_password(connection, By::Server, administrator.id, &hash, now)?;
    if let Some(everywhere) = areas.first() {
        assign(connection, administrator.id, &everywhere.code, now, entropy)?;
    }
    Ok((id, FirstLogIn { login: FIRST_LOGIN, password }))
}

fn assign(
    connection: &mut AnyConnection,
    user: UserId,
    area: &AreaCode,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(), FirstStartError> {
    administration::make(connection, By::Server, (user, area, Role::Administrator), now, entropy)?;
    Ok(())
}

/// Whether this is the key that signs the programme's enrolments.
///
/// # Errors
/// [`DatabaseError`].
pub fn is_signed_by(connection: &mut AnyConnection, key: &PublicKey) -> Result<bool, DatabaseError> {
    let own = devices::table
        .filter(devices::public_key.eq(key.as_bytes().as_slice()).and(devices::label.eq(PROGRAMME_KEY)))
        .filter(devices::kind.eq(DeviceKind::Server as i32));
    Ok(own.count().get_result::<i64>(connection)? == 1)
}

/// The device that this process signs as, and its user; registered when the key is new here (R16).
///
/// # Errors
/// [`DatabaseError::Stored`] when the user that stands for the server is gone.
pub fn register_process(
    connection: &mut AnyConnection,
    key: &PublicKey,
    now: Timestamp,
    entropy: &mut dyn Entropy,
) -> Result<(DeviceId, UserId), DatabaseError> {
    let known: Option<(Vec<u8>, Vec<u8>)> = devices::table
        .filter(devices::public_key.eq(key.as_bytes().as_slice()))
        .select((devices::id, devices::user_id))
        .first(connection)
        .optional()?;
    if let Some((device, user)) = known {
        return Ok((DeviceId::from_slice(&device)?, UserId::from_slice(&user)?));
    }
    let (user, _) = account::find_by_login(connection, SERVER_LOGIN)?
        .ok_or_else(|| DatabaseError::stored("the user that stands for the server is missing"))?;
    let device = DeviceId::generate(now, entropy);
    enrolment::insert(connection, device, user.id, (key, "server", DeviceKind::Server), now)?;
    Ok((device, user.id))
}
