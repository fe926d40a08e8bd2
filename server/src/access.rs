//! Who may speak to the server, and how each proves who they are.
//!
//! - A person at a screen logs in with a [`password`] and gets a [`session`](token::SessionClaims) in a cookie.
//! - A phone is enrolled with a one-time [`code`], and renews its [`token`] by signing a [`nonce`] (R17).
//! - What a person may then do is in [`rights`]: the token says who, the database says whether.

pub mod code;
pub mod nonce;
pub mod password;
pub mod rate;
pub mod rights;
pub mod token;
