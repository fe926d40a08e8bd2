//! Photos, sounds and files: what an answer says of one.

use super::answer::Answer;

/// What an answer says of an attached file.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FileAnswer {
    /// SHA-256 of its bytes: give it to [`Store::file`](crate::Store).
    pub hash: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its type, such as `image/jpeg`.
    pub media_type: String,
    /// Its name.
    pub name: String,
}

/// Reads the answer of an image, audio, video or file question. None if it is not one.
#[uniffi::export]
pub fn file_of(answer: Answer) -> Option<FileAnswer> {
    let Answer::Text { value } = answer else { return None };
    let mut parts = value.splitn(4, ' ');
    let mut next = || parts.next().map(str::to_owned);
    let (hash, size, media_type, name) = (next()?, next()?, next()?, next()?);
    let size = size.parse().ok()?;
    (hash.len() == 64).then_some(FileAnswer { hash, size, media_type, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_with_blanks_stays_whole() {
        let hash = "0".repeat(64);
        let answer = Answer::Text { value: format!("{hash} 12 image/jpeg rumah pak RT.jpg") };
        assert_eq!(file_of(answer).map(|file| (file.size, file.name)), Some((12, "rumah pak RT.jpg".into())));
        assert_eq!(file_of(Answer::Text { value: "four words of text".into() }), None);
    }
}
