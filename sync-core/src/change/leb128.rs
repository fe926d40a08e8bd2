//! A cursor over bytes that reads LEB128 numbers, the way the Automerge binary format writes them.

/// The bytes ended early, or a number is too long or written longer than it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads from the front of a byte slice.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        let (byte, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*byte)
    }

    /// Reads an unsigned number. Only its shortest form is taken: one value, one spelling, one hash.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Malformed> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift >= 64 || (shift == 63 && bits > 1) {
                return Err(Malformed);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                let overlong = byte == 0 && shift > 0;
                return if overlong { Err(Malformed) } else { Ok(value) };
            }
            shift += 7;
        }
    }

    /// Reads a signed number, again only in its shortest form.
    pub(crate) fn signed(&mut self) -> Result<i64, Malformed> {
        let (mut value, mut shift, mut previous) = (0_i64, 0_u32, 0_u8);
        loop {
            let byte = self.byte()?;
            if shift >= 64 || (shift == 63 && byte != 0 && byte != 0x7f) {
                return Err(Malformed);
            }
            value |= i64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                let repeats_the_sign = (byte == 0 && previous & 0x40 == 0) || (byte == 0x7f && previous & 0x40 != 0);
                if shift > 7 && repeats_the_sign {
                    return Err(Malformed);
                }
                if shift < 64 && byte & 0x40 != 0 {
                    value |= -1 << shift;
                }
                return Ok(value);
            }
            previous = byte;
        }
    }

    /// A length that is used to take bytes.
    pub(crate) fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.unsigned()?).map_err(|_| Malformed)
    }

    pub(crate) fn prefixed(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.length()?;
        self.take(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsigned(bytes: &[u8]) -> Result<u64, Malformed> {
        Cursor::new(bytes).unsigned()
    }

    fn signed(bytes: &[u8]) -> Result<i64, Malformed> {
        Cursor::new(bytes).signed()
    }

    #[test]
    fn the_largest_and_smallest_numbers_are_read() {
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), Ok(u64::MAX));
        assert_eq!(signed(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00]), Ok(i64::MAX));
        assert_eq!(signed(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]), Ok(i64::MIN));
        assert_eq!(signed(&[0x40]), Ok(-64));
        assert_eq!(signed(&[0xc0, 0x00]), Ok(64));
        assert_eq!(signed(&[0xbf, 0x7f]), Ok(-65));
    }

    #[test]
    fn a_number_that_needs_more_than_64_bits_is_refused() {
        assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), Err(Malformed));
        assert_eq!(unsigned(&[0x80; 12]), Err(Malformed));
        assert_eq!(signed(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]), Err(Malformed));
    }

    #[test]
    fn a_number_written_longer_than_it_needs_is_refused() {
        assert_eq!(unsigned(&[0x80, 0x00]), Err(Malformed));
        assert_eq!(unsigned(&[0x81, 0x80, 0x00]), Err(Malformed));
        assert_eq!(signed(&[0x80, 0x00]), Err(Malformed));
        assert_eq!(signed(&[0xff, 0x7f]), Err(Malformed));
    }

    #[test]
    fn a_number_cut_short_is_refused() {
        assert_eq!(unsigned(&[]), Err(Malformed));
        assert_eq!(signed(&[0x80]), Err(Malformed));
    }
}
