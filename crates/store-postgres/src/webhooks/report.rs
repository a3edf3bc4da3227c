//! Events are written by the statement that changes what they tell of: parts of its `WITH`. Where
//! nobody listens each costs one look at an index.

/// Endpoints `e` of the organisation `$organisation` that listen to `$event` (SQL expressions).
macro_rules! listeners {
    ($organisation:literal, $event:literal) => {
        concat!(
            "e.organisation_id = ",
            $organisation,
            " AND e.disabled_at IS NULL AND (e.events = '{}' OR ",
            $event,
            " = ANY (e.events))"
        )
    };
}

/// Behind `judged` and `kept` of the statement that admits requests.
macro_rules! report_admitted {
    () => {
        concat!(
            ", told AS (INSERT INTO webhook_event (id, endpoint_id, event, at, due_at, request_id, sandbox, submitted, \
               expires_at) \
             SELECT gen_random_uuid(), e.id, 'password_reset.requested', j.at, j.at, m.id, m.sandbox, m.submitted, \
               m.expires_at \
             FROM kept k JOIN judged j ON j.id = k.id JOIN mail_queue m ON m.id = k.id JOIN webhook_endpoint e ON ",
            $crate::webhooks::report::listeners!("m.organisation_id", "'password_reset.requested'"),
            " WHERE k.admitted) "
        )
    };
}

/// Behind `ended` of the statement that records outcomes. Notices are no requests.
macro_rules! report_ended {
    () => {
        concat!(
            ", told AS (INSERT INTO webhook_event (id, endpoint_id, event, at, due_at, request_id, sandbox, submitted, \
               customer_id, expires_at, entry) \
             SELECT gen_random_uuid(), e.id, 'password_reset.' || replace(m.ended_as, 'sending-error', 'undeliverable'), m.at, m.at, m.id, m.sandbox, m.submitted, \
               m.customer_id, m.expires_at, m.entry \
             FROM ended m JOIN webhook_endpoint e ON ",
            $crate::webhooks::report::listeners!(
                "m.organisation_id",
                "'password_reset.' || replace(m.ended_as, 'sending-error', 'undeliverable')"
            ),
            " WHERE m.kind = 0 AND m.ended_as IN ('sent', 'sending-error', 'undeliverable')) "
        )
    };
}

/// In the statement that sets a password: `$1` customer, `$3` now, `$5` organisation, `$6` sandbox,
/// `$9` request. Its mail may be at its end or not.
macro_rules! report_completed {
    () => {
        concat!(
            ", told AS (INSERT INTO webhook_event (id, endpoint_id, event, at, due_at, request_id, sandbox, submitted, \
               customer_id, expires_at) \
             SELECT gen_random_uuid(), e.id, 'password_reset.completed', $3, $3, $9, $6, m.submitted, $1, m.expires_at \
             FROM webhook_endpoint e CROSS JOIN LATERAL (SELECT submitted, expires_at FROM mail WHERE id = $9 \
               UNION ALL SELECT submitted, expires_at FROM mail_queue WHERE id = $9 LIMIT 1) m WHERE ",
            $crate::webhooks::report::listeners!("$5", "'password_reset.completed'"),
            ") "
        )
    };
}

pub(crate) use {listeners, report_admitted, report_completed, report_ended};
