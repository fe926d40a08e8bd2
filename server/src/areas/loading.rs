//! Loading of areas: the ones that come with the server, and lists that an operator brings.

use diesel::prelude::*;
use serde::Deserialize;
use sync_core::area::{AreaCode, AreaCodeError};
use sync_core::time::Timestamp;
use thiserror::Error;

use super::level_code;
use crate::audit::{self, Act, By};
use crate::database::schema::areas;
use crate::database::{AnyConnection, DatabaseError};

const SITUBONDO: &str = include_str!("../../areas/situbondo_wilayah.json");
const SITUBONDO_OUTLINES: &str = include_str!("../../areas/situbondo_villages.geojson");

/// An area to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArea {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// GeoJSON geometry, if there is one.
    pub outline: Option<String>,
}

/// Why a list is not loaded. Nothing of it is.
#[derive(Debug, Error)]
pub enum AreaListError {
    /// A line of the CSV file cannot be read.
    #[error("not a CSV file of `code,name`: {0}")]
    Csv(#[from] csv::Error),
    /// The file is not JSON of the expected shape.
    #[error("not a JSON list of {{\"code\", \"name\"}}: {0}")]
    Json(#[from] serde_json::Error),
    /// A code is not one.
    #[error("entry {entry}: {reason}")]
    Code {
        /// Counted from 1.
        entry: usize,
        /// What is wrong with it.
        reason: AreaCodeError,
    },
    /// A name is empty.
    #[error("entry {entry}: area {code} has no name")]
    Name {
        /// Counted from 1.
        entry: usize,
        /// The area.
        code: AreaCode,
    },
    /// The list has no entries.
    #[error("the list is empty")]
    Empty,
}

#[derive(Deserialize)]
struct Line {
    #[serde(alias = "kode")]
    code: String,
    #[serde(alias = "nama")]
    name: String,
    #[serde(default)]
    outline: Option<serde_json::Value>,
}

/// Reads a CSV list with the columns `code,name` (or `kode,nama`, as the Kemendagri list is often passed on).
///
/// # Errors
/// [`AreaListError`].
pub fn read_csv(bytes: &[u8]) -> Result<Vec<NewArea>, AreaListError> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(alias = "kode")]
        code: String,
        #[serde(alias = "nama")]
        name: String,
    }
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let lines = reader.deserialize::<Row>();
    let lines: Result<Vec<Line>, csv::Error> =
        lines.map(|row| row.map(|Row { code, name }| Line { code, name, outline: None })).collect();
    check(lines?)
}

/// Reads a JSON list of `{"code", "name"}`, each with a GeoJSON geometry as `outline` if it has one.
///
/// # Errors
/// [`AreaListError`].
pub fn read_json(bytes: &[u8]) -> Result<Vec<NewArea>, AreaListError> {
    check(serde_json::from_slice(bytes)?)
}

fn check(lines: Vec<Line>) -> Result<Vec<NewArea>, AreaListError> {
    if lines.is_empty() {
        return Err(AreaListError::Empty);
    }
    let entries = lines.into_iter().enumerate().map(|(index, line)| {
        let entry = index + 1;
        let code = AreaCode::parse(line.code.trim()).map_err(|reason| AreaListError::Code { entry, reason })?;
        let name = line.name.trim().to_owned();
        if name.is_empty() {
            return Err(AreaListError::Name { entry, code });
        }
        Ok(NewArea { code, name, outline: line.outline.map(|outline| outline.to_string()) })
    });
    entries.collect()
}

/// Kabupaten Situbondo: province, regency, 17 districts, 136 villages with outlines.
///
/// # Errors
/// [`AreaListError`], if the files in the server's source are damaged.
pub fn built_in() -> Result<Vec<NewArea>, AreaListError> {
    #[derive(Deserialize)]
    struct List {
        province: Line,
        regency: Line,
        districts: Vec<Line>,
        villages: Vec<Line>,
    }
    #[derive(Deserialize)]
    struct Outlines {
        features: Vec<Feature>,
    }
    #[derive(Deserialize)]
    struct Feature {
        properties: Properties,
        geometry: serde_json::Value,
    }
    #[derive(Deserialize)]
    struct Properties {
        code: String,
    }
    let list: List = serde_json::from_str(SITUBONDO)?;
    let outlines: Outlines = serde_json::from_str(SITUBONDO_OUTLINES)?;
    let mut lines = vec![list.province, list.regency];
    lines.extend(list.districts);
    lines.extend(list.villages);
    let mut outlines: std::collections::HashMap<String, serde_json::Value> =
        outlines.features.into_iter().map(|feature| (feature.properties.code, feature.geometry)).collect();
    for line in &mut lines {
        line.outline = outlines.remove(&line.code);
    }
    check(lines)
}

/// Puts areas into the tree: new ones are added, known ones get the list's name, and its outline if it has one. None is
/// ever removed: records lie in them. `progress` is told how many are done.
///
/// # Errors
/// [`DatabaseError`].
pub fn load(
    connection: &mut AnyConnection,
    by: By,
    list: &[NewArea],
    now: Timestamp,
    mut progress: impl FnMut(usize),
) -> Result<(), DatabaseError> {
    for (index, area) in list.iter().enumerate() {
        put(connection, area)?;
        progress(index + 1);
    }
    audit::write(connection, by, Act::AreasLoaded, &list.len().to_string(), now)
}

fn put(connection: &mut AnyConnection, area: &NewArea) -> Result<(), DatabaseError> {
    let known = areas::table.filter(areas::code.eq(area.code.as_str()));
    let changed = match &area.outline {
        Some(outline) => {
            diesel::update(known).set((areas::name.eq(&area.name), areas::outline.eq(outline))).execute(connection)?
        }
        None => diesel::update(known).set(areas::name.eq(&area.name)).execute(connection)?,
    };
    if changed == 0 {
        let row = (
            areas::code.eq(area.code.as_str()),
            areas::name.eq(&area.name),
            areas::level.eq(level_code(area.code.level())),
            areas::parent.eq(area.code.parent().map(|parent| parent.as_str().to_owned())),
            areas::outline.eq(&area.outline),
        );
        diesel::insert_into(areas::table).values(row).execute(connection)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn situbondo_comes_with_the_server() {
        let list = built_in().expect("a list");
        assert_eq!(list.len(), 1 + 1 + 17 + 136);
        assert_eq!(list.iter().filter(|area| area.outline.is_some()).count(), 136);
    }

    #[test]
    fn a_list_is_read_with_english_or_indonesian_heads() {
        let read = read_csv(b"kode,nama\n11,Aceh\n11.01,\"Kabupaten Aceh Selatan\"\n").expect("a list");
        assert_eq!(read[1].name, "Kabupaten Aceh Selatan");
        assert_eq!(read_json(br#"[{"code": "11", "name": "Aceh"}]"#).expect("a list")[..], read[..1]);
    }

    #[test]
    fn a_list_with_a_wrong_entry_is_refused_by_its_number() {
        let error = read_csv(b"code,name\n11,Aceh\n11.1,Aceh Selatan\n").expect_err("refused").to_string();
        assert!(error.starts_with("entry 2: `11.1`"), "{error}");
        assert!(matches!(read_csv(b"code,name\n11,\n"), Err(AreaListError::Name { entry: 1, .. })));
        assert!(matches!(read_csv(b"code,name\n"), Err(AreaListError::Empty)));
        assert!(read_json(b"{}").is_err());
    }
}
