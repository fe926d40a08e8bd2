//! PouchDB on the phones and express-pouchdb as their server: what a programme would take that has no Rukun.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Outcome;
use crate::process::Process;
use crate::proxy::Proxy;
use crate::rig::{Rig, System};

const SCRIPTS: [&str; 4] = ["package.json", "package-lock.json", "server.mjs", "phone.mjs"];

/// PouchDB, installed.
pub(crate) struct PouchDb {
    scripts: PathBuf,
    records: PathBuf,
}

/// Installs it below `folder`. Without npm it is left out, by name; in continuous integration that is a failure.
pub(crate) fn prepare(from: &Path, folder: &Path, records: &Path) -> Outcome<Option<PouchDb>> {
    let version = Command::new("npm").arg("--version").stdout(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        let words = "PouchDB is left out: npm is not installed (Debian: apt-get install npm)";
        if std::env::var("CI").is_ok_and(|ci| ci == "true") {
            return Err(words.into());
        }
        eprintln!("{words}");
        return Ok(None);
    }
    let scripts = folder.join("pouchdb");
    fs::create_dir_all(&scripts)?;
    let lock = fs::read(from.join("package-lock.json"))?;
    let installed = fs::read(scripts.join("package-lock.json")).is_ok_and(|old| old == lock)
        && scripts.join("node_modules/pouchdb/package.json").is_file();
    for script in SCRIPTS {
        fs::copy(from.join(script), scripts.join(script))?;
    }
    if !installed {
        eprintln!("installing PouchDB");
        // Its native part comes built with it; no script of a package is run.
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        let status = Command::new("npm").args(npm).current_dir(&scripts).stdout(Stdio::null()).status()?;
        if !status.success() {
            return Err("npm could not install PouchDB".into());
        }
    }
    Ok(Some(PouchDb { scripts, records: records.to_owned() }))
}

impl System for PouchDb {
    fn name(&self) -> &'static str {
        "pouchdb"
    }

    fn start(&self, folder: &Path) -> Outcome<Rig> {
        let data = folder.join("server");
        fs::create_dir_all(&data)?;
        let mut server = Process::start(node(&self.scripts, "server.mjs").arg(&data))?;
        let said: Value = serde_json::from_str(&server.line()?)?;
        let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok()).ok_or("no port")?;
        let (scripts, records) = (self.scripts.clone(), self.records.clone());
        let phone = move |folder: &Path, url: &str| {
            let mut command = node(&scripts, "phone.mjs");
            command.arg(folder).arg(url).arg(&records);
            command
        };
        let proxy = Proxy::before(port)?;
        Ok(Rig { server, proxy, folder: folder.to_owned(), phone: Box::new(phone), tickets: Vec::new() })
    }
}

fn node(scripts: &Path, script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(scripts.join(script)).stderr(Stdio::inherit());
    command
}
