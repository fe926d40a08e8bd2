//! What a person at a screen may do: a pure reading of the present assignments. It differs from what their phone may do in
//! one thing: an administrator is one everywhere.

use sync_core::area::AreaCode;
use sync_core::exchange::Right;

use crate::assignments::{Rights, Role};

/// What one user may do, as of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    places: Vec<(AreaCode, Role)>,
}

impl Permissions {
    /// What these assignments give.
    #[must_use]
    pub fn of(rights: &Rights) -> Self {
        Self { places: rights.assigned().to_vec() }
    }

    /// Whether the user administers the programme.
    #[must_use]
    pub fn is_administrator(&self) -> bool {
        self.places.iter().any(|(_, role)| *role == Role::Administrator)
    }

    /// What the user may do in `area`; none: not even read.
    #[must_use]
    pub fn in_area(&self, area: &AreaCode) -> Option<Right> {
        if self.is_administrator() {
            return Some(Right::Review);
        }
        let there = self.places.iter().filter(|(place, _)| covers(place, area));
        there.map(|(_, role)| role.right()).max()
    }

    /// Whether the user may read what lies in `area`.
    #[must_use]
    pub fn may_read(&self, area: &AreaCode) -> bool {
        self.in_area(area).is_some()
    }

    /// Whether the user may review, release and discard in `area`.
    #[must_use]
    pub fn may_review(&self, area: &AreaCode) -> bool {
        self.in_area(area) == Some(Right::Review)
    }

    /// Whether the user may see answers that are personal data in `area`: everyone but viewers.
    #[must_use]
    pub fn sees_personal(&self, area: &AreaCode) -> bool {
        self.in_area(area) >= Some(Right::Write)
    }

    /// The areas that the user may read, each with all inside it; none for everywhere.
    #[must_use]
    pub fn readable(&self) -> Option<Vec<AreaCode>> {
        if self.is_administrator() {
            return None;
        }
        let mut areas: Vec<AreaCode> =
            self.places.iter().map(|(area, _)| area.feed_area().unwrap_or_else(|| area.clone())).collect();
        areas.sort();
        areas.dedup();
        Some(areas)
    }

    /// What `wanted` leaves of the areas that the user may read; none for everywhere. A supervisor of two villages who asks
    /// for their district gets the two.
    #[must_use]
    pub fn narrowed(&self, wanted: Option<&AreaCode>) -> Option<Vec<AreaCode>> {
        let Some(wanted) = wanted else { return self.readable() };
        if self.may_read(wanted) {
            return Some(vec![wanted.clone()]);
        }
        self.readable().map(|areas| areas.into_iter().filter(|area| wanted.contains(area)).collect())
    }
}

/// RW and RT act as their village (R11).
fn covers(place: &AreaCode, area: &AreaCode) -> bool {
    place.feed_area().unwrap_or_else(|| place.clone()).contains(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permissions(places: &[(&str, Role)]) -> Permissions {
        Permissions { places: places.iter().map(|(area, role)| (code(area), *role)).collect() }
    }

    fn code(area: &str) -> AreaCode {
        AreaCode::parse(area).expect("a code")
    }

    #[test]
    fn an_assignment_covers_what_lies_inside_it_and_nothing_else() {
        let supervisor = permissions(&[("35.12.06", Role::Supervisor)]);
        assert!(supervisor.may_review(&code("35.12.06.2004")));
        assert!(!supervisor.may_read(&code("35.12.07.2004")));
        assert!(!supervisor.may_read(&code("35.12")));
        assert!(!supervisor.is_administrator());
    }

    #[test]
    fn the_best_of_several_roles_counts_in_each_area() {
        let both = permissions(&[("35.12", Role::Viewer), ("35.12.06.2004", Role::Volunteer)]);
        assert_eq!(both.in_area(&code("35.12.06.2004")), Some(Right::Write));
        assert_eq!(both.in_area(&code("35.12.06.2005")), Some(Right::Read));
        assert!(!both.sees_personal(&code("35.12.06.2005")));
        assert!(both.sees_personal(&code("35.12.06.2004")));
    }

    #[test]
    fn an_rt_acts_as_its_village_and_an_administrator_everywhere() {
        assert!(permissions(&[("35.12.06.2004.005.014", Role::Volunteer)]).may_read(&code("35.12.06.2004")));
        let administrator = permissions(&[("35.12", Role::Administrator)]);
        assert!(administrator.may_review(&code("11.01.01.2001")));
        assert_eq!(administrator.readable(), None);
    }

    #[test]
    fn a_wish_for_more_is_narrowed_to_what_may_be_read() {
        let both = permissions(&[("35.12.06.2004", Role::Viewer), ("35.12.07.2001", Role::Viewer)]);
        assert_eq!(both.narrowed(Some(&code("35.12.06"))), Some(vec![code("35.12.06.2004")]));
        assert_eq!(both.narrowed(Some(&code("35.12.08"))), Some(Vec::new()));
        assert_eq!(both.narrowed(None).map(|areas| areas.len()), Some(2));
        assert_eq!(permissions(&[("35", Role::Administrator)]).narrowed(None), None);
    }

    #[test]
    fn nobody_reads_anything_without_an_assignment() {
        assert!(!permissions(&[]).may_read(&code("35.12.06.2004")));
        assert_eq!(permissions(&[]).readable(), Some(Vec::new()));
    }
}
