//! The REST interface: who may do what, and how it says no.

use serde_json::json;

use crate::server::Server;

facts_of_servers!(
    the_one_time_password_must_be_changed_and_log_out_counts_at_once,
    errors_are_bodies_with_stable_codes,
    users_are_made_disabled_and_listed_in_pages,
    only_administrators_administer,
    the_last_administrator_stays,
    a_new_programme_has_the_built_in_forms,
    a_form_is_published_once_and_never_altered,
    areas_are_found_by_name_and_by_parent,
    a_process_with_other_keys_does_not_join_the_programme,
    a_zero_byte_is_no_error_of_the_server,
);

fn the_one_time_password_must_be_changed_and_log_out_counts_at_once(server: &mut Server) {
    let wrong = server.post("/api/v1/session", "", &json!({"login": "admin", "password": "guessed guessed"}));
    assert_eq!(wrong.error(), (401, "log_in_failed".into()));
    let nobody = server.post("/api/v1/session", "", &json!({"login": "nobody", "password": "guessed guessed"}));
    assert_eq!(nobody.body, wrong.body);
    let first = server.log_in("admin", &server.one_time_password);
    assert_eq!(server.get("/api/v1/users", &first).error(), (403, "password_change_needed".into()));
    let short = json!({"old": server.one_time_password, "new": "pendek"});
    assert_eq!(server.post("/api/v1/session/password", &first, &short).error(), (422, "invalid".into()));
    let other = server.log_in("admin", &server.one_time_password);
    let cookie = server.administrator();
    assert_eq!(server.get("/api/v1/session", &cookie).json()["administrator"], true);
    // A new password ends the other sessions, and logging out ends this one, whatever its token says.
    assert_eq!(server.get("/api/v1/session", &other).error(), (401, "log_in_needed".into()));
    assert_eq!(server.send("DELETE", "/api/v1/session", &[("cookie", &cookie)], &[]).status, 204);
    assert_eq!(server.get("/api/v1/session", &cookie).error(), (401, "log_in_needed".into()));
}

