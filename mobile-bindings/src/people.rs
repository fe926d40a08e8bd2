//! Who wrote what: from the actor of a change to a name.

use std::time::SystemTime;

use sync_core::people::People;
use sync_core::record;
use sync_core::store::{Author, Identity};

use crate::clock;

/// Who wrote something, and when.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Moment {
    /// The change that wrote it.
    pub change: String,
    /// When, by the writer's clock. A clock may be wrong: it is shown and decides nothing.
    pub time: SystemTime,
    /// When the last of that writer's segments reached this device.
    pub received: Option<SystemTime>,
    /// The writer's id, once the segment that proves it is here.
    pub user: Option<String>,
    /// The writer's name, if this device has been told it.
    pub user_name: Option<String>,
    /// The device it was written on.
    pub device: Option<String>,
    /// What its user calls that device.
    pub device_label: Option<String>,
    /// Whether it was written on this device.
    pub here: bool,
}

/// What turns actors of one document into names.
pub(crate) struct Authors {
    pub(crate) authors: Vec<Author>,
    pub(crate) people: People,
    pub(crate) own: Option<Identity>,
}

impl Authors {
    pub(crate) fn moment(&self, moment: &record::Moment) -> Moment {
        let author = self.authors.iter().find(|author| author.actor == moment.actor);
        let own = self.own.as_ref();
        let name = author.and_then(|author| {
            let told = self.people.users.get(&author.user).cloned();
            told.or_else(|| own.filter(|own| own.user == author.user).map(|own| own.user_name.clone()))
        });
        let device = author.and_then(|author| self.people.devices.get(&author.device));
        Moment {
            change: moment.change.to_string(),
            time: clock::shown(moment.time),
            received: author.map(|author| clock::shown(author.received)),
            user: author.map(|author| author.user.to_string()),
            user_name: name,
            device: author.map(|author| author.device.to_string()),
            device_label: device.map(|device| device.label.clone()),
            here: author.is_some_and(|author| own.is_some_and(|own| own.device == author.device)),
        }
    }
}
