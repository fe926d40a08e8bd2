//! A table becomes records, once.

use std::path::Path;

use serde_json::{Value, json};

use crate::binary::{rukun, said};

const MAP: &str = "column,question,from,to\nsource,water/water_source,,\nplace,water/water_location,,\n\
                   minutes,water/water_minutes,,\nenough,water/water_insufficient,,\ntoilet,sanitation/toilet,,\n\
                   hands,hygiene/handwash_place,,\n";

const ROWS: &str = "household,village,source,place,minutes,enough,toilet,hands\n\
                    a-1,35.12.06.2004,protected_spring,elsewhere,20.0,no,none,none\n\
                    a-2,35.12.06.2004.003.014,protected_spring,elsewhere,20,no,,none\n\
                    a-3,35.12.99.2001,surface,elsewhere,20,no,none,none\n\
                    ,35.12.06.2004,surface,elsewhere,20,no,none,none\n\
                    a-5,35.12.06.2004,moon,elsewhere,20,no,none,none\n";

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = rukun(folder, &[&["--json"], arguments].concat()).output().unwrap();
    serde_json::from_str(&said(&output)).unwrap()
}

#[test]
fn a_table_becomes_records_and_the_same_table_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("map.csv"), MAP).unwrap();
    std::fs::write(folder.join("rows.csv"), ROWS).unwrap();
    let form = concat!(env!("CARGO_MANIFEST_DIR"), "/forms/jmp-core.json");
    let import = ["import", form, "rows.csv", "--columns", "map.csv", "--key", "household", "--area", "village"];
    let unread =
        json!([{"column": "source", "value": "moon", "why": "neither the map nor the question knows it", "rows": 1}]);
    let report = |complete: u64, drafts: u64, known: u64| json!({"complete": complete, "drafts": drafts, "known": known, "without_key": 1, "without_area": 1, "unread": unread});
    assert_eq!(json(folder, &import), report(1, 2, 0));
    let records = json(folder, &["record", "list", "--form", "jmp-core"]);
    assert_eq!(records.as_array().unwrap().len(), 3, "{records}");
    assert_eq!(json(folder, &import), report(0, 0, 3));
    assert_eq!(json(folder, &["record", "list", "--form", "jmp-core"]), records);

    let shown = |record: &Value| json(folder, &["record", "show", record["id"].as_str().unwrap()]).to_string();
    let all: String = records.as_array().unwrap().iter().map(shown).collect();
    assert!(all.contains("water/water_minutes") && all.contains("protected_spring"), "{all}");
    // Computed again from the segments alone, they are the same.
    said(&rukun(folder, &["rebuild"]).output().unwrap());
    assert_eq!(json(folder, &["record", "list", "--form", "jmp-core"]), records);
}
