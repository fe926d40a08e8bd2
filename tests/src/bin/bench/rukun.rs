//! Rukun: the `rukun` program on its embedded database, set up by its own commands, and phones on `sync-core`'s store.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::process::Process;
use crate::proxy::Proxy;
use crate::rig::{Rig, System};
use crate::{Outcome, questionnaire};

/// The village of all records.
pub(crate) const VILLAGE: &str = "35.12.06.2004";

/// Rukun.
pub(crate) struct Rukun {
    /// The records that phones make.
    pub(crate) records: PathBuf,
}

impl System for Rukun {
    fn name(&self) -> &'static str {
        "rukun"
    }

    fn start(&self, folder: &Path) -> Outcome<Rig> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let office = Office { program: beside("rukun")?, data: folder.join("rukun-data"), port };
        let (form, areas) = (folder.join("form.json"), folder.join("areas.csv"));
        fs::write(&form, serde_json::to_vec(&questionnaire::form())?)?;
        fs::write(&areas, "code,name\n35,Jawa Timur\n35.12,Situbondo\n35.12.06,Panarukan\n35.12.06.2004,Peleyan\n")?;
        office.tell(&["area", "load", &areas.to_string_lossy()])?;
        office.tell(&["form", "publish", &form.to_string_lossy()])?;
        office.tell(&["user", "add", "anna", "Anna"])?;
        office.tell(&["assign", "anna", VILLAGE, "facilitator"])?;
        let ticket = || -> Outcome<String> {
            let made = office.tell(&["device", "enrol-code", "anna"])?;
            Ok(made["ticket"].as_str().ok_or("no ticket")?.to_owned())
        };
        let tickets = vec![ticket()?, ticket()?];
        let server = office.serve()?;
        let (program, records) = (std::env::current_exe()?, self.records.clone());
        let phone = move |folder: &Path, url: &str| {
            let mut command = Command::new(&program);
            command.arg("phone").arg(folder).arg(url).arg(&records).stderr(Stdio::inherit());
            command
        };
        let proxy = Proxy::before(port)?;
        Ok(Rig { server, proxy, folder: folder.to_owned(), phone: Box::new(phone), tickets })
    }
}

/// Who sets a server up.
struct Office {
    program: PathBuf,
    data: PathBuf,
    port: u16,
}

impl Office {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("RUKUN_DATA", &self.data).env("RUKUN_PORT", self.port.to_string()).env("RUKUN_LOG_LEVEL", "warn");
        command
    }

    /// Runs one of the program's commands; gives what it says.
    fn tell(&self, arguments: &[&str]) -> Outcome<Value> {
        let output = self.command().arg("--json").args(arguments).output()?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            return Err(format!("rukun {} failed: {words}", arguments.join(" ")).into());
        }
        Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
    }

    /// Starts the server; it listens when this returns.
    fn serve(&self) -> Outcome<Process> {
        let mut server = Process::start(self.command().arg("serve").stderr(Stdio::inherit()))?;
        while !server.line()?.starts_with("listening on") {}
        Ok(server)
    }
}

/// The program that was built into the same folder as this one.
fn beside(name: &str) -> Outcome<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(name);
    if program.is_file() {
        Ok(program)
    } else {
        Err(format!("{} is not there: run `make bench`", program.display()).into())
    }
}
