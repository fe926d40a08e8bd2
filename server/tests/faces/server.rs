//! A really started server in this process, on a port of its own, and the little client that speaks to it.

use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use rukun_server::configuration::{Configuration, Flags};
use rukun_server::database::Database;
use rukun_server::http::Stopper;
use rukun_server::opening;
use serde_json::Value;
use tempfile::TempDir;

/// Makes of each fact, a function that takes a running server, one test on SQLite and one on PostgreSQL.
macro_rules! facts_of_servers {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&mut $crate::server::Server::start(String::new())); })+
        }
        mod postgres {
            $(#[test] fn $name() {
                if let Some(url) = rukun_test_postgres::fresh_database() {
                    super::$name(&mut $crate::server::Server::start(url));
                }
            })+
        }
    };
}

pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) database: Database,
    pub(crate) one_time_password: String,
    pub(crate) folder: TempDir,
    pub(crate) configuration: Configuration,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Server {
    pub(crate) fn start(database: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags {
            data: Some(folder.path().to_str().unwrap().to_owned()),
            database: Some(database),
            port: Some("0".into()),
            workers: Some("1".into()),
            ..Flags::default()
        };
        let configuration = Configuration::load(None, std::iter::empty(), &flags).unwrap();
        let kept = configuration.clone();
        let (say, heard) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let opened = opening::open(&configuration).unwrap();
            let password = opened.first_log_in.clone().unwrap().password;
            let database = opened.database.clone();
            actix_web::rt::System::new().block_on(async {
                let running = rukun_server::http::serve(&configuration, opened).unwrap();
                say.send((running.address, database, password, running.stopper())).unwrap();
                running.finished().await.unwrap();
            });
        });
        let (address, database, one_time_password, stopper) = heard.recv_timeout(Duration::from_secs(60)).unwrap();
        let url = format!("http://{address}");
        Self { url, database, one_time_password, folder, configuration: kept, stopper, thread: Some(thread) }
    }

    /// Sends a request and gives the answer, of whatever status.
    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send(&self.url, method, path, headers, body)
    }

    pub(crate) fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        self.send("POST", path, &[("content-type", "application/json"), ("cookie", cookie)], &body)
    }

    pub(crate) fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send("GET", path, &[("cookie", cookie)], &[])
    }

    /// Logs in and gives the session's cookie.
    pub(crate) fn log_in(&self, login: &str, password: &str) -> String {
        let answer = self.post("/api/v1/session", "", &serde_json::json!({"login": login, "password": password}));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }

    /// The administrator's cookie, after the one-time password has been changed.
    pub(crate) fn administrator(&self) -> String {
        let cookie = self.log_in("admin", &self.one_time_password);
        let change = serde_json::json!({"old": self.one_time_password, "new": "sumur bor dua belas"});
        assert_eq!(self.post("/api/v1/session/password", &cookie, &change).status, 204);
        cookie
    }

    /// Makes a user with a role in an area, and gives the id.
    pub(crate) fn user(&self, administrator: &str, login: &str, area: &str, role: &str) -> String {
        let made = self.post("/api/v1/users", administrator, &serde_json::json!({"login": login, "name": login}));
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let wish = serde_json::json!({"user": id, "area": area, "role": role});
        let assigned = self.post("/api/v1/assignments", administrator, &wish);
        assert_eq!(assigned.status, 201, "{assigned:?}");
        id
    }

    /// The cookie of a user who has been given a password and has changed it.
    pub(crate) fn screen_user(&self, administrator: &str, login: &str, area: &str, role: &str) -> String {
        let id = self.user(administrator, login, area, role);
        let reset = self.post(&format!("/api/v1/users/{id}/password"), administrator, &serde_json::json!({}));
        let password = reset.json()["password"].as_str().unwrap().to_owned();
        let cookie = self.log_in(login, &password);
        let change = serde_json::json!({"old": password, "new": "air bersih untuk semua"});
        assert_eq!(self.post("/api/v1/session/password", &cookie, &change).status, 204);
        cookie
    }

    /// A ticket for a user's device.
    pub(crate) fn ticket(&self, administrator: &str, user: &str) -> sync_core::enrolment::Ticket {
        let made = self.post("/api/v1/devices/codes", administrator, &serde_json::json!({"user": user}));
        sync_core::enrolment::Ticket::parse(made.json()["ticket"].as_str().unwrap()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopper = self.stopper.clone();
        actix_web::rt::System::new().block_on(async move { stopper.stop().await });
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server ends without a panic");
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    /// The stable code of an error.
    pub(crate) fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and code of an error, to be compared at once.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status, self.code())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Sends a request to a server and gives the answer, of whatever status.
pub(crate) fn send(address: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let agent = agent();
    let mut request = ureq::http::Request::builder().method(method).uri(format!("{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answered = if body.is_empty() && method != "POST" {
        agent.run(request.body(()).unwrap())
    } else {
        agent.run(request.body(body).unwrap())
    };
    let mut answer = answered.unwrap();
    let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let headers = headers.collect();
    let status = answer.status().as_u16();
    Answer { status, headers, body: answer.body_mut().read_to_vec().unwrap() }
}

pub(crate) fn agent() -> ureq::Agent {
    let configured = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
    configured.timeout_global(Some(Duration::from_secs(60))).build().into()
}
