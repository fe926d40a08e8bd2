//! A system under test, running: its server, the counting proxy before it, and how its phones are started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::Outcome;
use crate::process::Process;
use crate::proxy::Proxy;

/// What can be measured.
pub(crate) trait System {
    /// Its name in results.
    fn name(&self) -> &'static str;

    /// Starts its server in an empty folder.
    fn start(&self, folder: &Path) -> Outcome<Rig>;
}

/// The command that runs a phone in a folder against a URL.
pub(crate) type PhoneCommand = Box<dyn Fn(&Path, &str) -> Command>;

/// A running system.
pub(crate) struct Rig {
    /// The server.
    pub(crate) server: Process,
    /// What phones talk to.
    pub(crate) proxy: Proxy,
    /// Where phones are.
    pub(crate) folder: PathBuf,
    /// How one is started.
    pub(crate) phone: PhoneCommand,
    /// Enrolment codes, where the system has such a thing.
    pub(crate) tickets: Vec<String>,
}

impl Rig {
    /// Starts a phone, or starts it again where it left off.
    pub(crate) fn phone(&self, name: &str) -> Outcome<Process> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        Process::start(&mut (self.phone)(&folder, &self.proxy.url()))
    }

    /// Starts a phone that belongs to somebody from now on.
    pub(crate) fn new_phone(&mut self, name: &str) -> Outcome<Process> {
        let mut phone = self.phone(name)?;
        if let Some(ticket) = self.tickets.pop() {
            phone.call(&json!({ "command": "enrol", "ticket": ticket }))?;
        }
        Ok(phone)
    }
}
