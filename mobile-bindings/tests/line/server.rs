//! A server that knows one device and has no news, and that behaves as it is told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use rukun_mobile::{HttpClient, HttpError, HttpRequest, HttpResponse};
use sync_core::enrolment::{EnrolRequest, EnrolResponse, Ticket};
use sync_core::exchange::{Response, decode_request, encode_response};
use sync_core::id::{DeviceId, ProgrammeId, UserId};
use sync_core::identity::{KeyPair, PublicKey};
use sync_core::time::Timestamp;

const PROGRAMME: ProgrammeId = ProgrammeId::from_bytes([1; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([2; 16]);
const USER: UserId = UserId::from_bytes([3; 16]);

/// What the server does with a call.
#[derive(Clone)]
pub(crate) enum Behaviour {
    Answer,
    Say(u16, Vec<u8>),
    Cut,
    Fail(HttpError),
    /// No answer ever comes.
    Silence,
}

pub(crate) struct Server {
    key: KeyPair,
    behaviour: Mutex<VecDeque<Behaviour>>,
    calls: Mutex<Vec<String>>,
    called: Condvar,
}

impl Server {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            key: KeyPair::from_secret(&[4; 32]),
            behaviour: Mutex::default(),
            calls: Mutex::default(),
            called: Condvar::new(),
        })
    }

    pub(crate) fn ticket(&self) -> String {
        self.ticket_at("http://server.test")
    }

    pub(crate) fn ticket_at(&self, address: &str) -> String {
        let ticket = Ticket {
            programme: PROGRAMME,
            server_key_hash: self.key.public().fingerprint(),
            code: "ABCDEFGHJKMNPQRSTVWXYZ2345".into(),
            server_url: address.into(),
        };
        ticket.to_string()
    }

    /// What it does with the next calls; afterwards it answers.
    pub(crate) fn behave(&self, behaviour: impl IntoIterator<Item = Behaviour>) {
        *self.behaviour.lock().unwrap() = behaviour.into_iter().collect();
    }

    /// The last parts of the addresses called so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn wait_for_calls(&self, count: usize) {
        let calls = self.calls.lock().unwrap();
        drop(self.called.wait_while(calls, |calls| calls.len() < count).unwrap());
    }

    pub(crate) fn line(self: &Arc<Self>) -> Arc<dyn HttpClient> {
        Arc::new(Line(Arc::clone(self)))
    }

    fn answer(&self, path: &str, body: &[u8]) -> Vec<u8> {
        if path.ends_with("/enrol") { self.enrol(body) } else { nothing_new(body) }
    }

    fn enrol(&self, body: &[u8]) -> Vec<u8> {
        let request: EnrolRequest = serde_json::from_slice(body).unwrap();
        let key = PublicKey::parse(&request.public_key).unwrap();
        let response = EnrolResponse {
            server_key: self.key.public().to_string(),
            programme: PROGRAMME,
            device: DEVICE,
            user: USER,
            user_name: "Siti".into(),
            signature: self.key.sign_enrolled(PROGRAMME, DEVICE, USER, &key).to_string(),
            token: "token".into(),
        };
        serde_json::to_vec(&response).unwrap()
    }

    /// Listens on a port of its own. Gives its address, and what counts the bytes.
    pub(crate) fn listen(self: &Arc<Self>) -> (String, Arc<Wire>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (server, wire) = (Arc::clone(self), Arc::<Wire>::default());
        let counted = Arc::clone(&wire);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                while serve(&server, &stream, &counted).is_some() {}
            }
        });
        (address, wire)
    }
}

fn nothing_new(body: &[u8]) -> Vec<u8> {
    let request = decode_request(body).unwrap();
    encode_response(&Response {
        server_time: Timestamp::from_millis(0),
        receipts: Vec::new(),
        fates: request.open_fates.iter().map(|_| None).collect(),
        list_wanted: false,
        scope: None,
        pages: Vec::new(),
        reconcile: Vec::new(),
        repairs: Vec::new(),
        catalogue: None,
        token: None,
        more: false,
    })
}

struct Line(Arc<Server>);

#[async_trait::async_trait]
impl HttpClient for Line {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let Self(server) = self;
        let name = request.url.rsplit('/').next().unwrap_or_default().to_owned();
        server.calls.lock().unwrap().push(name);
        server.called.notify_all();
        let behaviour = server.behaviour.lock().unwrap().pop_front().unwrap_or(Behaviour::Answer);
        match behaviour {
            Behaviour::Answer => Ok(HttpResponse { status: 200, body: server.answer(&request.url, &request.body) }),
            Behaviour::Say(status, body) => Ok(HttpResponse { status, body }),
            Behaviour::Cut => Err(HttpError::Cut { reason: "as told".into() }),
            Behaviour::Fail(error) => Err(error),
            Behaviour::Silence => std::future::pending().await,
        }
    }
}

/// Bytes that went over a listening server's connections.
#[derive(Default)]
pub(crate) struct Wire {
    up: AtomicU64,
    down: AtomicU64,
}

impl Wire {
    pub(crate) fn bytes(&self) -> (u64, u64) {
        (self.up.load(Ordering::SeqCst), self.down.load(Ordering::SeqCst))
    }
}

/// Answers one call on a connection; none when it has ended.
fn serve(server: &Server, mut stream: &TcpStream, wire: &Wire) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let from = head.len();
        if reader.read_until(b'\n', &mut head).ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&head[from..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    wire.up.fetch_add((head.len() + body.len()) as u64, Ordering::SeqCst);
    let head = String::from_utf8_lossy(&head);
    let answer = server.answer(head.split(' ').nth(1)?, &body);
    let mut bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", answer.len()).into_bytes();
    bytes.extend(answer);
    wire.down.fetch_add(bytes.len() as u64, Ordering::SeqCst);
    stream.write_all(&bytes).ok()
}
