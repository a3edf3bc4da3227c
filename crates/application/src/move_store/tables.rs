//! Everything that moves.
//!
//! A new table of the stores becomes a line here. Where both keep it under these names there is
//! nothing else to do; a test of each store compares this list with its schema.

use crate::model::Kind::{Bool, Bytes, Id, Int, Json, Sealed, SealedTexts, Text, Texts, Time, Times};
use crate::model::{Column, Table};

macro_rules! table {
    ($name:ident by $key:literal: $($column:ident $kind:ident),+ $(,)?) => {
        Table {
            name: stringify!($name),
            key: $key,
            columns: &[$(Column { name: stringify!($column), kind: $kind }),+],
        }
    };
}

/// In the order of their moving: what others refer to goes first.
pub static TABLES: &[Table] = &[
    table!(installation by 1: name Text, value Bytes),
    table!(organisation by 1: id Id, name Text, suspended Bool, settings Json, created_at Time),
    table!(api_key by 1: id Id, organisation_id Id, hash Bytes, kind Text, description Text, scopes Texts, networks Texts,
        created_at Time, expires_at Time, revoked_at Time),
    // `sealed`: `sealed::Person` as JSON, the platform's own identifier included.
    table!(customer by 1: id Id, organisation_id Id, sealed Sealed, address_fingerprint Bytes, phone_fingerprint Bytes,
        language Text, status Text, password_hash Text, links_valid_from Time, sessions_valid_from Time, created_at Time,
        updated_at Time, password_reset_at Time, revision Int, sandbox Bool),
    table!(password_history by 2: customer_id Id, n Int, hash Text, replaced_at Time),
    // Mails not at their end. Leases do not move: their workers have stopped. `due_at`: nothing for
    // what is due.
    table!(mail_queue by 1: id Id, accepted_at Time, expires_at Time, due_at Time, attempts Int, kind Int, priority Int,
        sandbox Bool, admitted Bool, organisation_id Id, api_key_id Id, customer_id Id, state Text,
        address_fingerprint Bytes, submitted Bytes, geo Bytes, timeline SealedTexts),
    // Mails at their end. `timeline`: `sealed::Entry` as JSON.
    table!(mail by 1: id Id, accepted_at Time, expires_at Time, ended_at Time, attempts Int, kind Int, priority Int,
        sandbox Bool, admitted Bool, organisation_id Id, api_key_id Id, customer_id Id, state Text, no_mail_reason Text,
        address_fingerprint Bytes, submitted Bytes, geo Bytes, timeline SealedTexts),
    table!(mail_event by 2: mail_id Id, n Int, at Time, event Text, detail Bytes),
    table!(reset_token by 1: hash Bytes, request_id Id, organisation_id Id, customer_id Id, sandbox Bool, accepted_at Time,
        issued_at Time, expires_at Time, used_at Time, superseded_at Time, repetition Bytes),
    table!(address_budget by 1: address_fingerprint Bytes, admitted Times),
    table!(template by 4: organisation_id Id, kind Text, language Text, valid_from Time, valid_until Time, subject Text,
        html Text, text Text),
    table!(layout by 3: organisation_id Id, language Text, valid_from Time, valid_until Time, html Text),
    table!(audit by 1: sequence Int, at Time, organisation_id Id, actor Text, action Text, subject Text, ip Sealed,
        hash Bytes, mac Bytes),
    table!(webhook_endpoint by 1: id Id, organisation_id Id, sealed Bytes, events Texts, created_at Time, disabled_at Time,
        failures Int, rests_until Time, last_answer Text),
    // As long as its mail is there. `entry`: `sealed::Entry` as JSON.
    table!(webhook_event by 1: id Id, endpoint_id Id, request_id Id, customer_id Id, event Text, state Text, at Time,
        due_at Time, expires_at Time, attempts Int, sandbox Bool, submitted Bytes, entry Sealed, last_answer Text),
    table!(sandbox_mail by 1: id Id, organisation_id Id, captured_at Time, sealed Bytes),
    table!(import_checkpoint by 2: organisation_id Id, name Text, position Int),
];
