//! Attached files as data of the form.

use rukun_form::{Element, SecondaryInstance, Table};
use serde_json::Value;
use thiserror::Error;

/// Why an attached file cannot be read.
#[derive(Debug, Error)]
pub(crate) enum AttachmentError {
    /// It is no CSV.
    #[error("it is no CSV in UTF-8: {0}")]
    Csv(#[from] csv::Error),
    /// It is no JSON.
    #[error("it is no GeoJSON: {0}")]
    Json(#[from] serde_json::Error),
    /// It is JSON of another kind.
    #[error("it is no GeoJSON: it has no features")]
    NoFeatures,
    /// It is no XML.
    #[error("it is no XML: {0}")]
    Xml(#[from] roxmltree::Error),
    /// Its elements are nested more deeply than a compiled form can hold.
    #[error("its elements are nested more than {MOST_DEEP} deep")]
    TooDeep,
    /// It is not UTF-8.
    #[error("it is not UTF-8")]
    Encoding(#[from] std::str::Utf8Error),
}

/// How deep the elements of an attached XML file may be nested.
const MOST_DEEP: usize = 32;

/// Reads a file by its extension.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<SecondaryInstance, AttachmentError> {
    if file.ends_with(".geojson") {
        geojson(file, bytes).map(SecondaryInstance::Table)
    } else if file.ends_with(".xml") {
        let text = std::str::from_utf8(bytes)?;
        let document = roxmltree::Document::parse(text.trim_start_matches('\u{feff}'))?;
        element(document.root_element(), 0).map(SecondaryInstance::Tree)
    } else {
        csv_table(file, bytes).map(SecondaryInstance::Table)
    }
}

fn csv_table(file: &str, bytes: &[u8]) -> Result<Table, AttachmentError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let columns: Vec<String> = reader.headers()?.iter().map(|header| header.trim().to_owned()).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let mut row: Vec<String> = record?.iter().map(str::to_owned).collect();
        row.resize(columns.len(), String::new());
        rows.push(row);
    }
    Ok(Table { file: file.to_owned(), columns, rows })
}

/// A row for each feature: its properties, its id, and its geometry as XForms write places.
fn geojson(file: &str, bytes: &[u8]) -> Result<Table, AttachmentError> {
    let document: Value = serde_json::from_slice(bytes)?;
    let features = document.get("features").and_then(Value::as_array).ok_or(AttachmentError::NoFeatures)?;
    let mut columns = vec!["id".to_owned(), "geometry".to_owned()];
    let mut rows: Vec<Vec<String>> = Vec::new();
    for feature in features {
        let mut row = vec![plain(feature.get("id")), geometry(feature.get("geometry"))];
        row.resize(columns.len(), String::new());
        for (name, value) in feature.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let column = columns.iter().position(|column| column == name).unwrap_or_else(|| {
                columns.push(name.clone());
                row.push(String::new());
                columns.len() - 1
            });
            // A feature's own id comes before a property of the same name.
            if column != 0 || row[0].is_empty() {
                row[column] = plain(Some(value));
            }
        }
        rows.push(row);
    }
    rows.iter_mut().for_each(|row| row.resize(columns.len(), String::new()));
    Ok(Table { file: file.to_owned(), columns, rows })
}

fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// `lat lon 0 0`, several parted by `;`. GeoJSON writes the longitude first.
fn geometry(geometry: Option<&Value>) -> String {
    let Some(coordinates) = geometry.and_then(|geometry| geometry.get("coordinates")) else { return String::new() };
    let mut points = Vec::new();
    collect_points(coordinates, &mut points, 0);
    points.join("; ")
}

fn collect_points(value: &Value, points: &mut Vec<String>, depth: usize) {
    let Some(array) = value.as_array().filter(|_| depth < 8) else { return };
    if let [longitude, latitude, ..] = array.as_slice()
        && let (Some(longitude), Some(latitude)) = (longitude.as_f64(), latitude.as_f64())
    {
        points.push(format!("{latitude} {longitude} 0 0"));
        return;
    }
    array.iter().for_each(|inner| collect_points(inner, points, depth + 1));
}

fn element(node: roxmltree::Node<'_, '_>, depth: usize) -> Result<Element, AttachmentError> {
    if depth == MOST_DEEP {
        return Err(AttachmentError::TooDeep);
    }
    let children = node.children().filter(roxmltree::Node::is_element).map(|child| element(child, depth + 1));
    let children: Vec<Element> = children.collect::<Result<_, _>>()?;
    let text = if children.is_empty() { node.text().unwrap_or_default().trim().to_owned() } else { String::new() };
    let attributes = node.attributes().map(|attribute| (attribute.name().to_owned(), attribute.value().to_owned()));
    Ok(Element { name: node.tag_name().name().to_owned(), attributes: attributes.collect(), text, children })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_a_row() {
        let json = br#"{"type":"FeatureCollection","features":[
            {"type":"Feature","geometry":{"type":"Point","coordinates":[106.8,-6.2]},"properties":{"id":"a","title":"Pos","n":3}},
            {"type":"Feature","geometry":null,"id":"b","properties":{"id":"c"}}]}"#;
        let SecondaryInstance::Table(table) = read("p.geojson", json).unwrap() else { panic!("no table") };
        assert_eq!(table.columns, ["id", "geometry", "n", "title"]);
        assert_eq!(table.rows, [["a", "-6.2 106.8 0 0", "3", "Pos"], ["b", "", "", ""]]);
    }

    #[test]
    fn a_short_row_of_a_csv_is_filled_up() {
        let SecondaryInstance::Table(table) = read("a.csv", b"\xef\xbb\xbfname,label\nx\ny,Y,z\n").unwrap() else {
            panic!("no table")
        };
        assert_eq!(table.rows, [["x", ""], ["y", "Y"]]);
    }

    #[test]
    fn a_broken_file_says_how() {
        assert!(read("a.xml", b"<a>").is_err());
        assert!(read("a.geojson", b"{}").is_err());
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        assert!(matches!(read("a.xml", deep.as_bytes()), Err(AttachmentError::TooDeep)));
    }
}
