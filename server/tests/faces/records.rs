//! What phones recorded, as the server shows it: to whom, and how much of it.

use rukun_server::clock;
use serde_json::{Value, json};
use sync_core::area::AreaCode;
use sync_core::form::{FormId, FormVersion};
use sync_core::id::DocumentId;
use sync_core::record::{Answer, Edit, QuestionKey, RecordState};
use sync_core::store::Draft;

use crate::phone::{Phone, VILLAGE, phone_of};
use crate::server::Server;

facts_of_servers!(
    a_conflict_is_read_with_both_values_and_their_authors,
    a_viewer_sees_no_personal_answer_anywhere,
    nobody_reads_outside_their_areas,
    what_was_held_enters_by_itself_when_its_author_gets_the_right,
    a_supervisor_releases_in_the_own_area_only,
    a_moved_record_is_read_where_it_lies,
);

fn publish_form(server: &Server, administrator: &str) {
    let form = json!({
        "schema": 1, "id": "water", "version": "1", "title": {"id": "Air"}, "languages": ["id"],
        "items": [
            {"kind": "question", "path": "head", "type": "text", "personal": true, "search": true},
            {"kind": "question", "path": "source", "type": "text"}
        ]
    });
    let published = server.post("/api/v1/forms", administrator, &form);
    assert_eq!(published.status, 201, "{published:?}");
}

fn key(path: &str) -> QuestionKey {
    QuestionKey::parse(path).unwrap()
}

fn words(text: &str) -> Answer {
    Answer::text(text).unwrap()
}

fn record(phone: &mut Phone) -> DocumentId {
    let draft = Draft {
        form: FormId::new("water"),
        version: FormVersion::new("1"),
        area: AreaCode::parse(VILLAGE).unwrap(),
        subject: None,
        answers: vec![(key("head"), words("Siti Aminah")), (key("source"), words("well"))],
        state: RecordState::Complete,
    };
    phone.store.create_record(&draft, clock::now()).unwrap()
}

fn edit(phone: &mut Phone, id: DocumentId, path: &str, value: &str) {
    let shown = phone.store.open_record(id, clock::now()).unwrap().heads;
    let edits = [Edit::Answer { key: key(path), value: Some(words(value)) }];
    assert!(phone.store.save_record(id, &edits, &shown, clock::now()).unwrap());
}

/// Two phones that answer one question of one record differently, neither having seen the other.
fn in_conflict(server: &Server, administrator: &str) -> (Phone, Phone, DocumentId) {
    publish_form(server, administrator);
    let (mut anna, _) = phone_of(server, administrator, "anna");
    let (mut budi, _) = phone_of(server, administrator, "budi");
    anna.sync(server);
    let id = record(&mut anna);
    anna.sync(server);
    budi.sync(server);
    edit(&mut anna, id, "source", "piped");
    edit(&mut budi, id, "source", "river");
    anna.sync(server);
    budi.sync(server);
    (anna, budi, id)
}

fn answer<'a>(whole: &'a Value, question: &str) -> &'a Value {
    let answers = whole["answers"].as_array().unwrap();
    answers.iter().find(|answer| answer["question"] == question).unwrap_or(&Value::Null)
}

fn a_conflict_is_read_with_both_values_and_their_authors(server: &mut Server) {
    let administrator = server.administrator();
    let (mut anna, _, id) = in_conflict(server, &administrator);
    let conflicts = server.get("/api/v1/conflicts", &administrator).json();
    let mut values: Vec<_> = conflicts["items"][0]["values"].as_array().unwrap().clone();
    values.sort_by_key(ToString::to_string);
    assert_eq!((&conflicts["items"][0]["about"], values), (&json!("source"), vec![json!("piped"), json!("river")]));
    let whole = server.get(&format!("/api/v1/records/{id}"), &administrator).json();
    let source = answer(&whole, "source");
    let mut authors: Vec<_> = source["conflict"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rival| (rival["value"].to_string(), rival["writers"][0]["user_name"].to_string()))
        .collect();
    authors.sort();
    assert_eq!(authors, [("\"piped\"".into(), "\"anna\"".into()), ("\"river\"".into(), "\"budi\"".into())]);
    assert_eq!(source["history"].as_array().unwrap().len(), 3);
    let listed = server.get("/api/v1/records?in_conflict=true&words=siti", &administrator).json();
    assert_eq!(listed["items"][0]["id"], json!(id.to_string()));
    assert_eq!(server.get("/api/v1/records?in_conflict=false", &administrator).json()["items"], json!([]));
    // The document that a program gets is the one that the phone has.
    anna.sync(server);
    let bytes = server.get(&format!("/api/v1/documents/{id}/automerge"), &administrator);
    assert_eq!(bytes.status, 200);
    let on_phone = anna.store.open_record(id, clock::now()).unwrap().heads;
    assert_eq!(sync_core::document::Document::load(&bytes.body).unwrap().heads(), on_phone);
}

