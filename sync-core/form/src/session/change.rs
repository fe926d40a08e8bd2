//! What changed for people since they last looked.

use super::Session;
use super::answers::Key;
use super::view::View;

/// A change that a screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A question, group or instance is there, or is seen otherwise than before.
    Seen(Box<View>),
    /// It is no longer there.
    Gone(Key),
}

impl Session {
    /// Exactly what changed since the last call; at the first, everything that is there.
    pub fn changes(&mut self) -> Vec<Change> {
        let mut changes: Vec<Change> = std::mem::take(&mut self.gone).into_iter().map(Change::Gone).collect();
        if self.told.is_empty() {
            self.looked = self.tree.places().collect();
        }
        let mut looked: Vec<(u32, _)> = std::mem::take(&mut self.looked)
            .into_iter()
            .filter_map(|place| Some((self.tree.order_of(&self.plan, place)?, place)))
            .collect();
        looked.sort_unstable();
        for (_, place) in looked {
            let view = self.view_of(place);
            if self.told.get(&place) != Some(&view) {
                changes.push(Change::Seen(Box::new(view.clone())));
                self.told.insert(place, view);
            }
        }
        changes
    }
}
