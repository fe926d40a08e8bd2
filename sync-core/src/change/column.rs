//! Decoders of the column encodings of an Automerge change. Run lengths are never trusted: whoever iterates bounds the
//! count first ([`run_total`], [`run_sum`]), because 70 bytes can claim 10^12 rows (R2).

use std::marker::PhantomData;

use super::leb128::{Cursor, Malformed};

/// Something that can stand in a run-length encoded column.
pub(crate) trait Item<'a>: Copy {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed>;
}

impl<'a> Item<'a> for u64 {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        cursor.unsigned()
    }
}

impl<'a> Item<'a> for i64 {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        cursor.signed()
    }
}

impl<'a> Item<'a> for &'a str {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        std::str::from_utf8(cursor.prefixed()?).map_err(|_| Malformed)
    }
}

/// One run of a run-length encoded column.
#[derive(Clone, Copy)]
pub(crate) enum Run<T> {
    /// The same value so often.
    Same(T, u64),
    /// So many values, which follow as items.
    Different(u64),
    /// So many nulls.
    Null(u64),
}

/// The runs of a column as they are written.
#[derive(Clone)]
pub(crate) struct Runs<'a, T> {
    cursor: Cursor<'a>,
    of: PhantomData<T>,
}

impl<'a, T: Item<'a>> Runs<'a, T> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(bytes), of: PhantomData }
    }

    /// The next run; after [`Run::Different`] its items must be read first.
    pub(crate) fn next(&mut self) -> Result<Option<Run<T>>, Malformed> {
        if self.cursor.is_empty() {
            return Ok(None);
        }
        let count = self.cursor.signed()?;
        Ok(Some(match count {
            1.. => Run::Same(T::read(&mut self.cursor)?, count.unsigned_abs()),
            0 => Run::Null(self.cursor.unsigned()?),
            _ => Run::Different(count.unsigned_abs()),
        }))
    }

    /// The next item of a run of different values.
    pub(crate) fn item(&mut self) -> Result<T, Malformed> {
        T::read(&mut self.cursor)
    }
}

/// Run-length decoder. Past its end every value is null, as the format has it.
#[derive(Clone)]
pub(crate) struct Rle<'a, T> {
    runs: Runs<'a, T>,
    run: Run<T>,
}

impl<'a, T: Item<'a>> Rle<'a, T> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { runs: Runs::new(bytes), run: Run::Null(0) }
    }

    pub(crate) fn next(&mut self) -> Result<Option<T>, Malformed> {
        loop {
            match self.run {
                Run::Same(value, left @ 1..) => {
                    self.run = Run::Same(value, left - 1);
                    return Ok(Some(value));
                }
                Run::Different(left @ 1..) => {
                    self.run = Run::Different(left - 1);
                    return self.runs.item().map(Some);
                }
                Run::Null(left @ 1..) => {
                    self.run = Run::Null(left - 1);
                    return Ok(None);
                }
                Run::Same(_, 0) | Run::Different(0) | Run::Null(0) => match self.runs.next()? {
                    Some(run) => self.run = run,
                    None => return Ok(None),
                },
            }
        }
    }

    /// Calls `each(value, times)` for every run, without walking the rows of a run.
    fn for_each_run(mut self, mut each: impl FnMut(Option<T>, u64) -> Result<(), Malformed>) -> Result<(), Malformed> {
        while let Some(run) = self.runs.next()? {
            match run {
                Run::Same(value, count) => each(Some(value), count)?,
                Run::Null(count) => each(None, count)?,
                Run::Different(count) => {
                    for _ in 0..count {
                        let value = self.runs.item()?;
                        each(Some(value), 1)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Rows that an unsigned column claims, saturating; reads no more than the column's bytes.
pub(crate) fn run_total(bytes: &[u8]) -> Result<u64, Malformed> {
    let mut total = 0_u64;
    Rle::<u64>::new(bytes).for_each_run(|_, count| {
        total = total.saturating_add(count);
        Ok(())
    })?;
    Ok(total)
}

/// Sum of the values that an unsigned column claims, saturating.
pub(crate) fn run_sum(bytes: &[u8]) -> Result<u64, Malformed> {
    let mut sum = 0_u64;
    Rle::<u64>::new(bytes).for_each_run(|value, count| {
        sum = sum.saturating_add(value.unwrap_or(0).saturating_mul(count));
        Ok(())
    })?;
    Ok(sum)
}

/// Whether any run of an unsigned column has this value; false if the column cannot be read.
pub(crate) fn any_run(bytes: &[u8], wanted: u64) -> bool {
    let mut found = false;
    let read = Rle::<u64>::new(bytes).for_each_run(|value, _| {
        found |= value == Some(wanted);
        Ok(())
    });
    found && read.is_ok()
}

/// Delta decoder: run-length encoded differences.
#[derive(Clone)]
pub(crate) struct Delta<'a> {
    steps: Rle<'a, i64>,
    absolute: i64,
}

impl<'a> Delta<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { steps: Rle::new(bytes), absolute: 0 }
    }

    pub(crate) fn next(&mut self) -> Result<Option<u64>, Malformed> {
        let Some(step) = self.steps.next()? else { return Ok(None) };
        self.absolute = self.absolute.checked_add(step).ok_or(Malformed)?;
        u64::try_from(self.absolute).map(Some).map_err(|_| Malformed)
    }
}

/// Boolean decoder: alternating run lengths that start with false. Past its end every value is false.
#[derive(Clone)]
pub(crate) struct Flags<'a> {
    cursor: Cursor<'a>,
    value: bool,
    left: u64,
}

impl<'a> Flags<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { cursor: Cursor::new(bytes), value: true, left: 0 }
    }

    pub(crate) fn next(&mut self) -> Result<bool, Malformed> {
        while self.left == 0 {
            if self.cursor.is_empty() {
                return Ok(false);
            }
            self.left = self.cursor.unsigned()?;
            self.value = !self.value;
        }
        self.left -= 1;
        Ok(self.value)
    }
}
