//! The bodies as the document shows them. The real ones are read field by field, in the contract's
//! order, by [`crate::fields`].

use domain::RedeemCode;
use serde::Serialize;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{
    AnyOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::{IntoParams, ToSchema};

use crate::routes::set_new_password::Refused;

/// The usual spellings of one minute to seven days; there are more, which the description names.
const EXPIRY: &str = "^(([1-9]|[1-5][0-9]) ?m|([1-9]|1[0-9]|2[0-3]) ?h( ?([1-9]|[1-5][0-9]) ?m)?|[1-6] ?d( ?([1-9]|1[0-9]|2[0-3]) ?h)?|7 ?d|1 ?w|PT([1-9]|1[0-9]|2[0-3])H(([1-9]|[1-5][0-9])M)?|P[1-7]D)?$";

/// Where every call may have its key.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the schema of a parameter that `key` reads")]
pub(crate) struct ApiKeyParameter {
    /// The API key. Where it is absent, the body's `apiKey` counts, else `Authorization: Bearer`.
    #[param(rename = "apiKey", pattern = "^(PROD|DEV_|ROOT)[A-Za-z0-9]{28}$", nullable = false)]
    api_key: Option<String>,
}

/// A request for a reset mail.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "the schema of a body that `fields` reads")]
pub(crate) struct ResetPasswordBody {
    #[schema(schema_with = api_key)]
    api_key: Option<String>,
    /// The customer's address, in any spelling that reaches the mailbox. The answer never tells
    /// whether it is known.
    #[schema(format = Email, example = "jan@barasek.com")]
    email: String,
    #[schema(schema_with = expiration_time)]
    expiration_time: Option<String>,
    #[schema(schema_with = customer_real_ip)]
    customer_real_ip: Option<String>,
}

/// A token and the password it shall set.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "the schema of a body that `fields` reads")]
pub(crate) struct SetNewPasswordBody {
    #[schema(schema_with = api_key)]
    api_key: Option<String>,
    /// The 32 characters at the end of the mail's link. One that is none answers `E003`.
    #[schema(example = "8fKq2LxWc0TzB4nYv7RmJ1sPd6HgA9eU")]
    token: String,
    /// The new password. By default, which an organisation may change: at least 8 characters, an
    /// upper-case letter, a lower-case letter and a digit, of any script, at most 256 bytes, not
    /// one of the common ones.
    #[schema(
        format = Password, min_length = 8, max_length = 256, pattern = "^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[ -~]+$",
        example = "Correct horse 7"
    )]
    password: String,
    #[schema(schema_with = customer_real_ip)]
    customer_real_ip: Option<String>,
}

/// Without a type: where the query has a key, this field is not looked at.
fn api_key() -> Schema {
    let key = ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(
        "The API key, a string; looked at only where the query has none. Absent or `null`: `Authorization: Bearer` counts.",
    ));
    Schema::Object(key.build())
}

pub(crate) fn always_true() -> Schema {
    always(true)
}

pub(crate) fn always_false() -> Schema {
    always(false)
}

/// A `const`, so that nobody mistakes one answer for the other. utoipa has no field for it; what it
/// flattens into a schema as an extension is a keyword like any other.
fn always(value: bool) -> Schema {
    let constant = Extensions::from_iter([("const", value)]);
    Schema::Object(ObjectBuilder::new().schema_type(Type::Boolean).extensions(Some(constant)).build())
}

pub(crate) fn redeem_code() -> Schema {
    let codes = RedeemCode::ALL.iter().map(|code| code.as_str());
    let code = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes))
        .description(Some("Why not; `/errors/{errorCode}` explains it."));
    Schema::Object(code.build())
}

fn expiration_time() -> Schema {
    let text = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .pattern(Some(EXPIRY))
        .description(Some(
            "How long the link lives: whole numbers with units, largest first (`3h 20m`, `2 days`), or ISO 8601 \
             (`PT3H20M`); from one minute to seven days, within what the organisation allows. Absent, `null` or empty: \
             the organisation's default. The pattern covers the usual spellings.",
        ))
        .examples([serde_json::json!("3h 20m")]);
    Schema::Object(text.build())
}

fn customer_real_ip() -> Schema {
    let address = |format| {
        ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(format)))
    };
    let words = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["", "localhost"]));
    let any = AnyOfBuilder::new()
        .item(address(KnownFormat::Ipv4))
        .item(address(KnownFormat::Ipv6))
        .item(words)
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .description(Some(
            "The customer's own address, IPv4 or IPv6. Absent or `null`: unknown. Empty or `localhost`: `127.0.0.1`.",
        ))
        .examples([serde_json::json!("1.1.1.1")]);
    Schema::AnyOf(any.build())
}

/// It is done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Success {
    #[schema(schema_with = always_true)]
    success: bool,
}

/// Done, or why not.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "the schema of two answers")]
pub(crate) enum SetNewPasswordAnswer {
    Changed(Success),
    Refused(Refused),
}
