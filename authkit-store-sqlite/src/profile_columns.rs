//! The application's own columns of a users table that exists already, and the profile that they are.

use authkit_core::Profile;
use authkit_sql::{ColumnType, ProfileColumn, TimeFormat};
use rusqlite::types::{Value, ValueRef};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::times;
use crate::trouble::SqliteTrouble;

/// The values of the columns, in their order. A missing field is NULL; a field without a column is not kept.
pub(crate) fn write(
    columns: &[ProfileColumn],
    format: TimeFormat,
    profile: &Profile,
) -> Result<Vec<Value>, SqliteTrouble> {
    let value = |column: &ProfileColumn| {
        let field = profile.fields().get(&column.name).unwrap_or(&Json::Null);
        write_field(column.column_type, format, field)
            .ok_or_else(|| SqliteTrouble::Field { column: column.name.clone() })
    };
    columns.iter().map(value).collect()
}

/// What the columns keep of a profile.
pub(crate) fn held(columns: &[ProfileColumn], format: TimeFormat, profile: &Profile) -> Result<Profile, SqliteTrouble> {
    let values = write(columns, format, profile)?;
    let mut fields = Map::new();
    for (column, value) in columns.iter().zip(&values) {
        if let Some(field) = read_field(column.column_type, format, ValueRef::from(value)).filter(|it| !it.is_null()) {
            fields.insert(column.name.clone(), field);
        }
    }
    Ok(Profile::new(fields))
}

/// One cell as JSON, NULL as `null`. `None`: it holds something else than its type.
pub(crate) fn read_field(column_type: ColumnType, format: TimeFormat, cell: ValueRef<'_>) -> Option<Json> {
    if cell == ValueRef::Null {
        return Some(Json::Null);
    }
    Some(match (column_type, cell) {
        (ColumnType::Text | ColumnType::Uuid, cell) => Json::from(cell.as_str().ok()?),
        (ColumnType::Integer | ColumnType::BigInt, cell) => Json::from(cell.as_i64().ok()?),
        (ColumnType::Boolean, cell) => Json::from(cell.as_i64().ok()? != 0),
        (ColumnType::Timestamptz, cell) => Json::from(times::read(format, cell)?.to_string()),
        // A column whose type has no text in its name turns a text that is a number into one.
        (ColumnType::Json, ValueRef::Integer(number)) => Json::from(number),
        (ColumnType::Json, ValueRef::Real(number)) => Json::from(number),
        (ColumnType::Json, cell) => serde_json::from_str(cell.as_str().ok()?).ok()?,
    })
}

fn write_field(column_type: ColumnType, format: TimeFormat, field: &Json) -> Option<Value> {
    if field.is_null() {
        return Some(Value::Null);
    }
    Some(match column_type {
        ColumnType::Text => Value::Text(field.as_str()?.to_owned()),
        ColumnType::Integer => Value::Integer(i32::try_from(field.as_i64()?).ok()?.into()),
        ColumnType::BigInt => Value::Integer(field.as_i64()?),
        ColumnType::Boolean => Value::Integer(field.as_bool()?.into()),
        ColumnType::Timestamptz => times::write(format, times::parse(field.as_str()?)?),
        ColumnType::Uuid => Value::Text(Uuid::try_parse(field.as_str()?).ok()?.to_string()),
        ColumnType::Json => Value::Text(field.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn column(name: &str, column_type: ColumnType) -> ProfileColumn {
        ProfileColumn { name: name.to_owned(), column_type }
    }

    #[test]
    fn a_profile_is_what_its_columns_keep() {
        let columns = [
            column("company", ColumnType::Text),
            column("seats", ColumnType::Integer),
            column("bytes", ColumnType::BigInt),
            column("beta", ColumnType::Boolean),
            column("joined", ColumnType::Timestamptz),
            column("device", ColumnType::Uuid),
            column("tags", ColumnType::Json),
            column("note", ColumnType::Text),
        ];
        let given = json!({
            "company": "Löwe", "seats": 3, "bytes": 4_000_000_000_u64, "beta": true, "joined": "2026-01-31T12:00:00Z",
            "device": "018D5E1C-0000-7000-8000-000000000001", "tags": ["a", {"b": 1}], "note": null, "unknown": 1,
        });
        let kept = json!({
            "company": "Löwe", "seats": 3, "bytes": 4_000_000_000_u64, "beta": true,
            "joined": "2026-01-31T12:00:00.000000Z", "device": "018d5e1c-0000-7000-8000-000000000001",
            "tags": ["a", {"b": 1}],
        });
        let given = Profile::new(given.as_object().cloned().expect("an object"));
        for format in [TimeFormat::Text, TimeFormat::Seconds, TimeFormat::Micros] {
            let held = held(&columns, format, &given).expect("it fits");
            assert_eq!(Json::Object(held.fields().clone()), kept);
        }
    }

    #[test]
    fn a_field_that_its_column_cannot_hold_is_refused_by_name() {
        for (column_type, field) in [
            (ColumnType::Text, json!(1)),
            (ColumnType::Integer, json!(4_000_000_000_u64)),
            (ColumnType::BigInt, json!(1.5)),
            (ColumnType::Boolean, json!("yes")),
            (ColumnType::Timestamptz, json!("soon")),
            (ColumnType::Uuid, json!("x")),
        ] {
            let profile = Profile::new([("field".to_owned(), field)].into_iter().collect());
            let refused = write(&[column("field", column_type)], TimeFormat::Text, &profile);
            assert!(matches!(refused, Err(SqliteTrouble::Field { column }) if column == "field"), "{column_type:?}");
        }
    }
}
