//! Reading and writing the CBOR of this protocol: maps with small numbers as keys, byte strings that hold whole columns.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use super::error::DecodeError;

/// First key that a reader passes over when it does not know it: later versions put what may be ignored there.
const IGNORABLE: u64 = 100;

/// Writes into a vector; writing does not fail.
pub(super) struct Writer(Encoder<Vec<u8>>);

macro_rules! write {
    ($self:ident, $method:ident, $value:expr) => {{
        $self.0.$method($value).expect("writing to a vector does not fail");
        $self
    }};
}

impl Writer {
    pub(super) fn new() -> Self {
        Self(Encoder::new(Vec::new()))
    }

    pub(super) fn map(&mut self, length: usize) -> &mut Self {
        write!(self, map, length as u64)
    }

    pub(super) fn array(&mut self, length: usize) -> &mut Self {
        write!(self, array, length as u64)
    }

    pub(super) fn key(&mut self, key: u8) -> &mut Self {
        write!(self, u8, key)
    }

    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        write!(self, u64, number)
    }

    pub(super) fn signed(&mut self, number: i64) -> &mut Self {
        write!(self, i64, number)
    }

    pub(super) fn flag(&mut self, flag: bool) -> &mut Self {
        write!(self, bool, flag)
    }

    pub(super) fn null(&mut self) -> &mut Self {
        self.0.null().expect("writing to a vector does not fail");
        self
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        write!(self, bytes, bytes)
    }

    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        write!(self, str, text)
    }

    /// Bytes written so far.
    pub(super) fn len(&self) -> usize {
        self.0.writer().len()
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_writer()
    }
}

/// Reads what [`strict::check`](super::strict::check) let through.
pub(super) struct Reader<'b>(Decoder<'b>);

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    fn wrong<T>(&self, what: &'static str) -> Result<T, DecodeError> {
        Err(DecodeError::Cbor { what, at: self.0.position() })
    }

    /// Reads a map; `field` takes the value of a key it knows and says so.
    pub(super) fn map(
        &mut self,
        mut field: impl FnMut(u64, &mut Self) -> Result<bool, DecodeError>,
    ) -> Result<(), DecodeError> {
        let Ok(Some(count)) = self.0.map() else { return self.wrong("a map was expected") };
        for _ in 0..count {
            let key = self.number()?;
            if !field(key, self)? {
                if key < IGNORABLE {
                    return self.wrong("an unknown key");
                }
                if self.0.skip().is_err() {
                    return self.wrong("a value that cannot be passed over");
                }
            }
        }
        Ok(())
    }

    pub(super) fn array(&mut self) -> Result<u64, DecodeError> {
        match self.0.array() {
            Ok(Some(count)) => Ok(count),
            Ok(None) | Err(_) => self.wrong("an array was expected"),
        }
    }

    /// Reads an array of items.
    pub(super) fn list<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        let count = self.array()?;
        // Not `with_capacity(count)`: an item takes at least a byte, but `T` may be large.
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// Reads an array of exactly `length` items' head.
    pub(super) fn tuple(&mut self, length: u64) -> Result<(), DecodeError> {
        if self.array()? == length { Ok(()) } else { self.wrong("an array of another length was expected") }
    }

    pub(super) fn number(&mut self) -> Result<u64, DecodeError> {
        match self.0.u64() {
            Ok(number) => Ok(number),
            Err(_) => self.wrong("an unsigned number was expected"),
        }
    }

    /// A number that fits the type asked for.
    pub(super) fn small<T: TryFrom<u64>>(&mut self) -> Result<T, DecodeError> {
        let number = self.number()?;
        T::try_from(number).or_else(|_| self.wrong("a number that is too large"))
    }

    pub(super) fn signed(&mut self) -> Result<i64, DecodeError> {
        match self.0.i64() {
            Ok(number) => Ok(number),
            Err(_) => self.wrong("a number was expected"),
        }
    }

    pub(super) fn flag(&mut self) -> Result<bool, DecodeError> {
        match self.0.bool() {
            Ok(flag) => Ok(flag),
            Err(_) => self.wrong("true or false was expected"),
        }
    }

    pub(super) fn bytes(&mut self) -> Result<&'b [u8], DecodeError> {
        match self.0.bytes() {
            Ok(bytes) => Ok(bytes),
            Err(_) => self.wrong("bytes were expected"),
        }
    }

    pub(super) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let bytes = self.bytes()?;
        <[u8; N]>::try_from(bytes).or_else(|_| self.wrong("bytes of another length were expected"))
    }

    pub(super) fn text(&mut self) -> Result<&'b str, DecodeError> {
        match self.0.str() {
            Ok(text) => Ok(text),
            Err(_) => self.wrong("text was expected"),
        }
    }

    /// Takes a null if one is next.
    pub(super) fn is_null(&mut self) -> bool {
        matches!(self.0.datatype(), Ok(Type::Null)) && self.0.null().is_ok()
    }

    /// Whether bytes are next.
    pub(super) fn at_bytes(&self) -> bool {
        matches!(self.0.datatype(), Ok(Type::Bytes))
    }
}

/// A column of numbers as one byte string of LEB128.
#[derive(Default)]
pub(super) struct Column(pub(super) Vec<u8>);

impl Column {
    pub(super) fn push(&mut self, mut number: u64) {
        loop {
            let byte = (number & 0x7f) as u8;
            number >>= 7;
            if number == 0 {
                self.0.push(byte);
                return;
            }
            self.0.push(byte | 0x80);
        }
    }
}
