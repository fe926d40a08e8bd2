//! End-to-end tests of Rukun: the proof that no edit is lost.
//!
//! - [`seed`]: the one source of chance. A seed replays a whole world.
//! - [`forge`]: changes written by hand, honest ones and one forgery for each rule of soundness (R2).
//! - [`survey`]: the small form that simulated people fill in.
//! - [`office`]: papers for phones where a test needs no server.
//! - [`oracle`]: a naive second opinion on what a merged record must say.
//! - [`crash`]: phones that die at any statement of their store; [`scratch`]: where they live.
//!
//! The tests themselves are in `tests/tests`, one file a subject; worlds that once failed are in `tests/regressions`.

pub mod crash;
pub mod forge;
pub mod ledger;
pub mod network;
pub mod office;
pub mod oracle;
pub mod scratch;
pub mod seed;
pub mod survey;
pub mod world;
