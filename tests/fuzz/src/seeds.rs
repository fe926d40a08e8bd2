//! Real messages and changes, from which the targets begin.

use std::path::Path;

use rukun_xlsform::{Workbook, write_excel};
use sync_core::exchange::{encode_request, encode_response};

use crate::{FORM, changes, request, response};

/// Where `RUKUN_FUZZ_SEEDS` names a folder, writes there what the targets begin with, and ends the process.
pub fn write_seeds_if_asked() {
    if let Ok(folder) = std::env::var("RUKUN_FUZZ_SEEDS") {
        write_seeds(Path::new(&folder)).expect("the seeds are written");
        std::process::exit(0);
    }
}

fn write_seeds(folder: &Path) -> std::io::Result<()> {
    let (request, response) = (encode_request(&request()), encode_response(&response()));
    let unpack = |frame: &[u8]| zstd::decode_all(&frame[3..]).expect("our own frame");
    write(folder, "exchange", &[&[0], request.as_slice()].concat(), "request-frame")?;
    write(folder, "exchange", &[&[1], response.as_slice()].concat(), "response-frame")?;
    write(folder, "exchange", &[&[2], unpack(&request).as_slice()].concat(), "request-message")?;
    write(folder, "exchange", &[&[3], unpack(&response).as_slice()].concat(), "response-message")?;
    write(folder, "xlsform", &[&[0], FORM.as_bytes()].concat(), "markdown")?;
    write(folder, "xlsform", &[&[1], excel()?.as_slice()].concat(), "excel")?;
    for (place, change) in changes().iter().enumerate() {
        write(folder, "segment", &[&[0], change.as_slice()].concat(), &format!("change-{place}"))?;
        // Behind magic, checksum, type and the two bytes of its length.
        let body = if change[9] & 0x80 == 0 { &change[10..] } else { &change[11..] };
        write(folder, "segment", &[&[1], body].concat(), &format!("body-{place}"))?;
    }
    Ok(())
}

/// The form as an Excel file.
fn excel() -> std::io::Result<Vec<u8>> {
    let file = std::env::temp_dir().join(format!("rukun-seed-{}.xlsx", std::process::id()));
    write_excel(&Workbook::from_markdown(FORM), &file).map_err(std::io::Error::other)?;
    let bytes = std::fs::read(&file)?;
    std::fs::remove_file(file)?;
    Ok(bytes)
}

fn write(folder: &Path, target: &str, bytes: &[u8], name: &str) -> std::io::Result<()> {
    let folder = folder.join(target);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(name), bytes)
}
