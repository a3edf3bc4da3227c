//! `GET /docs`: the reference, made from the OpenAPI document. It reads without JavaScript; with
//! it, every call has a form that sends it.

use std::sync::{Arc, LazyLock};

use axum::extract::State;
use axum::response::Response;
use minijinja::value::Serde;
use minijinja::{Value as Shown, context};
use serde::Serialize;
use serde_json::Value;

use crate::html::{self, Policy};
use crate::openapi;
use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

pub(crate) const PAGE: &str = "/docs";
pub(crate) const SCRIPT: &str = "/docs/app.js";

/// The document knows no order of fields; a reader does. Any other comes first.
const ORDER: [&str; 6] = ["email", "token", "password", "expirationTime", "customerRealIp", "apiKey"];

static CONTENT: LazyLock<Option<Shown>> = LazyLock::new(|| {
    let spec = serde_json::to_value(openapi::spec()).ok()?;
    let operations: Vec<_> = operations(&spec).collect();
    let description = spec.pointer("/info/description").and_then(Value::as_str);
    Some(context! { description, operations => Serde(operations) })
});

/// What the page says of this server.
#[derive(Clone)]
pub(crate) struct Reference {
    /// The public URL, without a slash at the end.
    pub(crate) base: Arc<str>,
    /// The key that the demo accepts.
    pub(crate) key: Option<&'static str>,
}

pub(crate) async fn page(State(reference): State<Reference>) -> Result<Response, ApiError> {
    let content = CONTENT.clone().ok_or_else(|| ApiError::new(ErrorCode::Internal))?;
    let server = context! { base => &*reference.base, key => reference.key };
    html::page("docs.html", context! { ..server, ..content }, Policy::Docs)
}

pub(crate) async fn script() -> Response {
    html::script(include_str!("../../assets/docs.js"))
}

/// One call.
#[derive(Serialize)]
struct Operation {
    id: String,
    method: &'static str,
    path: String,
    summary: String,
    description: String,
    fields: Vec<Field>,
    /// A body that works, as indented JSON.
    body: Option<String>,
    answers: Vec<Answer>,
}

/// One field of a body.
#[derive(Serialize)]
struct Field {
    name: String,
    required: bool,
    /// Type, format and limits, in words.
    kind: String,
    description: String,
    example: Option<String>,
}

/// What a call may answer with one status.
#[derive(Serialize)]
struct Answer {
    status: String,
    description: String,
    /// Those of the body of a success.
    fields: Vec<Field>,
    examples: Vec<Example>,
}

#[derive(Serialize)]
struct Example {
    name: String,
    summary: String,
    /// Whether `/errors/{name}` exists.
    explained: bool,
    json: String,
}

fn operations(spec: &Value) -> impl Iterator<Item = Operation> {
    let paths = spec.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(move |(path, item)| {
        [("post", "POST"), ("get", "GET")]
            .into_iter()
            .filter_map(move |(name, method)| Some(operation(spec, method, path, item.get(name)?)))
    })
}

fn operation(spec: &Value, method: &'static str, path: &str, operation: &Value) -> Operation {
    let schema = operation.pointer("/requestBody/content/application~1json/schema");
    let fields: Vec<_> = schema.and_then(|schema| resolved(spec, schema)).map(fields).unwrap_or_default();
    let body = schema.map(|_| body(&fields));
    Operation {
        id: text(operation, "operationId"),
        method,
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        fields,
        body,
        answers: answers(spec, operation),
    }
}

/// A body that works, its fields in the order of the page.
fn body(fields: &[Field]) -> String {
    let member =
        |field: &Field| Some(format!("  \"{}\": {}", field.name, Value::from(field.example.clone()?)));
    let members: Vec<_> = fields.iter().filter_map(member).collect();
    format!("{{\n{}\n}}", members.join(",\n"))
}

/// Follows a reference into the components.
fn resolved<'a>(spec: &'a Value, schema: &'a Value) -> Option<&'a Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => spec.pointer(reference.strip_prefix('#')?),
        None => Some(schema),
    }
}

fn fields(schema: &Value) -> Vec<Field> {
    let required: Vec<_> = schema.get("required").and_then(Value::as_array).into_iter().flatten().collect();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let field = |(name, property): (&String, &Value)| Field {
        name: name.clone(),
        required: required.iter().any(|required| *required == name),
        kind: kind(property),
        description: text(property, "description"),
        example: property
            .get("example")
            .or_else(|| property.pointer("/examples/0"))
            .and_then(Value::as_str)
            .map(str::to_owned),
    };
    let mut fields: Vec<_> = properties.map(field).collect();
    fields.sort_by_key(|field| ORDER.iter().position(|name| *name == field.name));
    fields
}

fn answers(spec: &Value, operation: &Value) -> Vec<Answer> {
    let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
    let answer = |(status, response): (&String, &Value)| {
        let content = response.pointer("/content/application~1json");
        Answer {
            status: status.clone(),
            description: text(response, "description"),
            fields: content
                .filter(|_| *status == "200")
                .map(|content| body_fields(spec, content))
                .unwrap_or_default(),
            examples: content.map(examples).unwrap_or_default(),
        }
    };
    responses.map(answer).collect()
}

/// The fields of a body: of an object, of the objects of a list, or of any of several.
fn body_fields(spec: &Value, content: &Value) -> Vec<Field> {
    let Some(schema) = content.get("schema").and_then(|schema| resolved(spec, schema)) else {
        return Vec::new();
    };
    let several = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let schemas =
        several.chain(schema.get("items")).filter_map(|schema| resolved(spec, schema)).chain([schema]);
    let mut all: Vec<Field> = Vec::new();
    for field in schemas.flat_map(fields) {
        if all.iter().all(|known| known.name != field.name) {
            all.push(field);
        }
    }
    all
}

/// Type, format and limits of a field: `string, email`, `string, 8 to 256 characters`.
fn kind(property: &Value) -> String {
    let named = |value: &Value| value.as_str().map(str::to_owned);
    let types = match property.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(named).collect::<Vec<_>>().join(" or "),
        Some(one) => named(one).unwrap_or_default(),
        None => "string or null".to_owned(),
    };
    let format = property.get("format").and_then(named).map(|format| format!(", {format}"));
    let limit = |name: &str| property.get(name).and_then(Value::as_u64);
    let length = match (limit("minLength"), limit("maxLength")) {
        (Some(min), Some(max)) => format!(", {min} to {max} characters"),
        _ => String::new(),
    };
    format!("{types}{}{length}", format.unwrap_or_default())
}

fn examples(content: &Value) -> Vec<Example> {
    if let Some(value) = content.get("example") {
        return vec![Example {
            name: String::new(),
            summary: String::new(),
            explained: false,
            json: indented(value),
        }];
    }
    let named = content.get("examples").and_then(Value::as_object).into_iter().flatten();
    let example = |(name, example): (&String, &Value)| Example {
        name: name.clone(),
        summary: text(example, "summary"),
        explained: crate::error_pages::ErrorPage::find(name).is_some(),
        json: example.get("value").map(indented).unwrap_or_default(),
    };
    named.map(example).collect()
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn indented(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
