//! A pass over CBOR before it is decoded: only the form that this protocol writes is let through, so that one message has
//! one encoding and no length is believed before the bytes are there (R22; RFC 8949 section 4.2).

use super::error::DecodeError;
use crate::limits;

/// Checks that `bytes` are exactly one item: definite lengths, shortest numbers, bounded depth and counts, map keys
/// unsigned and ascending, no tags and no floats.
pub(super) fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    let mut walk = Walk { bytes, at: 0 };
    walk.item(limits::CBOR_DEPTH)?;
    if walk.at == bytes.len() { Ok(()) } else { Err(walk.wrong("bytes after the message")) }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    const fn wrong(&self, what: &'static str) -> DecodeError {
        DecodeError::Cbor { what, at: self.at }
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let byte = self.bytes.get(self.at).copied().ok_or(self.wrong("the message is cut short"))?;
        self.at += 1;
        Ok(byte)
    }

    /// The argument of a head: the number itself, or a length.
    fn argument(&mut self, info: u8) -> Result<u64, DecodeError> {
        let (width, least) = match info {
            0..=23 => return Ok(u64::from(info)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(self.wrong("an indefinite or reserved length")),
        };
        let mut value = 0;
        for _ in 0..width {
            value = value << 8 | u64::from(self.byte()?);
        }
        if value < least { Err(self.wrong("a number that is not in its shortest form")) } else { Ok(value) }
    }

    fn item(&mut self, depth: usize) -> Result<(), DecodeError> {
        let head = self.byte()?;
        match head >> 5 {
            0 | 1 => self.argument(head & 31).map(|_| ()),
            2 => {
                let length = self.argument(head & 31)?;
                self.skip(length, limits::UNPACKED_BYTES as u64)
            }
            3 => {
                let length = self.argument(head & 31)?;
                self.skip(length, limits::CBOR_STRING)
            }
            4 => {
                let count = self.count(head, depth)?;
                (0..count).try_for_each(|_| self.item(depth - 1))
            }
            5 => {
                let count = self.count(head, depth)?;
                let mut last = None;
                for _ in 0..count {
                    let head = self.byte()?;
                    if head >> 5 != 0 {
                        return Err(self.wrong("a map key that is not an unsigned number"));
                    }
                    let key = self.argument(head & 31)?;
                    if last.is_some_and(|last| last >= key) {
                        return Err(self.wrong("map keys repeated or out of order"));
                    }
                    last = Some(key);
                    self.item(depth - 1)?;
                }
                Ok(())
            }
            7 if (20..=22).contains(&(head & 31)) => Ok(()),
            _ => Err(self.wrong("a type that the protocol does not use")),
        }
    }

    fn count(&mut self, head: u8, depth: usize) -> Result<u64, DecodeError> {
        if depth == 0 {
            return Err(self.wrong("nested too deeply"));
        }
        let count = self.argument(head & 31)?;
        if count > limits::CBOR_ITEMS { Err(self.wrong("too many items")) } else { Ok(count) }
    }

    fn skip(&mut self, length: u64, limit: u64) -> Result<(), DecodeError> {
        if length > limit {
            return Err(self.wrong("a string that is too long"));
        }
        let end = usize::try_from(length).ok().and_then(|length| self.at.checked_add(length));
        match end.filter(|end| *end <= self.bytes.len()) {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => Err(self.wrong("the message is cut short")),
        }
    }
}
