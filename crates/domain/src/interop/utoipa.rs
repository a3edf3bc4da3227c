//! Values in an OpenAPI document: strings, with a format, a pattern or their words.

use std::borrow::Cow;

use ::utoipa::openapi::RefOr;
use ::utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, Type};
use ::utoipa::{PartialSchema, ToSchema};

use super::form::{Form, Formed};
use super::{for_ids, for_words};
use crate::{
    ApiKey, ApiKeyId, ApiKeyKind, CustomerId, CustomerIp, DeliveryState, EmailAddress, Expiry, IpScope,
    Language, LinkState, MailId, NoMailReason, OrganisationId, Password, RedeemCode, RequestId, ResetToken,
    Scope, WebhookEndpointId, WebhookEventId, WebhookEventType, WorkerId,
};

fn schema(form: &Form) -> RefOr<Schema> {
    let words = (form.words)();
    let mut object = ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(form.description))
        .format(form.format.map(|format| SchemaFormat::Custom(format.to_owned())))
        .pattern(form.pattern)
        .enum_values((!words.is_empty()).then_some(words));
    if !form.examples.is_empty() {
        object = object.examples(form.examples.iter().copied());
    }
    if form.secret {
        object = object.write_only(true);
    }
    RefOr::T(object.build().into())
}

macro_rules! impls {
    ($type:ident) => {
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                schema(&Self::FORM)
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Self::FORM.name.into()
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

/// The derive macro asks this of every type with a parameter, and gives it `PartialSchema`.
#[cfg(feature = "serde")]
impl<T: core::str::FromStr + PartialSchema> ::utoipa::__dev::ComposeSchema for crate::Parsed<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        T::schema()
    }
}

#[cfg(feature = "serde")]
impl<T: core::str::FromStr + ToSchema> ToSchema for crate::Parsed<T> {
    /// The derive macro adds the name of the value: `Parsed_EmailAddress`.
    fn name() -> Cow<'static, str> {
        "Parsed".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}
