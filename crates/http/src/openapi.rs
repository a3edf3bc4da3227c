//! The OpenAPI 3.1 document, made from the code: schemas and operations stand at the types and
//! handlers, the errors come from the registry with the very bodies that are sent.

mod errors;

use std::sync::LazyLock;

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{OpenApi as Spec, PathItem, RefOr, Schema, Server};
use utoipa::{Modify, OpenApi};

use crate::routes::{consume_token, ping, reset_password, sandbox_mail, set_new_password};
use crate::schema::error::{ErrorBody, ErrorDetail};
use crate::schema::request;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "resetd",
        description = "Password reset as a service: one call in, one mail out, a new password set.\n\nThe API key goes \
                       into the query (`apiKey`), the JSON body (`apiKey`) or `Authorization: Bearer`; the first of the \
                       three that is present counts. Every answer carries `X-Request-Id`, every answer to a key with a \
                       limit the `X-RateLimit-…` headers.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        reset_password::handle,
        set_new_password::handle,
        consume_token::handle,
        sandbox_mail::handle,
        ping::handle
    ),
    components(schemas(ErrorBody<'static>, ErrorDetail<'static>)),
    tags(
        (name = "customer", description = "From a forgotten password to a new one."),
        (name = "integration", description = "For those who build against the API.")
    ),
    modifiers(&Keys, &Errors)
)]
struct Document;

static DOCUMENT: LazyLock<Spec> = LazyLock::new(Document::openapi);

/// The OpenAPI 3.1 document as indented JSON, with the address of a server where there is one.
#[must_use]
pub fn document(server: Option<&str>) -> String {
    let mut document = DOCUMENT.clone();
    document.servers = server.map(|url| vec![Server::new(url)]);
    document.to_pretty_json().unwrap_or_default()
}

/// The same, as it was made.
pub(crate) fn spec() -> &'static Spec {
    &DOCUMENT
}

/// The locations of a key: the header's scheme, and a field of every body. The key may also be a
/// query parameter, so the header is optional. Keys that are refused get 404 or 403, never 401.
struct Keys;

impl Modify for Keys {
    fn modify(&self, spec: &mut Spec) {
        let components = spec.components.get_or_insert_with(Default::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        let bodies: Vec<_> =
            spec.paths.paths.values_mut().flat_map(operations).filter_map(body_name).collect();
        for name in bodies {
            if let Some(RefOr::T(Schema::Object(body))) = components.schemas.get_mut(&name) {
                body.properties.insert("apiKey".to_owned(), request::api_key().into());
            }
        }
    }
}

/// Every error an operation answers with, by status, with an example for each code.
struct Errors;

impl Modify for Errors {
    fn modify(&self, spec: &mut Spec) {
        for item in spec.paths.paths.values_mut() {
            for operation in operations(item) {
                errors::add(operation);
            }
        }
    }
}

/// The name of the schema of an operation's body.
fn body_name(operation: &mut Operation) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else { return None };
    let RefOr::T(content) = body.content.get("application/json")? else { return None };
    let RefOr::Ref(reference) = content.schema.as_ref()? else { return None };
    reference.ref_location.rsplit('/').next().map(str::to_owned)
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post].into_iter().flatten()
}
