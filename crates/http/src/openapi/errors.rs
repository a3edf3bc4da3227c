//! The errors of an operation, from the registry.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Header, Ref, RefOr, Response, ResponseBuilder};

use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

/// What any call with a key may answer.
const WITH_KEY: [ErrorCode; 12] = [
    ErrorCode::ApiKeyIsEmpty,
    ErrorCode::ApiKeyIsNotInValidFormat,
    ErrorCode::ApiKeySampleValue,
    ErrorCode::ApiKeyDoesNotExist,
    ErrorCode::ApiKeyHasBeenDeleted,
    ErrorCode::ApiKeyIsNotActive,
    ErrorCode::ApiKeyHasBeenExpired,
    ErrorCode::ApiKeyHasNoPermission,
    ErrorCode::TooManyRequests,
    ErrorCode::ServiceUnavailable,
    ErrorCode::Internal,
    ErrorCode::MethodNotAllowed,
];
/// What a call with a body may answer besides.
const WITH_BODY: [ErrorCode; 3] =
    [ErrorCode::ValidationFailed, ErrorCode::PayloadTooLarge, ErrorCode::UnsupportedMediaType];

/// Adds the errors and the headers of every answer to one operation.
pub(super) fn add(operation: &mut Operation) {
    let mut by_status: BTreeMap<u16, Vec<ApiError>> = BTreeMap::new();
    let with_body = if operation.request_body.is_some() { &WITH_BODY[..] } else { &[] };
    for code in WITH_KEY.iter().chain(with_body) {
        by_status.entry(code.status().as_u16()).or_default().push(ApiError::example(*code));
    }
    if operation.request_body.is_some() {
        by_status.insert(400, vec![ApiError::bad_body("The body is not valid JSON.")]);
    }
    let responses = &mut operation.responses.responses;
    responses
        .extend(by_status.iter().map(|(status, errors)| (status.to_string(), RefOr::T(response(errors)))));
    for (status, response) in responses {
        if let RefOr::T(response) = response {
            response
                .headers
                .extend(headers(status).into_iter().map(|(name, header)| (name.to_owned(), header.into())));
        }
    }
}

fn response(errors: &[ApiError]) -> Response {
    let examples = errors.iter().map(|error| {
        let value = serde_json::to_value(error.body()).unwrap_or(Value::Null);
        let summary = error.code().title();
        (error.code().as_str().to_owned(), ExampleBuilder::new().summary(summary).value(Some(value)).build())
    });
    let codes: Vec<_> = errors.iter().map(|error| format!("`{}`", error.code())).collect();
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ErrorBody")))
        .examples_from_iter(examples)
        .build();
    ResponseBuilder::new().description(codes.join(", ")).content("application/json", content).build()
}

fn headers(status: &str) -> Vec<(&'static str, Header)> {
    let header = |kind, text: &str| {
        HeaderBuilder::new()
            .schema(Some(ObjectBuilder::new().schema_type(kind)))
            .description(Some(text))
            .build()
    };
    let mut headers =
        vec![("X-Request-Id", header(Type::String, "Identifies this answer in the server's log."))];
    // Before the key has passed there is no limit.
    if !matches!(status, "404" | "405") {
        headers.extend([
            (
                "X-RateLimit-Limit",
                header(Type::Integer, "Calls in any minute. Absent for keys without a limit."),
            ),
            ("X-RateLimit-Remaining", header(Type::Integer, "Calls left right now.")),
            ("X-RateLimit-Reset", header(Type::Integer, "When all of them are back, in Unix seconds.")),
        ]);
    }
    if status.as_bytes().first() != Some(&b'2') {
        headers.push(("Link", header(Type::String, "Where the code is explained: `rel=\"help\"`.")));
    }
    if status == "429" {
        headers.push(("Retry-After", header(Type::Integer, "Seconds to wait.")));
    }
    if status == "405" {
        headers.push(("Allow", header(Type::String, "The methods of this path.")));
    }
    headers
}
