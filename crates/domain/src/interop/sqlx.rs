//! Values as columns, with every driver: what is text is a text column, an [`Expiry`] its seconds
//! in a `BIGINT`, an identifier what the driver makes of a UUID, a hash 32 bytes. What comes out of
//! a column is read by `parse` again.
//!
//! An [`EmailAddress`] is stored normalized. Its canonical form is another column; a row that comes
//! back has the canonical form of the built-in rules, see [`EmailAddress::with_rules`].

use ::sqlx::encode::IsNull;
use ::sqlx::error::BoxDynError;
use ::sqlx::types::Uuid;
use ::sqlx::{Database, Decode, Encode, Type};

use super::{for_ids, for_words};
use crate::{
    ApiKeyHash, ApiKeyId, ApiKeyKind, CustomerId, CustomerIp, DeliveryState, EmailAddress, Expiry, IpScope,
    Language, LinkState, MailId, NoMailReason, OrganisationId, RedeemCode, RequestId, Scope, TokenHash,
    WebhookEndpointId, WebhookEventId, WebhookEventType, WorkerId,
};

/// A column of another type: how a value becomes one, and how it is read back.
macro_rules! column {
    ($type:ident as $column:ty, $to:expr, $from:expr) => {
        impl<DB: Database> Type<DB> for $type
        where
            $column: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$column as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <$column as Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $type
        where
            $column: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let to: fn(&Self) -> $column = $to;
                <$column as Encode<'q, DB>>::encode(to(self), buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $type
        where
            $column: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let from: fn($column) -> Result<Self, BoxDynError> = $from;
                from(<$column as Decode<'r, DB>>::decode(value)?)
            }
        }
    };
}

macro_rules! text {
    ($type:ident) => {
        column!($type as String, |value| value.to_string(), |text| Ok(Self::parse(&text)?));
    };
}

macro_rules! id {
    ($type:ident) => {
        column!($type as Uuid, |id| Uuid::from_bytes(*id.as_bytes()), |uuid| Ok(Self::from_bytes(
            uuid.into_bytes()
        )));
    };
}

macro_rules! hash {
    ($type:ident) => {
        column!($type as Vec<u8>, |hash| hash.as_bytes().to_vec(), |bytes| {
            let bytes = <[u8; 32]>::try_from(bytes)
                .map_err(|bytes| format!("a hash has 32 bytes, this column has {}", bytes.len()))?;
            Ok(Self::from_bytes(bytes))
        });
    };
}

text!(EmailAddress);
text!(CustomerIp);
text!(Language);
for_words!(text);
for_ids!(id);
hash!(ApiKeyHash);
hash!(TokenHash);
column!(Expiry as i64, |expiry| i64::from(expiry.as_seconds()), |seconds| {
    Ok(Self::from_seconds(u64::try_from(seconds).unwrap_or(0))?)
});
