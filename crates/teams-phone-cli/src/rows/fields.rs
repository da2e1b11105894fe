//! Owns the columns of a row and how a line is taken apart into them; knows no file.

use std::fmt;

use csv_core::{Reader, ReaderBuilder};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use teams_phone::{ClientId, ObjectId, TenantId};

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Action,
    Tenant,
    Object,
    PrincipalType,
    ClientIds,
    /// What the output of this command adds to its rows.
    SchemaVersion,
}

const KNOWN: &str = "tenant_id, object_id, principal_type, client_ids, action";

/// How the lines of a file are taken apart.
#[derive(Debug)]
pub(super) enum Layout {
    Csv {
        columns: Vec<Column>,
        /// Used again for every line: it is slow to make.
        reader: Box<Reader>,
    },
    /// JSON objects, and how messages call one.
    Json(&'static str),
}

/// What a row says, as it is written; a value that is empty is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields {
    action: Option<String>,
    tenant_id: Option<String>,
    object_id: Option<String>,
    pub(crate) principal_type: Option<String>,
    client_ids: Vec<String>,
}

impl Layout {
    /// Reads the line that names the columns.
    pub(super) fn csv(head: &str) -> Result<Self, String> {
        let separators = [b',', b';', b'\t'];
        let separator = separators
            .into_iter()
            .find(|separator| head.as_bytes().contains(separator))
            .unwrap_or(b',');
        let mut reader = Box::new(ReaderBuilder::new().delimiter(separator).build());
        let mut columns = Vec::new();
        for name in split(head, &mut reader)? {
            let column = Column::named(&name)?;
            if columns.contains(&column) {
                return Err(format!("the column {name:?} is there twice"));
            }
            columns.push(column);
        }
        if columns.contains(&Column::Object) {
            Ok(Self::Csv { columns, reader })
        } else {
            Err("there is no column object_id".to_owned())
        }
    }

    /// Takes a line apart.
    pub(super) fn fields(&mut self, line: &str) -> Result<Fields, String> {
        match self {
            Self::Json(what) => json(line, what),
            Self::Csv { columns, reader } => {
                let values = split(line, reader)?;
                if values.len() != columns.len() {
                    return Err(format!(
                        "it has {} fields, and the first line names {}",
                        values.len(),
                        columns.len()
                    ));
                }
                let mut fields = Fields::default();
                for (column, value) in columns.iter().zip(&values) {
                    fields.set(*column, value);
                }
                Ok(fields)
            }
        }
    }
}

impl Column {
    /// The column of a name; case, blanks, hyphens and underscores do not matter, so `tenantId` will do.
    fn named(name: &str) -> Result<Self, String> {
        let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
        let plain: String = letters.collect::<String>().to_ascii_lowercase();
        match plain.as_str() {
            "action" => Ok(Self::Action),
            "tenantid" => Ok(Self::Tenant),
            "objectid" => Ok(Self::Object),
            "principaltype" => Ok(Self::PrincipalType),
            "clientids" => Ok(Self::ClientIds),
            "schemaversion" => Ok(Self::SchemaVersion),
            _ => Err(format!(
                "{:?} is not a column; known are {KNOWN}",
                shortened(name)
            )),
        }
    }
}

impl Fields {
    fn set(&mut self, column: Column, value: &str) {
        let value = value.trim();
        let text = (!value.is_empty()).then(|| value.to_owned());
        match column {
            Column::Action => self.action = text,
            Column::Tenant => self.tenant_id = text,
            Column::Object => self.object_id = text,
            Column::PrincipalType => self.principal_type = text,
            Column::ClientIds => self.add_client_ids(value),
            Column::SchemaVersion => {}
        }
    }

    fn add_client_ids(&mut self, list: &str) {
        let ids = list.split(|c: char| c.is_whitespace() || matches!(c, ';' | ','));
        let ids = ids.filter(|id| !id.is_empty());
        self.client_ids.extend(ids.map(str::to_owned));
    }

    /// Whether the action takes access away, by the names of the two that there are; giving is the default.
    pub(crate) fn takes_away(&self, give: &str, take: &str) -> Result<bool, String> {
        match self.action.as_deref() {
            None => Ok(false),
            Some(action) if action.eq_ignore_ascii_case(give) => Ok(false),
            Some(action) if action.eq_ignore_ascii_case(take) => Ok(true),
            Some(other) => Err(format!(
                "action {:?} is not known; give {give} or {take}",
                shortened(other)
            )),
        }
    }

    /// The tenant.
    pub(crate) fn tenant(&self) -> Result<TenantId, String> {
        read(self.tenant_id.as_deref(), "tenant_id")
    }

    /// The object.
    pub(crate) fn object(&self) -> Result<ObjectId, String> {
        read(self.object_id.as_deref(), "object_id")
    }

    /// The applications.
    pub(crate) fn client_ids(&self) -> Result<Vec<ClientId>, String> {
        let ids = self.client_ids.iter();
        ids.map(|id| read(Some(id), "client_ids")).collect()
    }
}

/// Reads an id.
fn read<T>(text: Option<&str>, column: &str) -> Result<T, String>
where
    T: std::str::FromStr<Err = teams_phone::Error>,
{
    let text = text.ok_or_else(|| format!("{column} is missing"))?;
    text.parse()
        .map_err(|error: teams_phone::Error| error.message().to_owned())
}

/// Takes a line of separated values apart.
fn split(line: &str, reader: &mut Reader) -> Result<Vec<String>, String> {
    reader.reset();
    let (mut text, mut ends) = (vec![0; line.len() + 1], vec![0; line.len() + 1]);
    let (_, read, written, found) = reader.read_record(line.as_bytes(), &mut text, &mut ends);
    if read < line.len() {
        return Err("there is a carriage return within the line".to_owned());
    }
    // Nothing more comes: this ends the last value, unless the line has done so.
    let (_, _, rest, last) = reader.read_record(&[], &mut text[written..], &mut ends[found..]);
    text.truncate(written + rest);
    ends.truncate(found + last);
    let mut start = 0;
    let values = ends.into_iter().map(|end| {
        let value = text.get(start..end).unwrap_or_default();
        start = end;
        let value = std::str::from_utf8(value).map_err(|error| error.to_string())?;
        Ok(value.trim().to_owned())
    });
    let values: Vec<String> = values.collect::<Result<_, String>>()?;
    if values.is_empty() {
        return Err("the line holds no values".to_owned());
    }
    Ok(values)
}

/// Takes a JSON object apart.
fn json(line: &str, what: &str) -> Result<Fields, String> {
    let Pairs(pairs) =
        serde_json::from_str(line).map_err(|error| format!("it is not {what}: {error}"))?;
    let mut fields = Fields::default();
    let mut columns = Vec::new();
    for (name, value) in &pairs {
        let column = Column::named(name)?;
        if columns.contains(&column) {
            return Err(format!(
                "{name} is there twice, perhaps in another spelling"
            ));
        }
        columns.push(column);
        match value {
            Value::Null => {}
            Value::String(text) => fields.set(column, text),
            Value::Number(_) if column == Column::SchemaVersion => {}
            Value::Array(list) if column == Column::ClientIds => {
                for id in list {
                    let id = id.as_str();
                    fields.add_client_ids(id.ok_or("client_ids holds something else than texts")?);
                }
            }
            _ => return Err(format!("{name} is not a text")),
        }
    }
    Ok(fields)
}

/// The members of a JSON object as they are written, repeated names included.
struct Pairs(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Pairs, M::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// A text from a file, short enough for a message.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(64) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
