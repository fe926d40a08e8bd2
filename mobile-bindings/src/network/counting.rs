//! Counting the bytes that go over TCP, headers and TLS included: what a person on a metered line pays for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

/// Bytes sent and received.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    up: AtomicU64,
    down: AtomicU64,
}

impl Bytes {
    pub(super) fn add(&self, up: u64, down: u64) {
        self.up.fetch_add(up, Ordering::Relaxed);
        self.down.fetch_add(down, Ordering::Relaxed);
    }

    /// (up, down)
    pub(super) fn get(&self) -> (u64, u64) {
        (self.up.load(Ordering::Relaxed), self.down.load(Ordering::Relaxed))
    }
}

/// Puts a counter around each connection; stands in the chain between TCP and TLS.
#[derive(Debug)]
pub(super) struct CountingConnector(pub(super) Arc<Bytes>);

impl<In: Transport> Connector<In> for CountingConnector {
    type Out = Counting<In>;

    fn connect(&self, _details: &ConnectionDetails<'_>, chained: Option<In>) -> Result<Option<Counting<In>>, Error> {
        Ok(chained.map(|inner| Counting { inner, bytes: Arc::clone(&self.0) }))
    }
}

#[derive(Debug)]
pub(super) struct Counting<T> {
    inner: T,
    bytes: Arc<Bytes>,
}

impl<T: Transport> Transport for Counting<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.bytes.add(amount as u64, 0);
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let before = self.inner.buffers().input().len();
        let progress = self.inner.await_input(timeout)?;
        let after = self.inner.buffers().input().len();
        self.bytes.add(0, after.saturating_sub(before) as u64);
        Ok(progress)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
