//! Enrolment and renewal: what is taken, and that nothing changes when something is not (R17).

use diesel::prelude::*;
use rukun_server::access::code::CODE_LIFE_MILLIS;
use rukun_server::access::nonce::{self, NONCE_LIFE_MILLIS, NonceError};
use rukun_server::audit::By;
use rukun_server::database::schema::{audit, devices, enrolment_codes, nonces};
use rukun_server::database::{Database, DatabaseError};
use rukun_server::devices::administration;
use rukun_server::devices::enrolment::{self, EnrolError, Wish};
use rukun_server::devices::renewal::{self, RenewError};
use rukun_server::devices::returning::Returning;
use rukun_server::devices::{Admission, admission};
use rukun_server::users::account;
use sync_core::enrolment::Papers;
use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::identity::KeyPair;
use sync_core::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);
const PROGRAMME: ProgrammeId = ProgrammeId::from_bytes([1; 16]);
const SECRET: [u8; 32] = [5; 32];

facts!(
    the_same_code_and_key_name_the_same_device_for_a_day,
    a_used_an_expired_and_an_unknown_code_change_nothing,
    a_signature_of_another_programme_or_key_changes_nothing,
    a_nonce_renews_once_and_for_its_device_only,
    a_device_that_is_not_known_any_more_comes_back_by_its_papers,
    a_revoked_device_and_a_disabled_user_get_a_token_by_which_only_to_bring_work,
);

fn randomness() -> impl FnMut(&mut [u8]) + Send {
    let mut next = 0_u8;
    move |bytes: &mut [u8]| {
        next += 1;
        bytes.fill(next);
    }
}

/// A user and a code.
fn user_with_code(database: &Database) -> (UserId, String) {
    let mut entropy = randomness();
    database
        .write::<_, EnrolError>(|connection| {
            let user = account::create(connection, By::CommandLine, ("anna", "Anna"), NOW, &mut entropy).unwrap();
            let (code, _) = enrolment::make_code(connection, By::CommandLine, user.id, NOW, &mut entropy)?;
            Ok((user.id, code.as_str().to_owned()))
        })
        .unwrap()
}

fn enrol(database: &Database, code: &str, key: &KeyPair, now: Timestamp) -> Result<DeviceId, EnrolError> {
    let wish = Wish { code, key: key.public(), signature: key.sign_enrolment(PROGRAMME, code), label: "phone" };
    enrol_as(database, &wish, now)
}

fn enrol_as(database: &Database, wish: &Wish<'_>, now: Timestamp) -> Result<DeviceId, EnrolError> {
    let mut entropy = randomness();
    database.write(|connection| enrolment::enrol(connection, PROGRAMME, wish, now, &mut entropy).map(|(id, _)| id))
}

fn key(seed: u8) -> KeyPair {
    KeyPair::from_secret(&[seed; 32])
}

/// Rows that a refused request may not change.
fn rows(database: &Database) -> (i64, i64, i64, i64) {
    database
        .read::<_, DatabaseError>(|connection| {
            let used = enrolment_codes::table.filter(enrolment_codes::used_by_key.is_not_null());
            Ok((
                devices::table.count().get_result(connection)?,
                used.count().get_result(connection)?,
                nonces::table.count().get_result(connection)?,
                audit::table.count().get_result(connection)?,
            ))
        })
        .unwrap()
}

fn the_same_code_and_key_name_the_same_device_for_a_day(database: &Database) {
    let (_, code) = user_with_code(database);
    let device = enrol(database, &code, &key(1), NOW).unwrap();
    let before = rows(database);
    let last = NOW.plus_millis(CODE_LIFE_MILLIS);
    assert_eq!(enrol(database, &code, &key(1), last).unwrap(), device);
    assert!(matches!(enrol(database, &code, &key(1), last.plus_millis(1)), Err(EnrolError::CodeExpired)));
    assert_eq!(rows(database), before);
}

fn a_used_an_expired_and_an_unknown_code_change_nothing(database: &Database) {
    let (_, code) = user_with_code(database);
    let before = rows(database);
    let late = NOW.plus_millis(CODE_LIFE_MILLIS + 1);
    assert!(matches!(enrol(database, &code, &key(1), late), Err(EnrolError::CodeExpired)));
    let unknown = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    assert!(matches!(enrol(database, unknown, &key(1), NOW), Err(EnrolError::CodeUnknown)));
    assert!(matches!(enrol(database, "", &key(1), NOW), Err(EnrolError::CodeUnknown)));
    assert_eq!(rows(database), before);
    enrol(database, &code, &key(1), NOW).unwrap();
    let before = rows(database);
    assert!(matches!(enrol(database, &code, &key(2), NOW), Err(EnrolError::CodeUsed)));
    assert_eq!(rows(database), before);
}

fn a_signature_of_another_programme_or_key_changes_nothing(database: &Database) {
    let (_, code) = user_with_code(database);
    let before = rows(database);
    let other = ProgrammeId::from_bytes([9; 16]);
    for signature in [key(1).sign_enrolment(other, &code), key(2).sign_enrolment(PROGRAMME, &code)] {
        let wish = Wish { code: &code, key: key(1).public(), signature, label: "phone" };
        assert!(matches!(enrol_as(database, &wish, NOW), Err(EnrolError::Signature)));
    }
    let label = "x".repeat(121);
    let signature = key(1).sign_enrolment(PROGRAMME, &code);
    let wish = Wish { code: &code, key: key(1).public(), signature, label: &label };
    assert!(matches!(enrol_as(database, &wish, NOW), Err(EnrolError::Label)));
    assert_eq!(rows(database), before);
}

