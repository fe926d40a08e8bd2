//! Phones over HTTP: the whole path, and what a wrong token, frame or version gets.

use std::io::{BufRead, BufReader};

use diesel::prelude::*;
use rukun_server::access::token::TokenMint;
use rukun_server::clock;
use rukun_server::database::DatabaseError;
use rukun_server::database::schema::{devices, segments};
use serde_json::json;
use sync_core::area::AreaCode;
use sync_core::exchange::{HeldReason, MEDIA_TYPE};
use sync_core::form::{FormId, FormVersion};
use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::record::RecordState;
use sync_core::store::{Draft, SyncRun};

use crate::phone::{Phone, VILLAGE, phone_of};
use crate::server::Server;

facts_of_servers!(
    a_phone_enrols_syncs_and_fetches_the_form,
    wrong_tokens_and_frames_get_their_documented_error_and_change_nothing,
    a_revoked_phone_reads_nothing_more_and_what_was_typed_on_it_is_held,
    a_phone_that_a_restored_server_does_not_know_comes_back_by_itself,
    an_event_stream_says_where_feeds_stand_and_ends_with_the_server,
);

fn a_phone_enrols_syncs_and_fetches_the_form(server: &mut Server) {
    let administrator = server.administrator();
    let form =
        json!({"schema": 1, "id": "water", "version": "1", "title": {"id": "Air"}, "languages": [], "items": []});
    assert_eq!(server.post("/api/v1/forms", &administrator, &form).status, 201);
    let (mut phone, _) = phone_of(server, &administrator, "anna");
    phone.sync(server);
    let fetched = phone.store.form(&FormId::new("water"), &FormVersion::new("1")).unwrap();
    assert_eq!(fetched.id, FormId::new("water"));
    let people = phone.store.people().unwrap();
    assert!(people.users.values().any(|name| name == "anna"));
    assert!(people.devices.values().any(|device| device.label == "Anna's phone"));
    let listed = server.get("/api/v1/devices", &administrator).json();
    assert!(listed["items"].as_array().unwrap().iter().any(|device| device["last_seen_at"].is_i64()), "{listed}");
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn wrong_tokens_and_frames_get_their_documented_error_and_change_nothing(server: &mut Server) {
    let administrator = server.administrator();
    let (mut phone, _) = phone_of(server, &administrator, "anna");
    phone.sync(server);
    let rows = || {
        let count = |connection: &mut _| {
            let seen: Vec<Option<i64>> =
                devices::table.order(devices::id).select(devices::last_seen_at).load(connection)?;
            Ok::<_, DatabaseError>((segments::table.count().get_result::<i64>(connection)?, seen))
        };
        server.database.read(count).unwrap()
    };
    let before = rows();
    let good = phone.token();
    let exchange = |token: &str, kind: &str, body: &[u8]| {
        server.send("POST", "/sync/v1/exchange", &[("authorization", token), ("content-type", kind)], body)
    };
    let invalid = (401, "token_invalid".to_owned());
    assert_eq!(exchange("", MEDIA_TYPE, b"x").error(), invalid);
    assert_eq!(exchange("Bearer x.y.z", MEDIA_TYPE, b"x").error(), invalid);
    let identity = phone.store.identity().unwrap();
    let foreign = TokenMint::new(identity.programme, &[7; 32]);
    let token = foreign.device_token(identity.device, identity.user, clock::now()).unwrap();
    assert_eq!(exchange(&bearer(&token), MEDIA_TYPE, b"x").error(), invalid);
    for (programme, device, ago, expected) in [
        (identity.programme, identity.device, 16 * 60_000, (401, "token_expired")),
        (ProgrammeId::from_bytes([9; 16]), identity.device, 0, (401, "token_invalid")),
        (identity.programme, DeviceId::from_bytes([9; 16]), 0, (403, "device_unknown")),
    ] {
        let token = mint_of(server, programme).device_token(device, identity.user, clock::now().plus_millis(-ago));
        let frame = frame_of(&mut phone);
        let answer = exchange(&bearer(&token.unwrap()), MEDIA_TYPE, &frame);
        assert_eq!(answer.error(), (expected.0, expected.1.to_owned()));
    }
    let good = bearer(&good);
    assert_eq!(exchange(&good, "application/json", b"{}").error(), (415, "media_type".into()));
    assert_eq!(exchange(&good, MEDIA_TYPE, b"hello").error(), (400, "malformed".into()));
    assert_eq!(exchange(&good, MEDIA_TYPE, &vec![0; 1024 * 1024 + 1]).error(), (413, "too_large".into()));
    let mut cut = frame_of(&mut phone);
    cut.truncate(cut.len() - 3);
    assert_eq!(exchange(&good, MEDIA_TYPE, &cut).error(), (400, "malformed".into()));
    assert_eq!(rows(), before);
}

/// The frame that the phone's next exchange would send.
fn frame_of(phone: &mut Phone) -> Vec<u8> {
    let call = SyncRun::new().next(&mut phone.store, clock::now()).unwrap().unwrap();
    assert_eq!(call.path, "/sync/v1/exchange");
    call.body
}

/// The server's own mint, for `programme`.
fn mint_of(server: &Server, programme: ProgrammeId) -> TokenMint {
    let text = std::fs::read_to_string(server.folder.path().join("token.secret")).unwrap();
    let secret = sync_core::id::ContentHash::parse(text.trim()).unwrap();
    TokenMint::new(programme, secret.as_bytes())
}

fn a_revoked_phone_reads_nothing_more_and_what_was_typed_on_it_is_held(server: &mut Server) {
    let administrator = server.administrator();
    publish_form(server, &administrator);
    let (mut phone, _) = phone_of(server, &administrator, "anna");
    phone.sync(server);
    let hash = phone.store.catalogue().unwrap()[0].hash;
    phone.store.create_record(&draft(), clock::now()).unwrap();
    let device = phone.store.identity().unwrap().device;
    let stranger = UserId::from_bytes([3; 16]);
    let missing = server.post(&format!("/api/v1/devices/{stranger}/revoke"), &administrator, &json!({}));
    assert_eq!(missing.error(), (404, "not_found".into()));
    let revoked = server.post(&format!("/api/v1/devices/{device}/revoke"), &administrator, &json!({}));
    assert_eq!(revoked.status, 204);
    let events = server.send("GET", "/sync/v1/events", &[("authorization", &bearer(&phone.token()))], &[]);
    assert_eq!(events.error(), (403, "device_revoked".into()));
    let nonce = server.post("/sync/v1/nonce", "", &json!({"device": device})).json();
    let nonce = nonce["nonce"].as_str().unwrap();
    let signature = phone.store.sign_renewal(nonce.as_bytes()).unwrap().to_string();
    let wish = json!({"device": device, "nonce": nonce, "signature": signature});
    let token = server.post("/sync/v1/token", "", &wish).json();
    phone.store.keep_token(token["token"].as_str().unwrap(), clock::now()).unwrap();
    let content =
        server.send("GET", &format!("/sync/v1/contents/{hash}"), &[("authorization", &bearer(&phone.token()))], &[]);
    assert_eq!(content.error(), (403, "device_revoked".into()));
    phone.sync(server);
    let waiting = phone.store.waiting().unwrap();
    assert_eq!((waiting.len(), waiting[0].reason), (1, Some(HeldReason::DeviceRevoked as u8)));
}

fn publish_form(server: &Server, administrator: &str) {
    let form =
        json!({"schema": 1, "id": "water", "version": "1", "title": {"id": "Air"}, "languages": [], "items": []});
    assert_eq!(server.post("/api/v1/forms", administrator, &form).status, 201);
}

fn draft() -> Draft {
    Draft {
        form: FormId::new("water"),
        version: FormVersion::new("1"),
        area: AreaCode::parse(VILLAGE).unwrap(),
        subject: None,
        answers: Vec::new(),
        state: RecordState::Draft,
    }
}

/// R9: its enrolment is younger than the backup that is in the database's place now.
fn a_phone_that_a_restored_server_does_not_know_comes_back_by_itself(server: &mut Server) {
    let administrator = server.administrator();
    publish_form(server, &administrator);
    let (mut phone, _) = phone_of(server, &administrator, "anna");
    phone.sync(server);
    let id = phone.store.identity().unwrap().device.as_bytes().to_vec();
    let this = || devices::table.filter(devices::id.eq(&id));
    let gone = server.database.write::<_, DatabaseError>(|connection| Ok(diesel::delete(this()).execute(connection)?));
    assert_eq!(gone.unwrap(), 1);
    phone.store.create_record(&draft(), clock::now()).unwrap();
    phone.sync(server);
    assert_eq!((phone.store.waiting().unwrap(), phone.store.feeds().unwrap()[0].agrees), (Vec::new(), Some(true)));
    let known =
        server.database.read::<_, DatabaseError>(|connection| Ok(this().count().get_result::<i64>(connection)?));
    assert_eq!(known.unwrap(), 1);
}

fn an_event_stream_says_where_feeds_stand_and_ends_with_the_server(server: &mut Server) {
    let administrator = server.administrator();
    let (mut phone, _) = phone_of(server, &administrator, "anna");
    let request = ureq::http::Request::builder()
        .uri(format!("{}/sync/v1/events", server.url))
        .header("authorization", bearer(&phone.token()))
        .body(())
        .unwrap();
    let answer = crate::server::agent().run(request).unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut lines = BufReader::new(answer.into_body().into_reader()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), ": rukun");
    // A feed comes to be, as another process would make it: in the database, with nobody told here.
    let area = AreaCode::parse(VILLAGE).unwrap();
    server
        .database
        .write::<_, DatabaseError>(|connection| {
            let mut feed = rukun_server::feeds::lock(connection, &area, &mut rukun_server::clock::SystemEntropy)?;
            feed.advance();
            feed.write(connection)
        })
        .unwrap();
    let said: Vec<String> = lines.by_ref().map(Result::unwrap).filter(|line| !line.is_empty()).take(2).collect();
    assert_eq!(said, ["event: feed", r#"data: {"area":"35.12.06.2004","sequence":1}"#]);
}
