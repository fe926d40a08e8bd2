//! Steps of paths.

use super::Parser;
use crate::expression::scan::begins_name;
use crate::expression::{Axis, NodeTest, Step, SyntaxError, SyntaxProblem};

/// What can stand where a step begins.
const STEP: &str = "the name of a question or group, *, . or ..";

impl Parser<'_> {
    /// Whether a step begins here.
    pub(super) fn begins_step(&mut self) -> bool {
        self.scanner.skip_blanks();
        self.scanner.peek().is_some_and(|c| begins_name(c) || matches!(c, '.' | '@' | '*'))
    }

    /// Steps, one at least.
    pub(super) fn steps(&mut self, steps: &mut Vec<Step>) -> Result<(), SyntaxError> {
        steps.push(self.step()?);
        loop {
            if self.scanner.take("//") {
                steps.push(Self::anywhere());
            } else if !self.scanner.take("/") {
                return Ok(());
            }
            steps.push(self.step()?);
        }
    }

    /// Steps behind something that is no path: nothing, or `/` and what follows it.
    pub(super) fn steps_behind(&mut self) -> Result<Vec<Step>, SyntaxError> {
        let mut steps = Vec::new();
        if self.scanner.take("//") {
            steps.push(Self::anywhere());
        } else if !self.scanner.take("/") {
            return Ok(steps);
        }
        self.steps(&mut steps)?;
        Ok(steps)
    }

    /// What `//` stands for.
    pub(super) const fn anywhere() -> Step {
        Step { axis: Axis::DescendantOrSelf, test: NodeTest::Node, predicates: Vec::new() }
    }

    fn step(&mut self) -> Result<Step, SyntaxError> {
        let (axis, test) = if self.scanner.take("..") {
            (Axis::Parent, NodeTest::Node)
        } else if self.scanner.take(".") {
            (Axis::SelfNode, NodeTest::Node)
        } else if self.scanner.take("@") {
            (Axis::Attribute, self.test()?)
        } else {
            (self.axis()?, self.test()?)
        };
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    /// The axis that is named here; `child` if none is.
    fn axis(&mut self) -> Result<Axis, SyntaxError> {
        let before = self.scanner;
        if let Some(name) = self.scanner.take_name() {
            if self.scanner.take("::") {
                let axis = Axis::named(name);
                return axis.ok_or_else(|| {
                    self.scanner = before;
                    self.problem(SyntaxProblem::UnknownAxis)
                });
            }
            self.scanner = before;
        }
        Ok(Axis::Child)
    }

    fn test(&mut self) -> Result<NodeTest, SyntaxError> {
        if self.scanner.take("*") {
            return Ok(NodeTest::Any);
        }
        let Some(name) = self.scanner.take_name() else { return Err(self.unexpected(STEP)) };
        if self.scanner.rest().starts_with(":*") && !name.contains(':') {
            self.scanner.pass(2);
            return Ok(NodeTest::AnyOf(name.to_owned()));
        }
        if !self.scanner.take("(") {
            return Ok(NodeTest::Name(name.to_owned()));
        }
        let test = match name {
            "node" => NodeTest::Node,
            "text" => NodeTest::Text,
            "comment" => NodeTest::Comment,
            "processing-instruction" => NodeTest::ProcessingInstruction(self.target()?),
            _ => return Err(self.unexpected("/ or an operator; a function cannot stand behind / or ::")),
        };
        self.demand(")", "the closing bracket )")?;
        Ok(test)
    }

    fn target(&mut self) -> Result<Option<String>, SyntaxError> {
        match self.scanner.take_literal() {
            Some(Ok(text)) => Ok(Some(text.to_owned())),
            Some(Err(_)) => Err(self.problem(SyntaxProblem::UnclosedLiteral)),
            None => Ok(None),
        }
    }
}

impl Axis {
    /// All of them.
    const ALL: [Self; 13] = [
        Self::Ancestor,
        Self::AncestorOrSelf,
        Self::Attribute,
        Self::Child,
        Self::Descendant,
        Self::DescendantOrSelf,
        Self::Following,
        Self::FollowingSibling,
        Self::Namespace,
        Self::Parent,
        Self::Preceding,
        Self::PrecedingSibling,
        Self::SelfNode,
    ];

    /// The axis of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|axis| axis.name() == name)
    }

    /// How it is written before `::`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ancestor => "ancestor",
            Self::AncestorOrSelf => "ancestor-or-self",
            Self::Attribute => "attribute",
            Self::Child => "child",
            Self::Descendant => "descendant",
            Self::DescendantOrSelf => "descendant-or-self",
            Self::Following => "following",
            Self::FollowingSibling => "following-sibling",
            Self::Namespace => "namespace",
            Self::Parent => "parent",
            Self::Preceding => "preceding",
            Self::PrecedingSibling => "preceding-sibling",
            Self::SelfNode => "self",
        }
    }
}
