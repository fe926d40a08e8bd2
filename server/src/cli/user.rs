//! `rukun user ...`

use clap::Subcommand;
use serde::Serialize;

use super::context::{self, Context};
use super::{CliError, output};
use crate::audit::By;
use crate::clock::{self, SystemEntropy};
use crate::users::{account, session};

/// People
#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Make a user
    Add {
        /// What the user types to log in: small letters, digits, `.`, `-`, `_`
        login: String,
        /// What people call the user
        name: String,
        /// Also give a one-time password, for those who work at a screen
        #[arg(long)]
        password: bool,
    },
    /// List all users
    List,
    /// No log-in, and nothing to read; what their phones still push is held
    Disable {
        /// Login or id
        user: String,
    },
    /// Let a disabled user take part again
    Enable {
        /// Login or id
        user: String,
    },
    /// Give a user a one-time password; all their sessions end
    Password {
        /// Login or id
        user: String,
    },
}

#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    user: account::Account,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
}

impl User {
    pub(super) fn run(&self, context: &Context) -> Result<(), CliError> {
        match self {
            Self::Add { login, name, password } => add(context, login, name, *password),
            Self::List => list(context),
            Self::Disable { user } => set_disabled(context, user, true),
            Self::Enable { user } => set_disabled(context, user, false),
            Self::Password { user } => reset(context, user),
        }
    }
}

fn add(context: &Context, login: &str, name: &str, with_password: bool) -> Result<(), CliError> {
    let opened = context.open()?;
    let (now, mut entropy) = (clock::now(), SystemEntropy);
    let password = if with_password { Some(account::one_time_password(&mut entropy)?) } else { None };
    let user = opened.database.write::<_, CliError>(|connection| {
        let user = account::create(connection, By::CommandLine, (login, name), now, &mut entropy)?;
        if let Some((_, hash)) = &password {
            account::reset_password(connection, By::CommandLine, user.id, hash, now)?;
        }
        context::user(connection, &user.id.to_string())
    })?;
    let made = Made { user, password: password.map(|(password, _)| password) };
    let told = made.password.as_ref().map_or_else(String::new, |password| one_time(password));
    context.say(&made, &format!("User {} ({}) was made.{told}", made.user.login, made.user.id))
}

fn list(context: &Context) -> Result<(), CliError> {
    let opened = context.open()?;
    let users = opened.database.read(|connection| {
        context::all(|last: Option<&account::Account>, limit| {
            account::list(connection, last.map(|user| user.login.as_str()), limit)
        })
    })?;
    context.list(&users, &["login", "name", "id", "disabled"], |user| {
        vec![user.login.clone(), user.name.clone(), user.id.to_string(), output::maybe_time(user.disabled_at)]
    })
}

fn set_disabled(context: &Context, name: &str, disabled: bool) -> Result<(), CliError> {
    let opened = context.open()?;
    let user = opened.database.write::<_, CliError>(|connection| {
        let user = context::user(connection, name)?;
        Ok(account::set_disabled(connection, By::CommandLine, user.id, disabled, clock::now())?)
    })?;
    context.judge_again(&opened, user.id)?;
    let word = if disabled { "disabled" } else { "enabled" };
    context.say(&user, &format!("User {} is {word}.", user.login))
}

fn reset(context: &Context, name: &str) -> Result<(), CliError> {
    let opened = context.open()?;
    let (password, hash) = account::one_time_password(&mut SystemEntropy)?;
    let user = opened.database.write::<_, CliError>(|connection| {
        let (user, now) = (context::user(connection, name)?, clock::now());
        account::reset_password(connection, By::CommandLine, user.id, &hash, now)?;
        session::end_others(connection, user.id, None, now)?;
        Ok(user)
    })?;
    let sentence = format!("User {} has a new password.{}", user.login, one_time(&password));
    context.say(&Made { user, password: Some(password) }, &sentence)
}

fn one_time(password: &str) -> String {
    format!(" One-time password, shown once: {password}")
}
