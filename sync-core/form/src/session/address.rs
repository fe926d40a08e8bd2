//! Where an answer stands, in words that people and exports use: `/data/member[2]/age`.

use super::Session;
use super::answers::Key;
use super::instance_tree::Place;
use crate::plan::NodeIndex;

impl Session {
    /// The address of a question, group or instance: names from the root, and in brackets which instance of a repeat, from 1.
    #[must_use]
    pub fn address(&self, key: &Key) -> Option<String> {
        let node = self.plan.node(&key.path)?;
        let frame = key.instance.map_or(Some(0), |id| self.tree.frame_of(id))?;
        Some(self.address_of(Place { frame, node }))
    }

    fn address_of(&self, place: Place) -> String {
        let mut steps = Vec::new();
        let mut here = Some(place);
        while let Some(at) = here.filter(|at| at.node != NodeIndex::DOCUMENT) {
            let node = self.plan.at(at.node);
            let parent = self.around(at);
            steps.push(match (node.is_repeat(), parent) {
                (true, Some(parent)) => {
                    let instances = self.tree.all(parent.frame, at.node);
                    let number = instances.iter().position(|one| *one == at.frame).map_or(0, |place| place + 1);
                    format!("{}[{number}]", node.name)
                }
                _ => node.name.clone(),
            });
            here = parent;
        }
        steps.reverse();
        format!("/{}", steps.join("/"))
    }

    /// The question, group or instance at an address; instances in brackets, from 1, and without brackets the first.
    #[must_use]
    pub fn at_address(&self, address: &str) -> Option<Key> {
        let mut place = Place { frame: 0, node: NodeIndex::DOCUMENT };
        for step in address.trim().trim_start_matches('/').split('/') {
            let (name, number) = match step.split_once('[') {
                Some((name, rest)) => (name, rest.trim_end_matches(']').parse::<usize>().ok()?),
                None => (step, 1),
            };
            let node = *self.plan.at(place.node).children.iter().find(|child| self.plan.at(**child).name == name)?;
            let frame = if self.plan.at(node).is_repeat() {
                *self.tree.shown(place.frame, node).get(number.checked_sub(1)?)?
            } else {
                place.frame
            };
            place = Place { frame, node };
        }
        Some(self.outside(place))
    }
}
