//! LEB128 numbers, as the Automerge binary format has them.

/// Appends an unsigned number.
pub(super) fn unsigned(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return;
        }
        bytes.push(byte | 0x80);
    }
}

/// Appends a signed number.
pub(super) fn signed(bytes: &mut Vec<u8>, mut number: i64) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if (number == 0 && byte & 0x40 == 0) || (number == -1 && byte & 0x40 != 0) {
            bytes.push(byte);
            return;
        }
        bytes.push(byte | 0x80);
    }
}

/// Appends bytes with their length before them.
pub(super) fn prefixed(bytes: &mut Vec<u8>, content: &[u8]) {
    unsigned(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}
