//! Randomness, passed in. The core never reaches for it, so that a thousand simulated phones replay from one seed.

/// A source of random bytes. Programs give one that the operating system feeds; tests give a seeded one.
pub trait Entropy: Send {
    /// Fills `bytes`. A source that cannot must end the process rather than return weak bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<F: FnMut(&mut [u8]) + Send> Entropy for F {
    fn fill(&mut self, bytes: &mut [u8]) {
        self(bytes);
    }
}
