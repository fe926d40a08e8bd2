//! A line that loses, cuts, repeats and delays.

use crate::seed::Seed;

/// How bad the line is, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    /// Messages that do not arrive.
    pub lost: usize,
    /// Messages of which only a front part arrives.
    pub cut: usize,
    /// Messages that arrive again later, after newer ones.
    pub repeated: usize,
}

impl Weather {
    /// Everything arrives once and whole.
    pub const CLEAR: Self = Self { lost: 0, cut: 0, repeated: 0 };
}

/// What came of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// Nothing.
    Lost,
    /// A part of it, or all.
    Arrived(Vec<u8>),
}

/// The line between all phones and the server.
#[derive(Debug)]
pub struct Network {
    /// How bad it is now.
    pub weather: Weather,
    seed: Seed,
    /// Requests that will arrive again, with the sender's place.
    stray: Vec<(usize, Vec<u8>)>,
}

impl Network {
    /// A line as good as `weather`.
    #[must_use]
    pub const fn new(weather: Weather, seed: Seed) -> Self {
        Self { weather, seed, stray: Vec::new() }
    }

    /// Carries a request from the phone at `sender`.
    pub fn request(&mut self, sender: usize, bytes: &[u8]) -> Carried {
        if self.seed.chance(self.weather.repeated) {
            self.stray.push((sender, bytes.to_vec()));
        }
        self.carry(bytes)
    }

    /// Carries a response.
    pub fn response(&mut self, bytes: &[u8]) -> Carried {
        self.carry(bytes)
    }

    /// A request that arrives once more, if one does, out of its order.
    pub fn stray(&mut self) -> Option<(usize, Vec<u8>)> {
        if self.stray.is_empty() {
            return None;
        }
        let place = self.seed.below(self.stray.len());
        Some(self.stray.swap_remove(place))
    }

    fn carry(&mut self, bytes: &[u8]) -> Carried {
        if self.seed.chance(self.weather.lost) {
            return Carried::Lost;
        }
        if self.seed.chance(self.weather.cut) {
            return Carried::Arrived(bytes[..self.seed.below(bytes.len())].to_vec());
        }
        Carried::Arrived(bytes.to_vec())
    }
}
