//! What supervisors decide at their desks.

use super::World;

impl World {
    /// A supervisor releases a held segment; what cannot be released yet stays held.
    pub(super) fn release(&mut self) {
        let Some(line) = self.seed.pick(&self.server.held()).cloned() else { return };
        let settled = self.server.release(line.segment, self.now);
        self.note(|| format!("the office releases {} in {}: {settled:?}", line.segment, line.document));
    }

    /// A supervisor discards a held segment.
    pub(super) fn discard(&mut self) {
        let Some(line) = self.seed.pick(&self.server.held()).cloned() else { return };
        let settled = self.server.discard(line.segment, self.now);
        self.note(|| format!("the office discards {} in {}: {settled:?}", line.segment, line.document));
    }

    /// A record turns out to lie in another village, perhaps while somebody pages through either. A world has moves or a
    /// restored server, not both: a phone that works in one of the two villages only cannot always be told where a record
    /// lies whose moves a restore has undone; it then goes on saying, truthfully, that it does not agree.
    pub(super) fn move_record(&mut self) {
        if !self.harsh || self.restored {
            return;
        }
        self.moved = true;
        let Some((id, from, _)) = self.seed.pick(&self.server.documents()).cloned() else { return };
        let Some(to) = self.seed.pick(&self.villages).cloned() else { return };
        self.server.move_record(id, &to, self.now);
        self.note(|| format!("the office moves {id} from {from} to {to}"));
    }
}
