//! No statement reads a big table from end to end, whatever the planner believes: what a request
//! costs does not depend on how many there were before it.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::statements::{all, scratch};
use crate::{PoolSettings, PostgresDatabase, database};

const BIG: [&str; 8] = [
    "mail",
    "mail_event",
    "reset_token",
    "customer",
    "password_history",
    "address_budget",
    "audit",
    "webhook_event",
];

/// A moderately filled database of two organisations: enough that the planner knows which tables
/// are big.
const FILL: &str = "INSERT INTO mail (accepted_at, expires_at, ended_at, attempts, kind, priority, sandbox, id, organisation_id, \
     customer_id, state, submitted, timeline) SELECT now() - n * interval '1 second', now(), now(), 1, 0, 0, false, \
     gen_random_uuid(), (ARRAY['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'])[n % 2 + 1]::uuid, \
     gen_random_uuid(), 'sent', repeat('x', 60)::bytea, '{}' FROM generate_series(1, 20000) n; \
     INSERT INTO mail_event (mail_id, at, n, event) SELECT id, accepted_at, 1, 'opened' FROM mail; \
     INSERT INTO reset_token (accepted_at, issued_at, expires_at, sandbox, request_id, organisation_id, customer_id, hash) \
     SELECT accepted_at, accepted_at, expires_at, false, id, organisation_id, customer_id, sha256(id::text::bytea) FROM mail; \
     INSERT INTO customer (id, organisation_id, address_fingerprint, external_fingerprint, phone_fingerprint, sealed, status, \
     created_at, updated_at) SELECT customer_id, organisation_id, substr(sha256(id::text::bytea), 1, 16), \
     substr(sha256(id::text::bytea), 2, 16), substr(sha256(id::text::bytea), 3, 16), repeat('x', 99)::bytea, 'active', now(), now() \
     FROM mail; \
     INSERT INTO password_history (customer_id, hash, replaced_at) SELECT id, repeat('x', 99), now() FROM customer; \
     INSERT INTO address_budget (address_fingerprint, admitted, last_at) SELECT address_fingerprint, ARRAY[now()], now() \
     FROM customer; \
     INSERT INTO webhook_endpoint (id, organisation_id, sealed, events, created_at) SELECT organisation_id, organisation_id, '', \
     '{}', now() FROM mail GROUP BY organisation_id; \
     INSERT INTO webhook_event (at, due_at, expires_at, sandbox, id, endpoint_id, request_id, event, state, submitted) \
     SELECT accepted_at, accepted_at, expires_at, false, id, organisation_id, id, 'password_reset.sent', 'delivered', submitted \
     FROM mail; \
     INSERT INTO audit (sequence, at, actor, action, subject, hash) SELECT n, now(), 'operator', 'mail-retried', '', '' \
     FROM generate_series(1, 20000) n; \
     ANALYZE";

/// The highest `$n` of a statement.
fn values(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).map(|rest| {
        let end = rest.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().unwrap_or(0)
    });
    numbers.max().unwrap_or(0)
}

/// Whether the table is one of the big ones, by the name of a partition or its own.
fn is_big(table: &str) -> bool {
    BIG.contains(&table.trim_end_matches("_default").trim_end_matches("_first"))
}

/// Whether this node of a plan, with the line below it, reads a big table from end to end: without
/// an index, along the whole of an index, or along all that an organisation has.
fn reads_it_all(node: &str, below: &str) -> bool {
    let Some((how, rest)) = node.split_once(" on ").filter(|(how, _)| how.contains("Scan")) else {
        return false;
    };
    if how.contains("CTE Scan") || how.contains("Function Scan") || how.contains("Bitmap Heap") {
        return false;
    }
    let of_an_organisation =
        below.trim().starts_with("Index Cond: (organisation_id =") && !below.contains(" AND ");
    let bounded = below.contains("Index Cond:") && !of_an_organisation;
    is_big(rest.split(' ').next().unwrap_or_default()) && !bounded
}

/// Where the plan of a statement reads a big table from end to end.
async fn scans(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    if !["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| sql.starts_with(verb)) {
        return Vec::new();
    }
    connection.execute(AssertSqlSafe(format!("PREPARE planned AS {sql}"))).await.unwrap();
    let nothing = vec!["NULL"; values(sql)].join(", ");
    let call = if nothing.is_empty() { String::new() } else { format!("({nothing})") };
    let explain = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE planned{call}"));
    // By the simple protocol: a prepared EXPLAIN would be planned for its own values.
    let lines = sqlx::raw_sql(explain).fetch_all(&mut *connection).await.unwrap();
    connection.execute("DEALLOCATE planned").await.unwrap();
    let lines: Vec<String> = lines.iter().map(|line| sqlx::Row::get(line, 0)).collect();
    let below = lines.iter().skip(1).map(String::as_str).chain([""]);
    let found = lines.iter().zip(below).filter(|(node, below)| reads_it_all(node, below));
    found.map(|(node, _)| node.trim().to_owned()).collect()
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn no_statement_reads_a_big_table_from_end_to_end() {
    let scratch = scratch("no_statement_reads_a_big_table_from_end_to_end").await;
    let connected = PostgresDatabase::connect(&scratch.url, PoolSettings::default(), "plans").await.unwrap();
    connected.migrate().await.unwrap();
    let mut connection = PgConnection::connect(&scratch.url).await.unwrap();
    connection.execute("SET plan_cache_mode = force_generic_plan").await.unwrap();
    // The lists of an operator follow an index backwards and stop at their limit; a move ends once;
    // the index of an organisation's sandbox is bounded.
    let special = ["NEWEST", "SET_HEAD", "SET_HISTORY", "EVICT"];
    let statements: Vec<_> = all().into_iter().filter(|(name, _)| !special.contains(name)).collect();
    let mut found = Vec::new();
    // Planned on a new installation and kept: the worst moment to believe what the planner sees.
    connection.execute(database::SESSION).await.unwrap();
    for (name, sql) in &statements {
        found.extend(scans(&mut connection, sql).await.iter().map(|line| format!("{name}: {line} (empty)")));
    }
    sqlx::raw_sql(FILL).execute(&mut connection).await.unwrap();
    for (name, sql) in &statements {
        found.extend(scans(&mut connection, sql).await.iter().map(|line| format!("{name}: {line} (filled)")));
    }
    // As the server plans by itself: what a request, a mail and a link go by.
    connection.execute("RESET ALL; SET plan_cache_mode = force_generic_plan").await.unwrap();
    for (name, sql) in statements.iter().filter(|(name, _)| !name.starts_with("PURGE")) {
        found.extend(
            scans(&mut connection, sql).await.iter().map(|line| format!("{name}: {line} (by default)")),
        );
    }
    drop(connection);
    connected.close().await;
    scratch.remove().await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}
