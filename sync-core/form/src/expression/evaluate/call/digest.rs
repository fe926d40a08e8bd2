//! `digest` and `base64-decode`.

use std::borrow::Cow;
use std::fmt::Write;

use base64ct::{Base64, Base64Unpadded, Encoding};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{Context, Evaluator, Outcome, argument};
use crate::expression::{Environment, EvaluationError, Expr, Value};

impl<'a, E: Environment> Evaluator<'a, E> {
    pub(super) fn digest(&mut self, arguments: &'a [Expr], context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(argument(arguments, 0), context)?;
        let algorithm = self.text(argument(arguments, 1), context)?;
        let hash =
            hash(&algorithm, text.as_bytes()).ok_or_else(|| EvaluationError::UnknownDigest(algorithm.into_owned()))?;
        let encoding = match arguments.get(2) {
            Some(encoding) => self.text(encoding, context)?,
            None => Cow::Borrowed("base64"),
        };
        let encoded = match encoding.as_ref() {
            "base64" => Base64::encode_string(&hash),
            "hex" => hash.iter().fold(String::new(), |mut hex, byte| {
                // Writing into a text does not fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            }),
            other => return Err(EvaluationError::UnknownDigest(other.to_owned())),
        };
        Ok(Value::Text(Cow::Owned(encoded)))
    }

    /// The text that is encoded; nothing if it is no base64. What is no UTF-8 in it becomes U+FFFD.
    pub(super) fn base64_decode(&mut self, first: &'a Expr, context: Context<E::Node>) -> Outcome<'a, E> {
        let text = self.text(first, context)?;
        let bytes = Base64Unpadded::decode_vec(text.trim_end_matches('='));
        Ok(bytes.map_or(Value::empty(), |bytes| Value::Text(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()))))
    }
}

fn hash(algorithm: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match algorithm.to_ascii_uppercase().as_str() {
        "MD5" => Md5::digest(bytes).to_vec(),
        "SHA-1" => Sha1::digest(bytes).to_vec(),
        "SHA-256" => Sha256::digest(bytes).to_vec(),
        "SHA-384" => Sha384::digest(bytes).to_vec(),
        "SHA-512" => Sha512::digest(bytes).to_vec(),
        _ => return None,
    })
}
