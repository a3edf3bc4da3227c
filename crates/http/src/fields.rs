//! From the fields of a body to the values of the domain. Errors say where and what was expected,
//! never what was there.

use domain::{CustomerIp, EmailAddress, Expiry};

use crate::error::ApiError;
use crate::json::{Field, JsonObject};

/// `email`.
pub(crate) fn email(object: &JsonObject<'_>) -> Result<EmailAddress, ApiError> {
    EmailAddress::parse(object.required(Field::Email)?)
        .map_err(|error| ApiError::field(Field::Email.name(), error))
}

/// `expirationTime`; empty is absence.
pub(crate) fn expiration_time(object: &JsonObject<'_>) -> Result<Option<Expiry>, ApiError> {
    let text = object.optional(Field::ExpirationTime)?.filter(|text| !text.is_empty());
    text.map(Expiry::parse).transpose().map_err(|error| ApiError::field(Field::ExpirationTime.name(), error))
}

/// `customerRealIp`; empty is `127.0.0.1`.
pub(crate) fn customer_real_ip(object: &JsonObject<'_>) -> Result<Option<CustomerIp>, ApiError> {
    let text = object.optional(Field::CustomerRealIp)?;
    text.map(CustomerIp::parse)
        .transpose()
        .map_err(|error| ApiError::field(Field::CustomerRealIp.name(), error))
}
