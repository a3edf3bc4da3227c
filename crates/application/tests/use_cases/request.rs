use application::model::CustomerStatus;
use application::{RequestResetCommand, RequestResetError};
use domain::{CustomerIp, DeliveryState, Expiry};

use crate::use_cases::{UseCases, email, start};

fn command(expiry: Option<&str>, ip: Option<&str>) -> RequestResetCommand {
    RequestResetCommand {
        email: email("jan@example.com"),
        expiry: expiry.map(|text| Expiry::parse(text).unwrap()),
        customer_ip: ip.map(|text| CustomerIp::parse(text).unwrap()),
    }
}

#[tokio::test]
async fn the_clock_of_the_link_starts_when_the_request_is_accepted() {
    let use_cases = UseCases::new().await;
    let caller = use_cases.authenticated().await;
    let id = use_cases.request_reset().execute(&caller, command(Some("3h 20m"), None)).await.unwrap();
    let mail = use_cases.mail(id).await;
    assert_eq!((mail.accepted_at, mail.state), (start(), DeliveryState::InQueue));
    assert_eq!((mail.expires_at - mail.accepted_at).num_seconds(), 12_000);
}

#[tokio::test]
async fn the_organisation_narrows_what_may_be_asked_for() {
    let use_cases = UseCases::with(|organisation| {
        organisation.settings.expiry.floor = 600;
        organisation.settings.expiry.ceiling = 7_200;
        organisation.settings.expiry.default = 1_800;
    })
    .await;
    let caller = use_cases.authenticated().await;
    let ask = async |expiry| use_cases.request_reset().execute(&caller, command(expiry, None)).await;
    assert!(matches!(ask(Some("5m")).await, Err(RequestResetError::Expiry(_))));
    assert!(matches!(ask(Some("3h")).await, Err(RequestResetError::Expiry(_))));
    let mail = use_cases.mail(ask(None).await.unwrap()).await;
    assert_eq!((mail.expires_at - mail.accepted_at).num_seconds(), 1_800);
}

#[tokio::test]
async fn one_ip_may_ask_sixty_times_a_minute() {
    let use_cases = UseCases::new().await;
    let caller = use_cases.authenticated().await;
    for _ in 0..60 {
        use_cases.request_reset().execute(&caller, command(None, Some("1.1.1.1"))).await.unwrap();
    }
    let refused = use_cases.request_reset().execute(&caller, command(None, Some("1.1.1.1"))).await;
    assert!(matches!(refused, Err(RequestResetError::TooManyRequests(_))));
    use_cases.request_reset().execute(&caller, command(None, Some("1.1.1.2"))).await.unwrap();
    use_cases.request_reset().execute(&caller, command(None, None)).await.unwrap();
}

#[tokio::test]
async fn whoever_is_meant_is_recorded_alike() {
    let use_cases = UseCases::new().await;
    use_cases.customer("banned@example.com", CustomerStatus::Banned).await;
    for address in ["jan@example.com", "banned@example.com", "nobody@example.com"] {
        let id = use_cases.ask(address).await;
        assert_eq!(use_cases.mail(id).await.state, DeliveryState::InQueue, "{address}");
    }
}
