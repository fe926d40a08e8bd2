//! A world from a seed: people with phones, a server, a bad line between them, and whatever can go wrong.
//!
//! [`World::new`] decides by its seed how many people there are, where they work and what will happen; [`World::run`] lets it
//! happen, one small step at a time; [`World::run_until_quiet`] clears the weather and lets everybody sync until nothing
//! changes any more; [`World::verdict`] then says everything that is not as it must be.

mod accident;
mod doing;
mod hand;
mod hostile;
mod office;
mod phone;
mod server;
mod syncing;
mod verdict;
mod writer;

pub use phone::Phone;
pub use server::Server;
pub use writer::Writer;

use rukun_server::assignments::Role;
use sync_core::area::AreaCode;
use sync_core::record::RecordState;
use sync_core::store::Draft;
use sync_core::time::Timestamp;

use crate::ledger::Ledger;
use crate::network::{Network, Weather};
use crate::seed::Seed;
use crate::survey;
use phone::Saved;

const NAMES: [&str; 12] =
    ["Amina", "Budi", "Citra", "Dewi", "Eko", "Fitri", "Gede", "Hasan", "Indah", "Joko", "Kartika", "Lestari"];
const VILLAGES: [&str; 3] = ["35.12.06.2004", "35.12.06.2005", "35.12.07.2001"];
const START: Timestamp = Timestamp::from_seconds(1_764_000_000);

/// Everything there is.
pub struct World {
    /// Its seed: replays it.
    pub seed_number: u64,
    seed: Seed,
    now: Timestamp,
    server: Server,
    phones: Vec<Phone>,
    network: Network,
    ledger: Ledger,
    villages: Vec<AreaCode>,
    steps: usize,
    /// The server was restored from a backup.
    restored: bool,
    /// A record was moved.
    moved: bool,
    /// Servers are restored, or records moved.
    harsh: bool,
    /// What happened, for whoever reads a failure.
    trace: Vec<String>,
    /// Records that a forger wrote in soundly: what they must say is not known here.
    foreign: std::collections::BTreeSet<sync_core::id::DocumentId>,
}

impl World {
    /// The world of a seed in which a server may be restored from an old backup, or records moved, as well.
    #[must_use]
    pub fn harsh(seed_number: u64) -> Self {
        Self { harsh: true, ..Self::new(seed_number) }
    }

    /// The world of a seed.
    #[must_use]
    pub fn new(seed_number: u64) -> Self {
        let mut seed = Seed::new(seed_number);
        // Most worlds are small: what goes wrong needs few. Some are as large as a district's team.
        let (people, steps) = match seed.below(60) {
            0 => (seed.between(20, 50), 500),
            1..=9 => (seed.between(5, 9), seed.between(100, 250)),
            _ => (seed.between(2, 4), seed.between(30, 140)),
        };
        let villages: Vec<AreaCode> = VILLAGES[..seed.between(1, 3)].iter().map(|code| survey::area(code)).collect();
        let weather = match seed.below(3) {
            0 => Weather::CLEAR,
            1 => Weather { lost: 10, cut: 5, repeated: 10 },
            _ => Weather { lost: 25, cut: 20, repeated: 20 },
        };
        let server = Server::new(&villages, seed.branch(), START);
        let network = Network::new(weather, seed.branch());
        let mut world = Self {
            seed_number,
            seed,
            now: START,
            server,
            phones: Vec::new(),
            network,
            ledger: Ledger::default(),
            villages,
            steps,
            restored: false,
            moved: false,
            harsh: false,
            trace: Vec::new(),
            foreign: std::collections::BTreeSet::new(),
        };
        for place in 0..people {
            world.welcome(place);
        }
        world
    }

    /// Somebody gets a phone, papers and work in some villages.
    fn welcome(&mut self, place: usize) {
        self.welcome_as(place, Self::role);
    }

    /// Somebody joins a team that is at work already.
    fn join(&mut self) {
        if self.phones.len() < NAMES.len() {
            self.welcome(self.phones.len());
            self.note(|| "somebody joins".into());
        }
    }

