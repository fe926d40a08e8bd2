//! A counting proxy on the loopback: TCP payload in both directions, so that HTTP and tokens are in the figures.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::Outcome;

/// Payload bytes since they were last taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Traffic {
    /// From phones to the server.
    pub(crate) up: u64,
    /// From the server to phones.
    pub(crate) down: u64,
}

#[derive(Default)]
struct Counters {
    up: AtomicU64,
    down: AtomicU64,
}

/// A running proxy. It ends with the process.
pub(crate) struct Proxy {
    address: SocketAddr,
    counters: Arc<Counters>,
}

impl Proxy {
    /// Starts one before a server's port.
    pub(crate) fn before(port: u16) -> Outcome<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (address, counters) = (listener.local_addr()?, Arc::new(Counters::default()));
        let shared = Arc::clone(&counters);
        thread::spawn(move || {
            for phone in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                    carry(&phone, &server, &shared);
                }
            }
        });
        Ok(Self { address, counters })
    }

    /// Where phones reach it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bytes since the last call.
    pub(crate) fn take(&self) -> Traffic {
        let taken = |counter: &AtomicU64| counter.swap(0, Ordering::Relaxed);
        Traffic { up: taken(&self.counters.up), down: taken(&self.counters.down) }
    }
}

fn carry(phone: &TcpStream, server: &TcpStream, counters: &Arc<Counters>) {
    let clones = (phone.try_clone(), server.try_clone(), phone.try_clone(), server.try_clone());
    let (Ok(from_phone), Ok(to_server), Ok(to_phone), Ok(from_server)) = clones else { return };
    // Small packets must not wait for one another: the latency would be the proxy's.
    let _ = (phone.set_nodelay(true), server.set_nodelay(true));
    let (up, down) = (Arc::clone(counters), Arc::clone(counters));
    thread::spawn(move || pump(from_phone, to_server, &up.up));
    thread::spawn(move || pump(from_server, to_phone, &down.down));
}

/// Carries until one side ends; then the other is told.
fn pump(mut from: TcpStream, mut to: TcpStream, counter: &AtomicU64) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(length) if length > 0 => {
                counter.fetch_add(length as u64, Ordering::Relaxed);
                if to.write_all(&buffer[..length]).is_err() {
                    break;
                }
            }
            Ok(_) | Err(_) => break,
        }
    }
    let _ = (to.shutdown(Shutdown::Write), from.shutdown(Shutdown::Read));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_counted_in_both_directions_and_arrives() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let proxy = Proxy::before(server.local_addr().unwrap().port()).unwrap();
        let mut phone = TcpStream::connect(proxy.address).unwrap();
        phone.write_all(b"record").unwrap();
        let (mut accepted, _) = server.accept().unwrap();
        let mut asked = [0; 6];
        accepted.read_exact(&mut asked).unwrap();
        accepted.write_all(b"ok").unwrap();
        drop(accepted);
        let mut answered = Vec::new();
        phone.read_to_end(&mut answered).unwrap();
        assert_eq!((&asked, answered.as_slice()), (b"record", b"ok".as_slice()));
        assert_eq!(proxy.take(), Traffic { up: 6, down: 2 });
        assert_eq!(proxy.take(), Traffic::default());
    }
}
