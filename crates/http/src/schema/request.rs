//! The bodies of calls, and the scope that a key needs for each. A body is read field by field, in
//! the order of the specification; errors say where and what was expected, never what was there.

use domain::{CustomerIp, EmailAddress, Expiry, Password, Scope};
use utoipa::openapi::schema::{
    AnyOfBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::{IntoParams, ToSchema};

use super::error::ApiError;
use super::json::JsonObject;

/// The usual spellings of one minute to seven days; there are more, which the description names.
const EXPIRY: &str = "^(([1-9]|[1-5][0-9]) ?m|([1-9]|1[0-9]|2[0-3]) ?h( ?([1-9]|[1-5][0-9]) ?m)?|[1-6] ?d( ?([1-9]|1[0-9]|2[0-3]) ?h)?|7 ?d|1 ?w|PT([1-9]|1[0-9]|2[0-3])H(([1-9]|[1-5][0-9])M)?|P[1-7]D)?$";

/// What a key must be allowed to do for a call.
pub(crate) trait Permission: Send {
    /// The scope that covers the call.
    const SCOPE: Scope;
}

/// The body of a call.
pub(crate) trait RequestBody: Permission + Sized {
    /// Reads the fields.
    ///
    /// # Errors
    /// 422 with the first field that cannot be taken.
    fn read(object: &JsonObject<'_>) -> Result<Self, ApiError>;
}

/// Where every call may have its key.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the schema of a parameter that `credential` reads")]
pub(crate) struct ApiKeyParameter {
    /// The API key. Where it is absent, the body's `apiKey` counts, else `Authorization: Bearer`.
    #[param(rename = "apiKey", pattern = "^(PROD|DEV_|ROOT)[A-Za-z0-9]{28}$", nullable = false)]
    api_key: Option<String>,
}

/// What makes a repetition of the same call known.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the schema of a header that the handler reads")]
pub(crate) struct IdempotencyKey {
    /// 1 to 255 visible ASCII characters. The same key and token within 10 minutes get the same answer.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$",
        nullable = false,
        example = "8f14e45f-ceea-467f-9f77-1c4b2e4b0a3d"
    )]
    idempotency_key: Option<String>,
}

/// A request for a reset mail.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ResetPasswordBody {
    /// The customer's address, in any spelling that reaches the mailbox. The answer never tells
    /// whether it is known.
    #[schema(value_type = String, format = Email, example = "jan@barasek.com")]
    pub(crate) email: EmailAddress,
    #[schema(schema_with = expiration_time)]
    pub(crate) expiration_time: Option<Expiry>,
    #[schema(schema_with = customer_real_ip)]
    pub(crate) customer_real_ip: Option<CustomerIp>,
}

impl Permission for ResetPasswordBody {
    const SCOPE: Scope = Scope::ResetPassword;
}

impl RequestBody for ResetPasswordBody {
    fn read(object: &JsonObject<'_>) -> Result<Self, ApiError> {
        // An empty time is an absent one.
        let expiry = |text: &str| Some(text).filter(|text| !text.is_empty()).map(Expiry::parse).transpose();
        Ok(Self {
            email: object.parse_required("email", EmailAddress::parse)?,
            expiration_time: object.parse("expirationTime", expiry)?.flatten(),
            customer_real_ip: object.parse("customerRealIp", CustomerIp::parse)?,
        })
    }
}

/// A token and the password it shall set.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct SetNewPasswordBody {
    /// The 32 characters at the end of the mail's link. One that is none answers `E003`.
    #[schema(example = "8fKq2LxWc0TzB4nYv7RmJ1sPd6HgA9eU")]
    pub(crate) token: String,
    /// The new password. By default, which an organisation may change: at least 8 characters, an
    /// upper-case letter, a lower-case letter and a digit, of any script, at most 256 bytes, not
    /// one of the common ones.
    #[schema(
        value_type = String, format = Password, min_length = 8, max_length = 256, pattern = "^(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9])[ -~]+$",
        example = "Correct horse 7"
    )]
    pub(crate) password: Password,
    #[schema(schema_with = customer_real_ip)]
    pub(crate) customer_real_ip: Option<CustomerIp>,
}

impl Permission for SetNewPasswordBody {
    const SCOPE: Scope = Scope::SetNewPassword;
}

impl RequestBody for SetNewPasswordBody {
    fn read(object: &JsonObject<'_>) -> Result<Self, ApiError> {
        Ok(Self {
            token: object.required("token")?.to_owned(),
            password: Password::new(object.required("password")?.to_owned()),
            customer_real_ip: object.parse("customerRealIp", CustomerIp::parse)?,
        })
    }
}

/// A token to consume.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ConsumeTokenBody {
    /// The 32 characters at the end of the mail's link. One that is none answers `E003`.
    #[schema(example = "8fKq2LxWc0TzB4nYv7RmJ1sPd6HgA9eU")]
    pub(crate) token: String,
    #[schema(schema_with = customer_real_ip)]
    pub(crate) customer_real_ip: Option<CustomerIp>,
}

impl Permission for ConsumeTokenBody {
    const SCOPE: Scope = Scope::SetNewPassword;
}

impl RequestBody for ConsumeTokenBody {
    fn read(object: &JsonObject<'_>) -> Result<Self, ApiError> {
        Ok(Self {
            token: object.required("token")?.to_owned(),
            customer_real_ip: object.parse("customerRealIp", CustomerIp::parse)?,
        })
    }
}

/// The field `apiKey` of every body. Without a type: where the query has a key, it is not read.
pub(crate) fn api_key() -> Schema {
    let key = ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(
        "The API key, a string; looked at only where the query has none. Absent or `null`: `Authorization: Bearer` counts.",
    ));
    Schema::Object(key.build())
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
