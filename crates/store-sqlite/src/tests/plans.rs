//! Accepting, claiming and redeeming must cost the same however much is stored: every statement on
//! their way finds its rows by an index that leads to just them.

use sqlx::{AssertSqlSafe, Row as _};

use super::setup::Fixture;
use crate::{customer_directory, sandbox, token_store, webhooks};

/// Indexes that are walked on purpose: the leased are a handful, of the ready no more are looked at
/// than are claimed, and each webhook endpoint is looked at whenever events are claimed.
const WALKED: [&str; 5] = [
    "USING INDEX mail_leased",
    "USING COVERING INDEX mail_ready",
    "USING INDEX webhook_event_leased",
    "USING INDEX webhook_endpoint_active",
    "USING COVERING INDEX webhook_endpoint_active",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_on_the_way_of_a_request_walks_a_table_or_sorts() {
    let fixture = Fixture::new().await;
    for sql in [
        token_store::hot_statements(),
        customer_directory::hot_statements(),
        sandbox::hot_statements(),
        webhooks::hot_statements(),
    ]
    .concat()
    {
        for statement in sql.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            if statement.starts_with("RELEASE") || statement.starts_with("SAVEPOINT") {
                continue;
            }
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let plan = sqlx::query(explain).fetch_all(&fixture.store.database.readers).await.unwrap();
            for step in plan {
                let step: String = step.get("detail");
                let walks = step.starts_with("SCAN")
                    && step != "SCAN CONSTANT ROW"
                    // The one row of a subquery.
                    && step != "SCAN known"
                    // The rows that the statement was given.
                    && !step.starts_with("SCAN j VIRTUAL TABLE")
                    && !step.starts_with("SCAN json_each")
                    && !step.starts_with("SCAN (subquery")
                    && step != "SCAN a"
                    && !WALKED.iter().any(|index| step.contains(index));
                // Numbering the few rows of a round by their address sorts them.
                let sorts = step.contains("TEMP B-TREE") && !statement.contains("row_number()");
                assert!(!walks && !sorts, "{statement}\n  {step}");
            }
        }
    }
}
