//! Which repeat instances lie inside which.

use super::document::{Registers, Stored, Written};
use crate::id::InstanceId;

/// A repeat instance and all instances that somebody added inside it, as they are written in keys. What a count makes inside
/// it has no entry that would say so (R6), and is not in here.
pub(super) struct Family {
    members: Vec<String>,
}

impl Family {
    pub(super) fn of(instance: InstanceId, repeats: &Registers) -> Self {
        let mut members = vec![instance.uuid().simple().to_string()];
        let mut next = 0;
        while let Some(parent) = members.get(next).cloned() {
            let children = repeats.iter().filter(|(key, register)| !key.contains('/') && is_inside(register, &parent));
            let children: Vec<String> =
                children.map(|(key, _)| key.clone()).filter(|key| !members.contains(key)).collect();
            members.extend(children);
            next += 1;
        }
        Self { members }
    }

    pub(super) fn has(&self, instance: &str) -> bool {
        self.members.iter().any(|member| member == instance)
    }
}

fn is_inside(register: &[Written], parent: &str) -> bool {
    register.iter().any(|written| match &written.value {
        Stored::Text(entry) | Stored::LongText(entry) => entry.split_once('|').is_some_and(|(_, of)| of == parent),
        Stored::Null
        | Stored::Bool(_)
        | Stored::Int(_)
        | Stored::Float(_)
        | Stored::Bytes(_)
        | Stored::Map
        | Stored::Foreign => false,
    })
}
