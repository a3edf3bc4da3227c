//! Events are written by the statement that changes what they tell of: text to be put among its
//! SQL. Where nobody listens each costs one look at an index.

/// One event `$event` (an SQL expression) at `$at` for each endpoint that listens, about mail `m`;
/// further columns and their values as given, where mails come from, and which are meant.
macro_rules! report {
    ($event:literal, $at:literal, [$columns:literal, $values:literal], $mails:literal, $which:literal) => {
        concat!(
            "INSERT INTO webhook_event (id, endpoint_id, event, at, due_at, request_id, sandbox, address_masked, \
               customer_id, expires_at",
            $columns,
            ") SELECT randomblob(16), e.id, ",
            $event,
            ", ",
            $at,
            ", ",
            $at,
            ", m.id, m.sandbox, m.address_masked, m.customer_id, m.expires_at",
            $values,
            " FROM ",
            $mails,
            " JOIN webhook_endpoint e ON e.organisation_id = m.organisation_id AND e.disabled_at IS NULL \
               AND (e.events = '[]' OR EXISTS (SELECT 1 FROM json_each(e.events) WHERE value = ",
            $event,
            ")) WHERE ",
            $which
        )
    };
}

/// The requests `$1` that have just been admitted for the first time.
macro_rules! report_requested {
    () => {
        $crate::webhooks::report::report!(
            "'password_reset.requested'",
            "j.value ->> 'at'",
            ["", ""],
            "json_each($1) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id')",
            "m.admitted = 2; "
        )
    };
}

/// The attempts `$3` at requests' mails that a server ended.
macro_rules! report_attempted {
    () => {
        $crate::webhooks::report::report!(
            "'password_reset.' || replace(j.value ->> 'state', 'sending-error', 'undeliverable')",
            "j.value ->> 'at'",
            [", reply, host", ", unhex(j.value ->> 'reply'), j.value ->> 'host'"],
            "json_each($3) j CROSS JOIN mail m ON m.id = unhex(j.value ->> 'id')",
            "j.value ->> 'state' IN ('sent', 'sending-error', 'undeliverable') AND m.kind = 0 AND m.stage = 1 \
               AND m.lease_owner = unhex(j.value ->> 'worker'); "
        )
    };
}

/// A request's mail for which no server was asked: `$1` mail, `$2` worker, `$4` state, `$6` now,
/// `$7` why.
macro_rules! report_not_attempted {
    () => {
        $crate::webhooks::report::report!(
            "'password_reset.undeliverable'",
            "$6",
            [", reply", ", $7"],
            "mail m",
            "$4 IN ('sending-error', 'undeliverable') AND m.id = $1 AND m.kind = 0 AND m.stage = 1 AND m.lease_owner = $2; "
        )
    };
}

/// A new password: `$1` mail (its `seq`), `$2` now.
macro_rules! report_completed {
    () => {
        $crate::webhooks::report::report!(
            "'password_reset.completed'",
            "$2",
            ["", ""],
            "mail m",
            "m.seq = $1"
        )
    };
}

pub(crate) use {report, report_attempted, report_completed, report_not_attempted, report_requested};
