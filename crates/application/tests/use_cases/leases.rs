//! Leases when the store fails: what nobody works on comes back, what somebody works on stays his.

use std::time::Duration;

use chrono::TimeDelta;
use domain::DeliveryState;
use testkit::fake::Interruption;

use crate::use_cases::UseCases;

/// No clock moves here, so no lease ends: what the worker lost it has to give back.
#[tokio::test(start_paused = true)]
async fn a_mail_whose_step_failed_is_given_back_once_the_store_answers() {
    for method in ["claim", "admit", "issue", "complete"] {
        for interruption in [Interruption::Refused, Interruption::AnswerLost] {
            let use_cases = UseCases::new().await;
            use_cases.tokens.next(method, interruption);
            let mail = use_cases.deliver(use_cases.ask("jan@example.com").await).await;
            assert_eq!(mail.state, DeliveryState::Sent, "{method}, {interruption:?}");
            assert_eq!(use_cases.tokens.left(), 0, "{method} was called");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn giving_back_is_tried_until_it_is_done() {
    let use_cases = UseCases::new().await;
    use_cases.tokens.next("claim", Interruption::AnswerLost);
    for _ in 0..3 {
        use_cases.tokens.next("release", Interruption::Refused);
    }
    assert_eq!(use_cases.deliver(use_cases.ask("jan@example.com").await).await.state, DeliveryState::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_never_answers_holds_up_nothing_else() {
    for method in ["claim", "renew"] {
        let use_cases = UseCases::new().await;
        use_cases.tokens.next(method, Interruption::Silent);
        let first = use_cases.ask("jan@example.com").await;
        assert_eq!(use_cases.deliver(first).await.state, DeliveryState::Sent, "{method}");
    }
}

/// Under steady load the worker renews what it works on at every tick.
#[tokio::test(start_paused = true)]
async fn a_mail_whose_task_panicked_comes_back_when_its_lease_ends() {
    let mut use_cases =
        UseCases::with(|organisation| organisation.settings.address_budget.per_minute = 9).await;
    use_cases.lease = Duration::from_secs(3);
    use_cases.sender.delay(Duration::from_millis(200));
    use_cases.tokens.next("issue", Interruption::Panic);
    let request = use_cases.ask("jan@example.com").await;
    let asked = std::cell::Cell::new(0_u32);
    use_cases
        .deliver_until(|| async {
            // The worker looks every 2 ms.
            use_cases.clock.advance(TimeDelta::milliseconds(2));
            asked.set(asked.get() + 1);
            if asked.get().is_multiple_of(50) {
                use_cases.ask(&format!("nobody{}@example.com", asked.get())).await;
                use_cases.ask("jan@example.com").await;
            }
            use_cases.mail(request).await.state.is_terminal()
        })
        .await;
    let waited = asked.get() * 2;
    assert!((2_900..6_000).contains(&waited), "{waited} ms");
    assert_eq!(use_cases.tokens.left(), 0);
}
