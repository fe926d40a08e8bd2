//! What happens to phones, rights and the server.

use super::World;
use crate::ledger::Entry;
use crate::network::Weather;

impl World {
    pub(super) fn restart(&mut self, place: usize) {
        self.phones[place].restart(self.now);
        self.note(|| format!("{place} closes and opens the app"));
    }

    pub(super) fn hang_up(&mut self, place: usize) {
        self.phones[place].hang_up();
    }

    pub(super) fn open_twice(&mut self, place: usize) {
        // SQLite waits for the lock before it gives up: seldom, or the worlds would do little else.
        if self.seed.chance(5) {
            self.phones[place].try_second_opening(self.now);
        }
    }

    pub(super) fn set_clock(&mut self, place: usize) {
        self.phones[place].clock = super::phone::wrong_clock(&mut self.seed);
        self.note(|| format!("{place} sets the clock wrongly"));
    }

    pub(super) fn back_up_phone(&mut self, place: usize) {
        self.phones[place].back_up(self.now);
        self.note(|| format!("{place} is backed up"));
    }

    pub(super) fn restore_phone(&mut self, place: usize) {
        if self.phones[place].restore(self.now) {
            self.write_off();
            self.note(|| format!("{place} is restored from a backup"));
        }
    }

    pub(super) fn back_up_server(&mut self) {
        self.server.back_up();
        self.note(|| "the server is backed up".into());
    }

    pub(super) fn restore_server(&mut self) {
        if self.harsh && !self.moved && self.server.restore() {
            self.restored = true;
            self.write_off();
            self.note(|| "the server is restored from a backup".into());
        }
    }

    pub(super) fn change_weather(&mut self) {
        let bad = self.seed.below(40);
        self.network.weather = Weather { lost: bad, cut: bad / 2, repeated: bad };
    }

    /// Somebody loses an area, or gets another or another role.
    pub(super) fn change_rights(&mut self, place: usize) {
        let Some(village) = self.seed.pick(&self.villages).cloned() else { return };
        let user = self.phones[place].user;
        self.server.end_assignments(user, &village, self.now);
        let again = self.seed.chance(60);
        if again {
            let role = self.role();
            self.server.assign(user, &village, role, self.now);
        }
        self.server.judge_again(user, self.now);
        self.note(|| format!("{place} {} {village}", if again { "has another role in" } else { "loses" }));
    }

    pub(super) fn revoke(&mut self, place: usize) {
        if self.seed.chance(30) {
            self.server.revoke(self.phones[place].device, self.now);
            self.note(|| format!("{place}'s device is revoked"));
        }
    }

    /// Writes off what no copy is left of after an accident.
    fn write_off(&mut self) {
        let Self { server, phones, ledger, .. } = self;
        ledger.write_off(|entry: &Entry| {
            server.has(entry.document, entry.change)
                || phones.iter_mut().any(|phone| phone.has(entry.document, entry.change))
        });
    }
}
