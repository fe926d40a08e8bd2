//! Binds: what an XForm says of the nodes of its instance.

use std::collections::HashMap;

use roxmltree::Node;
use rukun_form::{Condition, Expression};

use super::{attribute, resolve};

/// The binds by absolute path.
#[derive(Debug, Default)]
pub(super) struct Binds {
    by_path: HashMap<String, Bind>,
    by_id: HashMap<String, String>,
}

/// What is said of a node.
#[derive(Debug, Default)]
pub(super) struct Bind {
    pub(super) data_type: String,
    pub(super) relevant: Option<Expression>,
    pub(super) calculate: Option<Expression>,
    pub(super) constraint: Option<Expression>,
    pub(super) required: Condition,
    pub(super) read_only: Condition,
    pub(super) constraint_message: Option<String>,
    pub(super) required_message: Option<String>,
    pub(super) preload: Option<(String, String)>,
}

impl Binds {
    pub(super) fn read(model: Node<'_, '_>) -> Self {
        let mut binds = Self::default();
        let elements = model.children().filter(|node| node.tag_name().name() == "bind");
        for element in elements {
            let Some(nodeset) = attribute(element, "nodeset").or_else(|| attribute(element, "ref")) else { continue };
            let path = resolve(nodeset, "");
            if let Some(id) = attribute(element, "id") {
                binds.by_id.insert(id.to_owned(), path.clone());
            }
            let bind = binds.by_path.entry(path).or_default();
            let expression =
                |name: &str| attribute(element, name).filter(|text| !text.trim().is_empty()).map(Expression::new);
            if let Some(data_type) = attribute(element, "type") {
                data_type.rsplit(':').next().unwrap_or_default().clone_into(&mut bind.data_type);
            }
            bind.relevant = expression("relevant").or_else(|| bind.relevant.take());
            bind.calculate = expression("calculate").or_else(|| bind.calculate.take());
            bind.constraint = expression("constraint").or_else(|| bind.constraint.take());
            bind.required = condition(attribute(element, "required"), &bind.required);
            bind.read_only = condition(attribute(element, "readonly"), &bind.read_only);
            bind.constraint_message = attribute(element, "constraintMsg").map(str::to_owned);
            bind.required_message = attribute(element, "requiredMsg").map(str::to_owned);
            let parameters = attribute(element, "preloadParams").unwrap_or_default().to_owned();
            bind.preload = attribute(element, "preload").map(|preload| (preload.to_owned(), parameters));
        }
        binds
    }

    pub(super) fn get(&self, path: &str) -> Option<&Bind> {
        self.by_path.get(path)
    }

    /// The path that a control's attributes name.
    pub(super) fn path_of(&self, element: Node<'_, '_>, context: &str) -> Option<String> {
        if let Some(id) = attribute(element, "bind") {
            return self.by_id.get(id).cloned();
        }
        let reference = attribute(element, "ref").or_else(|| attribute(element, "nodeset"))?;
        Some(resolve(reference, context))
    }
}

fn condition(text: Option<&str>, before: &Condition) -> Condition {
    match text.map(str::trim) {
        None | Some("") => before.clone(),
        Some("true()") => Condition::Constant(true),
        Some("false()") => Condition::Constant(false),
        Some(text) => Condition::When(Expression::new(text)),
    }
}
