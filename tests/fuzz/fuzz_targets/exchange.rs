//! The codec: whatever the bytes, reading them ends in a message or in an error, and a message that was read is written and
//! read again as itself. The first byte says what the rest is: a frame, or the message inside one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rukun_fuzz::framed;
use sync_core::exchange::{decode_request, decode_response, encode_request, encode_response};

fuzz_target!(init: rukun_fuzz::write_seeds_if_asked(), |data: &[u8]| {
    let Some((kind, rest)) = data.split_first() else { return };
    let frame = if kind & 2 == 0 { rest.to_vec() } else { framed(rest) };
    if kind & 1 == 0 {
        if let Ok(request) = decode_request(&frame) {
            assert_eq!(decode_request(&encode_request(&request)).as_ref(), Ok(&request));
        }
    } else if let Ok(response) = decode_response(&frame) {
        assert_eq!(decode_response(&encode_response(&response)).as_ref(), Ok(&response));
    }
});
