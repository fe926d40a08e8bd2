//! `rukun device ...`

use std::io::IsTerminal;
use std::net::SocketAddr;

use clap::Subcommand;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde::Serialize;
use sync_core::id::DeviceId;

use super::context::{self, Context};
use super::{CliError, output};
use crate::audit::By;
use crate::clock::{self, SystemEntropy};
use crate::devices::administration::{self, ListedDevice};
use crate::devices::enrolment;
use crate::http;

/// Phones and their enrolment
#[derive(Debug, Subcommand)]
pub(super) enum Device {
    /// Make a one-time code by which one device of a user is enrolled
    EnrolCode {
        /// Login or id
        user: String,
    },
    /// List devices
    List {
        /// Only this user's: login or id
        #[arg(long)]
        user: Option<String>,
    },
    /// A lost or stolen phone: it reads nothing more, and what it signed and has not arrived is held
    Revoke {
        /// The device's id
        device: String,
    },
}

#[derive(Serialize)]
struct MadeCode {
    code: String,
    ticket: String,
    user: String,
    expires_at: i64,
}

impl Device {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match self {
            Self::EnrolCode { user } => enrol_code(context, user),
            Self::List { user } => list(context, user.as_deref()),
            Self::Revoke { device } => revoke(context, device),
        }
    }
}

fn enrol_code(context: &Context, name: &str) -> Result<(), CliError> {
    let configuration = &context.configuration;
    if configuration.port == 0 && configuration.public_url.is_empty() {
        return Err(CliError::NoAddress);
    }
    let opened = context.open()?;
    let (user, code, expires) = opened.database.write::<_, CliError>(|connection| {
        let user = context::user(connection, name)?;
        let (code, expires) =
            enrolment::make_code(connection, By::CommandLine, user.id, clock::now(), &mut SystemEntropy)?;
        Ok((user, code, expires))
    })?;
    let url = http::public_url(configuration, SocketAddr::new(configuration.address, configuration.port));
    let ticket = http::ticket(&opened.identity, &opened.secrets, &code, &url).to_string();
    let sentence = format!(
        "{}\n{ticket}\n\nOne device of {}, until {} UTC, at {url}.",
        picture(&ticket),
        user.name,
        output::time(expires)
    );
    let made =
        MadeCode { code: code.as_str().to_owned(), ticket, user: user.login.clone(), expires_at: expires.millis() };
    context.say(&made, &sentence)
}

/// The ticket as a QR code in letters: black on white on any terminal, plain in a file. Empty if it is too long for one.
fn picture(ticket: &str) -> String {
    let Ok(code) = QrCode::new(ticket.as_bytes()) else { return String::new() };
    let plain = code.render::<Dense1x2>().dark_color(Dense1x2::Dark).light_color(Dense1x2::Light).build();
    if std::io::stdout().is_terminal() {
        plain.lines().map(|line| format!("\x1b[30;107m{line}\x1b[0m\n")).collect()
    } else {
        plain
    }
}

fn list(context: &Context, user: Option<&str>) -> Result<(), CliError> {
    let opened = context.open()?;
    let devices = opened.database.read::<_, CliError>(|connection| {
        let user = user.map(|name| context::user(connection, name)).transpose()?.map(|user| user.id);
        Ok(context::all(|last: Option<&ListedDevice>, limit| {
            administration::list(connection, user, last.map(|device| device.id.uuid()), limit)
        })?)
    })?;
    context.list(&devices, &["id", "user", "label", "kind", "last seen", "unsent", "revoked"], |device| {
        vec![
            device.id.to_string(),
            device.user.to_string(),
            device.label.clone(),
            if device.server { "server" } else { "phone" }.to_owned(),
            output::maybe_time(device.last_seen_at),
            device.unsent.to_string(),
            output::maybe_time(device.revoked_at),
        ]
    })
}

fn revoke(context: &Context, name: &str) -> Result<(), CliError> {
    let id = DeviceId::parse(name).map_err(|_| CliError::Unknown { what: "device", name: name.to_owned() })?;
    let opened = context.open()?;
    opened.database.write::<_, CliError>(|connection| {
        Ok(administration::revoke(connection, By::CommandLine, id, clock::now())?)
    })?;
    context.say(&id, &format!("Device {id} is revoked."))
}
