//! What an expression needs of the world around it.

use super::Found;
use crate::expression::{Axis, Builtin, Expr, Function, NodeTest, Path};

/// What an expression needs beyond the nodes its paths name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four questions that have nothing to do with one another")]
pub struct Needs {
    /// The moment: `today()`, `now()`. It gives another value when it is computed later.
    pub clock: bool,
    /// Chance: `random()`, `uuid()`, `randomize()` without a seed. It gives another value each time.
    pub chance: bool,
    /// The value of the node it belongs to: `.`, `once()`.
    pub own_value: bool,
    /// Where nodes lie among their siblings: `position(..)`, `indexed-repeat()`.
    pub place: bool,
}

impl Expr {
    /// What the expression needs beyond the nodes its paths name.
    #[must_use]
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        self.walk(&mut |found, predicate| match found {
            Found::Path(path) => needs.own_value |= predicate.is_none() && is_self(path),
            Found::Call(Function::Known(builtin), arguments) => needs.add(*builtin, arguments, predicate.is_none()),
            Found::Call(Function::Unknown(_), _) | Found::Reference(_) => {}
        });
        needs
    }
}

impl Needs {
    fn add(&mut self, builtin: Builtin, arguments: &[Expr], outside: bool) {
        self.clock |= matches!(builtin, Builtin::Today | Builtin::Now);
        self.chance |= matches!(builtin, Builtin::Random | Builtin::Uuid)
            || (builtin == Builtin::Randomize && arguments.len() < 2);
        let reads_context =
            matches!(builtin, Builtin::String | Builtin::Number | Builtin::StringLength | Builtin::NormalizeSpace)
                && arguments.is_empty();
        self.own_value |= builtin == Builtin::Once || (outside && reads_context);
        self.place |= builtin == Builtin::IndexedRepeat || (builtin == Builtin::Position && !arguments.is_empty());
    }
}

/// Whether it is `.` alone.
fn is_self(path: &Path) -> bool {
    !path.absolute
        && path
            .steps
            .iter()
            .all(|step| step.axis == Axis::SelfNode && matches!(step.test, NodeTest::Node | NodeTest::Any))
}
