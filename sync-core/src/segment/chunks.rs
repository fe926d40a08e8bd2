//! Change chunks one after the other: each names its own length.

use thiserror::Error;

use crate::change::leb128::Cursor;

/// The bytes do not split into whole chunks.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("the bytes do not split into whole change chunks")]
pub struct ChunkError;

/// Bytes before a chunk's length: magic, checksum, type.
const HEAD: usize = 9;

/// Iterates over the chunks in a byte slice; ends with the first error.
#[derive(Debug, Clone)]
pub struct Chunks<'a> {
    rest: &'a [u8],
}

impl<'a> Chunks<'a> {
    /// Splits `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn split(&self) -> Option<(&'a [u8], &'a [u8])> {
        let mut cursor = Cursor::new(self.rest);
        cursor.take(HEAD).ok()?;
        let length = cursor.length().ok()?;
        let body = cursor.rest();
        let end = (self.rest.len() - body.len()).checked_add(length)?;
        self.rest.split_at_checked(end)
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<&'a [u8], ChunkError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let split = self.split();
        self.rest = split.map_or(&[], |(_, rest)| rest);
        Some(split.map(|(chunk, _)| chunk).ok_or(ChunkError))
    }
}