fn a_viewer_sees_no_personal_answer_anywhere(server: &mut Server) {
    let administrator = server.administrator();
    let (_, _, id) = in_conflict(server, &administrator);
    let viewer = server.screen_user(&administrator, "donor", VILLAGE, "viewer");
    let whole = server.get(&format!("/api/v1/records/{id}"), &viewer);
    let list = server.get("/api/v1/records", &viewer);
    let conflicts = server.get("/api/v1/conflicts", &viewer);
    for answer in [&whole, &list, &conflicts] {
        assert_eq!(answer.status, 200);
        assert!(!String::from_utf8_lossy(&answer.body).contains("Aminah"), "{answer:?}");
    }
    assert_eq!(answer(&whole.json(), "source")["conflict"].as_array().unwrap().len(), 2);
    assert_eq!(list.json()["items"][0]["answers"]["head"], Value::Null);
    // Nor by guessing: a search would tell whose record it is.
    assert_eq!(server.get("/api/v1/records?words=aminah", &viewer).error(), (403, "forbidden".into()));
    let document = server.get(&format!("/api/v1/documents/{id}/automerge"), &viewer);
    assert_eq!(document.error(), (403, "forbidden".into()));
}

fn nobody_reads_outside_their_areas(server: &mut Server) {
    let administrator = server.administrator();
    let (_, _, id) = in_conflict(server, &administrator);
    let elsewhere = server.screen_user(&administrator, "sari", "35.12.07", "supervisor");
    for path in ["/api/v1/records", "/api/v1/conflicts", "/api/v1/feeds", "/api/v1/held"] {
        assert_eq!(server.get(path, &elsewhere).json()["items"], json!([]), "{path}");
    }
    assert_eq!(server.get("/api/v1/records?area=35.12", &elsewhere).json()["items"], json!([]));
    for path in [format!("/api/v1/records/{id}"), format!("/api/v1/documents/{id}/automerge")] {
        assert_eq!(server.get(&path, &elsewhere).error(), (404, "not_found".into()), "{path}");
    }
    let near = server.screen_user(&administrator, "tuti", "35.12.06", "supervisor");
    assert_eq!(server.get("/api/v1/records?area=35", &near).json()["items"].as_array().unwrap().len(), 1);
    let feeds = server.get("/api/v1/feeds", &near).json();
    assert_eq!((&feeds["items"][0]["area"], &feeds["items"][0]["records"]), (&json!(VILLAGE), &json!(1)));
}

/// A phone whose record is held because its user's assignment ended before it arrived.
fn with_held(server: &Server, administrator: &str) -> (Phone, String, DocumentId) {
    publish_form(server, administrator);
    let (mut anna, user) = phone_of(server, administrator, "anna");
    anna.sync(server);
    let id = record(&mut anna);
    let assignments = server.get(&format!("/api/v1/assignments?user={user}"), administrator).json();
    let assignment = assignments["items"][0]["id"].as_str().unwrap();
    let ended = server.post(&format!("/api/v1/assignments/{assignment}/end"), administrator, &json!({}));
    assert_eq!(ended.status, 200);
    anna.sync(server);
    (anna, user, id)
}

fn what_was_held_enters_by_itself_when_its_author_gets_the_right(server: &mut Server) {
    let administrator = server.administrator();
    let (_, user, id) = with_held(server, &administrator);
    let held = server.get("/api/v1/held", &administrator).json();
    assert_eq!(held["items"][0]["reason"], "no_assignment");
    assert_eq!(server.get("/api/v1/records", &administrator).json()["items"], json!([]));
    let wish = json!({"user": user, "area": VILLAGE, "role": "volunteer"});
    assert_eq!(server.post("/api/v1/assignments", &administrator, &wish).status, 201);
    assert_eq!(server.get("/api/v1/held", &administrator).json()["items"], json!([]));
    assert_eq!(server.get(&format!("/api/v1/records/{id}"), &administrator).status, 200);
}

fn a_supervisor_releases_in_the_own_area_only(server: &mut Server) {
    let administrator = server.administrator();
    let (_, _, id) = with_held(server, &administrator);
    let held = server.get("/api/v1/held", &administrator).json();
    let segment = held["items"][0]["segment"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/held/{segment}/release");
    let elsewhere = server.screen_user(&administrator, "sari", "35.12.07", "supervisor");
    assert_eq!(server.post(&path, &elsewhere, &json!({})).error(), (404, "not_found".into()));
    let viewer = server.screen_user(&administrator, "donor", VILLAGE, "viewer");
    assert_eq!(server.post(&path, &viewer, &json!({})).error(), (403, "forbidden".into()));
    let near = server.screen_user(&administrator, "tuti", VILLAGE, "supervisor");
    let released = server.post(&path, &near, &json!({}));
    assert_eq!((released.status, &released.json()["document"]), (200, &json!(id.to_string())));
    assert_eq!(server.post(&path, &near, &json!({})).error(), (404, "not_found".into()));
    assert_eq!(server.get(&format!("/api/v1/records/{id}"), &near).status, 200);
}

fn a_moved_record_is_read_where_it_lies(server: &mut Server) {
    let administrator = server.administrator();
    let (_, _, id) = in_conflict(server, &administrator);
    let path = format!("/api/v1/records/{id}/move");
    assert_eq!(
        server.post(&path, &administrator, &json!({"area": "11.01.01.2001"})).error(),
        (404, "not_found".into())
    );
    let near = server.screen_user(&administrator, "tuti", VILLAGE, "supervisor");
    let foreign = json!({"area": "35.12.06.2005"});
    assert_eq!(server.post(&path, &near, &foreign).error(), (404, "not_found".into()));
    assert_eq!(server.post(&path, &administrator, &foreign).status, 204);
    assert_eq!(server.get(&format!("/api/v1/records/{id}"), &near).error(), (404, "not_found".into()));
    let whole = server.get(&format!("/api/v1/records/{id}"), &administrator).json();
    assert_eq!(whole["record"]["area"], "35.12.06.2005");
}