fn errors_are_bodies_with_stable_codes(server: &mut Server) {
    let cookie = server.administrator();
    let json_type = ("content-type", "application/json");
    let sent = |method, path, body: &[u8]| server.send(method, path, &[("cookie", &cookie), json_type], body);
    assert_eq!(sent("GET", "/nowhere", b"").error(), (404, "not_found".into()));
    let method = sent("DELETE", "/api/v1/users", b"");
    assert_eq!(method.error(), (405, "method_not_allowed".into()));
    assert_eq!(method.header("allow"), Some("GET, POST"));
    assert_eq!(sent("POST", "/api/v1/users", b"{").error(), (400, "malformed".into()));
    assert_eq!(sent("POST", "/api/v1/users", br#"{"login":"a","name":"A","x":1}"#).error(), (400, "malformed".into()));
    assert_eq!(sent("POST", "/api/v1/users", &vec![b' '; 70_000]).error(), (413, "too_large".into()));
    assert_eq!(sent("GET", "/api/v1/users?limit=0", b"").error(), (400, "malformed".into()));
    assert_eq!(sent("GET", "/api/v1/users/not-an-id", b"").error(), (400, "malformed".into()));
    assert_eq!(sent("GET", "/api/v1/devices?after=x", b"").error(), (400, "malformed".into()));
    let plain = server.send("POST", "/api/v1/users", &[("cookie", &cookie), ("content-type", "text/plain")], b"{}");
    assert_eq!(plain.error(), (415, "media_type".into()));
    let answer = server.send("GET", "/health", &[("x-request-id", "from-the-proxy")], b"");
    assert_eq!(answer.header("x-request-id"), Some("from-the-proxy"));
    let made = server.send("GET", "/health", &[("x-request-id", "no\"quotes")], b"");
    assert_eq!(made.header("x-request-id").map(str::len), Some(32));
}

fn users_are_made_disabled_and_listed_in_pages(server: &mut Server) {
    let cookie = server.administrator();
    for login in ["budi", "citra"] {
        server.user(&cookie, login, "35.12.06.2004", "volunteer");
    }
    let again = server.post("/api/v1/users", &cookie, &json!({"login": "budi", "name": "Budi"}));
    assert_eq!(again.error(), (409, "login_taken".into()));
    let wrong = server.post("/api/v1/users", &cookie, &json!({"login": "Budi 2", "name": "Budi"}));
    assert_eq!(wrong.error(), (422, "invalid".into()));
    let first = server.get("/api/v1/users?limit=3", &cookie).json();
    let next = first["next"].as_str().unwrap();
    let rest = server.get(&format!("/api/v1/users?after={next}"), &cookie).json();
    let logins: Vec<_> = [first["items"].as_array().unwrap().clone(), rest["items"].as_array().unwrap().clone()]
        .concat()
        .iter()
        .map(|user| user["login"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(logins, ["admin", "budi", "citra", "server"]);
    assert_eq!(rest["next"], json!(null));
    let id = first["items"][1]["id"].as_str().unwrap();
    let disabled = server.post(&format!("/api/v1/users/{id}/disable"), &cookie, &json!({}));
    assert!(disabled.json()["disabled_at"].is_i64());
    let code = server.post("/api/v1/devices/codes", &cookie, &json!({"user": id}));
    assert_eq!(code.error(), (403, "user_disabled".into()));
}

fn only_administrators_administer(server: &mut Server) {
    let administrator = server.administrator();
    let supervisor = server.screen_user(&administrator, "sari", "35.12.06", "supervisor");
    let own = server.get("/api/v1/session", &supervisor).json();
    assert_eq!((&own["administrator"], &own["areas"]), (&json!(false), &json!(["35.12.06"])));
    for path in ["/api/v1/users", "/api/v1/devices", "/api/v1/assignments"] {
        assert_eq!(server.get(path, &supervisor).error(), (403, "forbidden".into()), "{path}");
        assert_eq!(server.get(path, "").error(), (401, "log_in_needed".into()), "{path}");
        assert_eq!(server.get(path, "rukun_session=x.y.z").error(), (401, "log_in_needed".into()), "{path}");
    }
    let made = server.post("/api/v1/users", &supervisor, &json!({"login": "x", "name": "X"}));
    assert_eq!(made.error(), (403, "forbidden".into()));
    assert_eq!(server.post("/api/v1/forms", &supervisor, &json!({})).error(), (403, "forbidden".into()));
    let villages = server.get("/api/v1/areas?parent=35.12.07", &supervisor).json();
    assert_eq!(villages["items"], json!([]));
}

fn the_last_administrator_stays(server: &mut Server) {
    let cookie = server.administrator();
    let own = server.get("/api/v1/assignments", &cookie).json()["items"][0]["id"].as_str().unwrap().to_owned();
    let end = |id: &str| server.post(&format!("/api/v1/assignments/{id}/end"), &cookie, &json!({}));
    assert_eq!(end(&own).error(), (409, "last_administrator".into()));
    server.user(&cookie, "wati", "35.12", "administrator");
    assert_eq!(end(&own).status, 200);
    // Nobody asks the token: the very next request is that of somebody without rights.
    assert_eq!(server.get("/api/v1/users", &cookie).error(), (403, "forbidden".into()));
}

fn a_new_programme_has_the_built_in_forms(server: &mut Server) {
    let cookie = server.administrator();
    let forms = server.get("/api/v1/forms", &cookie).json()["items"].clone();
    for name in ["jmp-core", "kotaku-household", "kotaku-rt"] {
        assert!(forms.as_array().unwrap().iter().any(|form| form["form"] == name), "{name} in {forms}");
    }
}

fn a_form_is_published_once_and_never_altered(server: &mut Server) {
    let cookie = server.administrator();
    let form = |title: &str| json!({"schema": 1, "id": "water", "version": "1", "title": {"id": title}, "languages": [], "items": []});
    let published = server.post("/api/v1/forms", &cookie, &form("Air"));
    assert_eq!(published.status, 201, "{published:?}");
    assert_eq!(server.post("/api/v1/forms", &cookie, &form("Air")).json(), published.json());
    assert_eq!(server.post("/api/v1/forms", &cookie, &form("Lain")).error(), (409, "version_taken".into()));
    assert_eq!(server.post("/api/v1/forms", &cookie, &json!({"schema": 1})).error(), (422, "invalid".into()));
    let retired = server.post("/api/v1/forms/water/1/retire", &cookie, &json!({}));
    assert_eq!(retired.json()["retired"], true);
    let listed = server.get("/api/v1/forms", &cookie).json();
    let found = listed["items"].as_array().unwrap().iter().find(|form| form["form"] == "water").unwrap();
    assert_eq!(found["retired"], true);
    assert_eq!(server.post("/api/v1/forms/water/2/retire", &cookie, &json!({})).error(), (404, "not_found".into()));
}

fn areas_are_found_by_name_and_by_parent(server: &mut Server) {
    let cookie = server.administrator();
    let named = server.get("/api/v1/areas?name=KILENSARI", &cookie).json();
    assert_eq!(named["items"], json!([{"code": "35.12.06.2004", "name": "Kilensari", "level": 4}]));
    let districts = server.get("/api/v1/areas?parent=35.12", &cookie).json();
    assert_eq!(districts["items"].as_array().unwrap().len(), 17);
    let village = server.get("/api/v1/areas/35.12.06.2004", &cookie).json();
    assert_eq!(village["outline"]["type"], "MultiPolygon");
    assert_eq!(server.get("/api/v1/areas/99", &cookie).error(), (404, "not_found".into()));
}

fn a_process_with_other_keys_does_not_join_the_programme(server: &mut Server) {
    use rukun_server::opening::{self, OpenError};
    use rukun_server::secrets::SecretsError;
    let elsewhere = tempfile::tempdir().unwrap();
    let mut second = server.configuration.clone();
    second.database = second.database_url();
    second.data = elsewhere.path().to_owned();
    let open = |configuration| opening::open(configuration).map(|opened| opened.identity.device);
    assert!(matches!(open(&second), Err(OpenError::Secrets(SecretsError::Missing(_)))));
    let hex = "07".repeat(32);
    for name in ["server.key", "token.secret"] {
        std::fs::write(elsewhere.path().join(name), &hex).unwrap();
    }
    assert!(matches!(open(&second), Err(OpenError::ForeignKey(_))));
    for name in ["server.key", "token.secret"] {
        std::fs::copy(server.folder.path().join(name), elsewhere.path().join(name)).unwrap();
    }
    // With the programme's keys it joins, as a device of its own (R16).
    let joined = open(&second).unwrap();
    assert_ne!(joined, open(&server.configuration).unwrap());
    assert_eq!(joined, open(&second).unwrap());
}

fn a_zero_byte_is_no_error_of_the_server(server: &mut Server) {
    let cookie = server.administrator();
    let login = server.post("/api/v1/session", "", &json!({"login": "a\u{0}b", "password": "guessed guessed"}));
    assert!([400, 401].contains(&login.status), "{login:?}");
    let found = server.get("/api/v1/records?words=%00", &cookie);
    assert!([200, 400].contains(&found.status), "{found:?}");
}
