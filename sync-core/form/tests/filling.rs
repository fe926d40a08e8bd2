//! Filling forms: what a session promises, as stories and as properties.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "filling/forms.rs"]
mod forms;
#[path = "filling/properties.rs"]
mod properties;
#[path = "filling/stories.rs"]
mod stories;
