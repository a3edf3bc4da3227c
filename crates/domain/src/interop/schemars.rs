//! Values in a JSON schema: strings, with a format, a pattern or their words.

use std::borrow::Cow;

use ::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::form::{Form, Formed};
use super::{for_ids, for_words};
use crate::{
    ApiKey, ApiKeyId, ApiKeyKind, CustomerId, CustomerIp, DeliveryState, EmailAddress, Expiry, IpScope,
    Language, LinkState, MailId, NoMailReason, OrganisationId, Password, RedeemCode, RequestId, ResetToken,
    Scope, WebhookEndpointId, WebhookEventId, WebhookEventType, WorkerId,
};

fn schema(form: &Form) -> Schema {
    let mut schema = json_schema!({ "type": "string", "description": form.description });
    if let Some(format) = form.format {
        schema.insert("format".to_owned(), format.into());
    }
    if let Some(pattern) = form.pattern {
        schema.insert("pattern".to_owned(), pattern.into());
    }
    if !form.examples.is_empty() {
        schema.insert("examples".to_owned(), form.examples.into());
    }
    let words = (form.words)();
    if !words.is_empty() {
        schema.insert("enum".to_owned(), words.into());
    }
    if form.secret {
        schema.insert("writeOnly".to_owned(), true.into());
    }
    schema
}

macro_rules! impls {
    ($type:ident) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                Self::FORM.name.into()
            }

            fn schema_id() -> Cow<'static, str> {
                concat!("resetd_domain::", stringify!($type)).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                schema(&Self::FORM)
            }
        }
    };
}

impls!(EmailAddress);
impls!(CustomerIp);
impls!(Expiry);
impls!(Language);
impls!(ApiKey);
impls!(ResetToken);
impls!(Password);
for_words!(impls);
for_ids!(impls);

#[cfg(feature = "serde")]
impl<T: core::str::FromStr + JsonSchema> JsonSchema for crate::Parsed<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