    fn welcome_as(&mut self, place: usize, mut role: impl FnMut(&mut Self) -> Role) {
        let round = place / NAMES.len();
        let name =
            format!("{}{}", NAMES[place % NAMES.len()], if round == 0 { String::new() } else { round.to_string() });
        let mut phone = Phone::new(name.clone(), place, self.seed.branch(), self.now);
        phone.user = self.server.add_person(&name, self.now);
        let user = phone.user;
        phone.device = self.server.enrol(phone.store(), user, &name, self.now);
        let mut villages = self.villages.clone();
        self.seed.shuffle(&mut villages);
        for village in &villages[..self.seed.between(1, villages.len())] {
            let role = role(self);
            self.server.assign(phone.user, village, role, self.now);
        }
        self.phones.push(phone);
        // Forms come before the first day in the field.
        self.sync_fully(place);
    }

    fn role(&mut self) -> Role {
        match self.seed.below(10) {
            0 => Role::Viewer,
            1 | 2 => Role::Supervisor,
            3..=5 => Role::Volunteer,
            _ => Role::Facilitator,
        }
    }

    /// The phone at `place`.
    pub fn phone(&mut self, place: usize) -> &mut Phone {
        &mut self.phones[place]
    }

    fn note(&mut self, what: impl FnOnce() -> String) {
        self.trace.push(what());
    }

    /// What happened so far, the last `lines` of it.
    #[must_use]
    pub fn trace(&self, lines: usize) -> String {
        self.trace[self.trace.len().saturating_sub(lines)..].join("\n")
    }

    /// Lets everything happen that the seed holds.
    pub fn run(&mut self) {
        for _ in 0..self.steps {
            self.now = self.now.plus_millis(i64::try_from(self.seed.below(90_000)).unwrap_or(0));
            self.step();
        }
    }

    fn step(&mut self) {
        let place = self.seed.below(self.phones.len());
        match self.seed.below(107) {
            0..=9 => self.create(place),
            10..=21 => self.look(place),
            22..=37 => self.save(place),
            38..=81 => self.speak(place),
            82..=85 => self.stray_arrives(),
            86 | 87 => self.restart(place),
            88 => self.hang_up(place),
            89 | 90 => self.change_rights(place),
            91 => self.attack(place),
            92 => self.back_up_phone(place),
            93 => self.restore_phone(place),
            94 => self.set_clock(place),
            95 => self.open_twice(place),
            96 => self.back_up_server(),
            97 => self.restore_server(),
            98 => self.change_weather(),
            99 | 100 => self.release(),
            101 | 102 => self.discard(),
            103 | 104 => self.move_record(),
            105 => self.join(),
            _ => self.revoke(place),
        }
    }

    /// After how many steps of its database a phone dies in what it does next, if it does.
    fn dying(&mut self) -> Option<u64> {
        self.seed.chance(6).then(|| self.seed.below(60) as u64)
    }

    fn create(&mut self, place: usize) {
        let feeds = self.phones[place].store().feeds().expect("the feeds");
        let Some(feed) = self.seed.pick(&feeds) else { return };
        let state = if self.seed.chance(30) { RecordState::Complete } else { RecordState::Draft };
        let draft = Draft {
            form: survey::form().id,
            version: survey::version(1),
            area: feed.area.clone(),
            subject: None,
            answers: doing::first_answers(&mut self.seed),
            state,
        };
        let dying = self.dying();
        let Self { phones, ledger, now, .. } = self;
        let saved = phones[place].create(&draft, dying, *now, ledger);
        self.note_saved(place, "makes a record", saved);
    }

    /// Puts a record on the screen; it stays there while other things happen.
    fn look(&mut self, place: usize) {
        let documents = self.phones[place].documents();
        let Some(id) = self.seed.pick(&documents).copied() else { return };
        let clock = self.phones[place].clock(self.now);
        let screen = self.phones[place].store().open_record(id, clock).expect("a record that is here opens");
        self.phones[place].screen = Some(screen);
        self.note(|| format!("{place} looks at {id}"));
    }

    fn save(&mut self, place: usize) {
        if self.phones[place].screen.is_none() || self.seed.chance(50) {
            self.look(place);
        }
        let Some(screen) = self.phones[place].screen.clone() else { return };
        let edits = doing::edits(&mut self.seed, &screen.record);
        let dying = self.dying();
        let Self { phones, ledger, now, .. } = self;
        let saved = phones[place].save(&edits, dying, *now, ledger);
        self.note_saved(place, &format!("saves {} in {}", edits.len(), screen.id), saved);
    }

    fn note_saved(&mut self, place: usize, what: &str, saved: Saved) {
        self.note(|| format!("{place} {what}: {saved:?}"));
    }
}
