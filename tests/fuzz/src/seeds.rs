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
    for (place, expression) in EXPRESSIONS.iter().enumerate() {
        write(folder, "expression", expression.as_bytes(), &format!("expression-{place}"))?;
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

/// Expressions as forms have them.
const EXPRESSIONS: [&str; 12] = [
    "selected(../toilet, 'flush') and not(/data/member/age < 5 or ../toilet != '')",
    "if(. >= 0 and . <= 120, round(. * 1.5, 2), coalesce(/data/empty, 'x'))",
    "instance('data')/data/member[age = current()/../empty][position() = last()]/name",
    "indexed-repeat(/data/member/age, /data/member, position(..) - 1)",
    "format-date(date(today() - 30), '%e %b %Y') = decimal-date-time('2026-11-24T06:30:00.000+07:00')",
    "concat('a', substr(string(/data/name), 1, 3), jr:choice-name(/data/toilet, '/data/toilet'))",
    "regex(/data/name, '[A-Za-z ]{1,100}') or contains(translate(/data/name, 'a', 'b'), \"c\")",
    "sum(/data/member/age[. != '']) div count(//member) mod 3 - -min(1, /data/member/age)",
    "area('0 0;0 1;1 1;0 0') + distance(/data/name) > 2 or geofence('0 0', '0 0;0 1;1 1;0 0')",
    "add-date('2026-01-31', 0, 1) | randomize(/data/member/preceding-sibling::*[1], 42)",
    "weighted-checklist(1, -1, /data/member/age, 3) = checklist(1, 2, true(), /data/*)",
    "digest(base64-decode('QQ=='), 'SHA-256', 'hex') = once(uuid(8))",
];

fn write(folder: &Path, target: &str, bytes: &[u8], name: &str) -> std::io::Result<()> {
    let folder = folder.join(target);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join(name), bytes)
}
