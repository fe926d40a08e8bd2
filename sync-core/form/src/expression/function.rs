//! The functions that expressions can call.

mod table;

use std::fmt;

pub use table::Builtin;

/// What a call calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Function {
    /// One of ours.
    Known(Builtin),
    /// A name that no function has. It can be read, and [`check`](super::check) finds it.
    Unknown(String),
}

impl Function {
    /// The function of this name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Builtin::named(name).map_or_else(|| Self::Unknown(name.to_owned()), Self::Known)
    }

    /// How it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Known(builtin) => builtin.name(),
            Self::Unknown(name) => name,
        }
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who defined a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standard {
    /// XPath 1.0 (W3C, 1999), widened by ODK where it says so.
    XPath,
    /// The ODK `XForms` specification.
    Odk,
    /// Tools that real forms were written for: CHT, PMA 2020.
    Vendor,
}

/// How many arguments a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arguments {
    /// So many at least.
    pub least: usize,
    /// So many at most; none for no limit.
    pub most: Option<usize>,
    /// By how many they grow: 2 where they come in pairs.
    pub step: usize,
}

impl Arguments {
    /// Whether so many will do.
    #[must_use]
    pub fn allow(self, given: usize) -> bool {
        given >= self.least
            && self.most.is_none_or(|most| given <= most)
            && (given - self.least).is_multiple_of(self.step)
    }
}

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most, step } = *self;
        match most {
            Some(0) => f.write_str("no arguments")?,
            Some(1) if least == 1 => f.write_str("1 argument")?,
            Some(most) if most == least => write!(f, "{least} arguments")?,
            Some(most) => write!(f, "{least} to {most} arguments")?,
            None => write!(f, "{least} or more arguments")?,
        }
        if step > 1 { f.write_str(", by twos") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
