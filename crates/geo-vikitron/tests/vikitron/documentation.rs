//! The documentation's example is an answer, whole, and the schema knows its fields.

use application::ports::GeoResolver;
use serde_json::Value;
use testkit::net::{Behaviour, HttpServer};

use crate::{ip, vikitron};

const PAGE: &str = include_str!("../../../../docs/vikitron.md");
const SCHEMA: &str = include_str!("../../../../docs/vikitron.schema.json");

/// The indented block of the page that begins with a brace.
fn example() -> Value {
    let lines = PAGE.lines().skip_while(|line| *line != "    {");
    let block: String = lines.take_while(|line| line.starts_with("    ")).collect();
    serde_json::from_str(&block).unwrap()
}

#[tokio::test]
async fn the_example_is_read_to_its_last_field() {
    let server = HttpServer::start(Behaviour::json(example().to_string())).await;
    let context = vikitron(&server).resolve(ip("89.24.1.2")).await.unwrap();
    let Value::Object(fields) = serde_json::to_value(&context).unwrap() else { panic!("{context:?}") };
    // A context leaves out what is not known: all fifteen are there.
    assert_eq!(fields.len(), 15, "{context:?}");
    assert_eq!(context.city.unwrap().names["cs"], "Praha");
}

#[test]
fn the_schema_knows_every_field_of_the_example() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut seen = 0;
    known(&example(), &schema, &schema, "", &mut seen);
    assert!(seen >= 20, "{seen} fields");
}

/// Every field of `value` is a property of `schema`, or one of many that are alike.
fn known(value: &Value, schema: &Value, root: &Value, path: &str, seen: &mut usize) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    for (name, field) in value.as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        let property =
            schema.pointer(&format!("/properties/{name}")).or_else(|| schema.get("additionalProperties"));
        known(field, property.unwrap_or_else(|| panic!("{path} is not in the schema")), root, &path, seen);
        *seen += 1;
    }
}