fn renew(
    database: &Database,
    device: DeviceId,
    nonce: &str,
    signer: &KeyPair,
    now: Timestamp,
) -> Result<UserId, RenewError> {
    renew_with(database, device, (nonce, signer), None, now)
}

fn renew_with(
    database: &Database,
    device: DeviceId,
    (nonce, signer): (&str, &KeyPair),
    returning: Option<&Returning>,
    now: Timestamp,
) -> Result<UserId, RenewError> {
    let signature = signer.sign_renewal(PROGRAMME, device, nonce.as_bytes());
    let answer = (nonce, &signature);
    database
        .write(|connection| renewal::renew(connection, (PROGRAMME, &SECRET), device, answer, returning, now))
        .map(|renewed| renewed.user)
}

fn nonce_for(device: DeviceId) -> String {
    nonce::issue(&SECRET, device, NOW, &mut randomness())
}

fn a_nonce_renews_once_and_for_its_device_only(database: &Database) {
    let (user, code) = user_with_code(database);
    let device = enrol(database, &code, &key(1), NOW).unwrap();
    let (nonce, stranger) = (nonce_for(device), DeviceId::from_bytes([9; 16]));
    let before = rows(database);
    let late = NOW.plus_millis(NONCE_LIFE_MILLIS + 1);
    let refused = |device, nonce: &str, signer: &KeyPair, now| renew(database, device, nonce, signer, now).unwrap_err();
    assert!(matches!(refused(device, &nonce, &key(1), late), RenewError::Nonce(NonceError::Expired)));
    assert!(matches!(refused(stranger, &nonce, &key(1), NOW), RenewError::Nonce(NonceError::Foreign)));
    assert!(matches!(refused(stranger, &nonce_for(stranger), &key(1), NOW), RenewError::DeviceUnknown));
    assert!(matches!(refused(device, &nonce, &key(2), NOW), RenewError::Signature));
    assert_eq!(rows(database), before);
    assert_eq!(renew(database, device, &nonce, &key(1), NOW).unwrap(), user);
    let before = rows(database);
    assert!(matches!(refused(device, &nonce, &key(1), NOW), RenewError::NonceUsed));
    assert_eq!(rows(database), before);
}

/// R9: the server was restored from a backup that is older than the enrolment, of the user too.
fn a_device_that_is_not_known_any_more_comes_back_by_its_papers(database: &Database) {
    let (server, device, user) = (key(7), DeviceId::from_bytes([9; 16]), UserId::from_bytes([8; 16]));
    let papers = |signer: &KeyPair| Papers {
        user,
        user_name: "Budi".into(),
        public_key: key(1).public().to_string(),
        signature: signer.sign_enrolled(PROGRAMME, device, user, &key(1).public()).to_string(),
    };
    let verify = |signer, device| Returning::verify(&papers(signer), (&server.public(), PROGRAMME), device);
    let stranger = key(2);
    assert!(verify(&stranger, device).is_err(), "papers of another server");
    assert!(verify(&server, DeviceId::from_bytes([3; 16])).is_err(), "papers of another device");
    let returning = verify(&server, device).unwrap();
    let before = rows(database);
    let thief = renew_with(database, device, (&nonce_for(device), &key(2)), Some(&returning), NOW);
    assert!(matches!(thief, Err(RenewError::Signature)), "{thief:?}");
    assert_eq!(rows(database), before);
    renew_with(database, device, (&nonce_for(device), &key(1)), Some(&returning), NOW).unwrap();
    let found = database.read(|connection| rukun_server::devices::find(connection, device)).unwrap().unwrap();
    assert_eq!((found.user, found.public_key), (user, key(1).public()));
    let name = database.read(|connection| rukun_server::users::find(connection, user)).unwrap().unwrap().name;
    assert_eq!(name, "Budi");
}

fn a_revoked_device_and_a_disabled_user_get_a_token_by_which_only_to_bring_work(database: &Database) {
    let (user, code) = user_with_code(database);
    let device = enrol(database, &code, &key(1), NOW).unwrap();
    let disable = |disabled| {
        database.write(|connection| account::set_disabled(connection, By::CommandLine, user, disabled, NOW)).unwrap()
    };
    let admitted = || database.read(|connection| admission(connection, device)).unwrap();
    disable(true);
    assert_eq!(admitted(), Admission::UserDisabled);
    disable(false);
    assert_eq!(admitted(), Admission::Admitted);
    database.write(|connection| administration::revoke(connection, By::CommandLine, device, NOW)).unwrap();
    assert_eq!(renew(database, device, &nonce_for(device), &key(1), NOW).unwrap(), user);
    assert_eq!(admitted(), Admission::Revoked);
    let before = rows(database);
    assert!(matches!(enrol(database, &code, &key(1), NOW), Err(EnrolError::DeviceRevoked)));
    assert_eq!(rows(database), before);
}
