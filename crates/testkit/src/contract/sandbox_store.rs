use std::collections::HashSet;

use application::model::{
    AddressBudget, Admission, CapturedMail, ClaimedWork, Completion, Customer, CustomerStatus, ImportedRow,
    Issued, Lease, MailFilter, NewRequest, Redeemed, Redemption,
};
use domain::{CustomerId, LinkState, MailId, RequestId, TokenHash, WebhookEventType, WorkerId};

use super::StoreUnderTest;
use super::fixture::{Shop, at, email, id, ip, password, row, worker};
use super::suite::run_cases;
use super::webhook_registry::listen;

/// Whom live and sandbox requests are for, here.
const ADDRESS: &str = "jan@example.com";

/// The contract of [`SandboxStore`](application::ports::SandboxStore): of what it keeps, and of how
/// the other ports keep it apart from what is live.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn sandbox_store<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "SandboxStore",
        async { Shop::open(fresh().await.into()).await },
        [
            a_customer_is_made_on_demand,
            spellings_of_one_mailbox_are_one_customer,
            simultaneous_calls_agree_on_one_customer,
            organisations_have_customers_of_their_own,
            those_used_longest_ago_go,
            the_sandbox_finds_no_live_customer_and_the_live_side_none_of_the_sandbox,
            an_import_leaves_the_sandbox_alone,
            budgets_are_apart,
            links_do_not_supersede_each_other,
            no_token_is_issued_across_the_border,
            a_link_is_redeemed_on_its_own_side_only,
            a_change_of_password_stays_on_its_side,
            cancelling_stays_on_its_side,
            the_audit_log_marks_the_sandbox,
            the_queue_marks_the_sandbox,
            webhooks_mark_the_sandbox,
            an_empty_archive_lists_nothing,
            a_kept_mail_is_there_whole,
            the_newest_mail_is_first_and_the_list_is_limited,
            organisations_do_not_see_each_others_mail,
            the_oldest_mails_go,
            simultaneous_mails_are_all_kept,
            old_mails_and_unused_customers_are_purged,
        ]
    );
}

impl Shop {
    pub(super) async fn sandbox_customer(&self, address: &str, seconds: i64, keep: u32) -> Customer {
        let fresh = CustomerId::from_bytes(id());
        let sandbox = &self.ports.sandbox;
        sandbox
            .sandbox_customer(self.organisation.id, &email(address), fresh, at(seconds), keep)
            .await
            .unwrap()
    }

    async fn sandbox_request(&self, accepted: i64) -> RequestId {
        let request = NewRequest { sandbox: true, ..self.request(ADDRESS, accepted) };
        let id = request.id;
        self.ports.intake.record(request).await.unwrap();
        id
    }

    /// A good link for `customer`, asked for and mailed at `now`.
    async fn link_of(&self, request: RequestId, customer: CustomerId, now: i64) -> TokenHash {
        let worker = worker();
        self.claim(worker, now).await;
        let issue = self.token_issue(request, worker, customer, now);
        let token = issue.token;
        assert_eq!(self.ports.tokens.issue(issue).await.unwrap(), Issued::Issued);
        self.sent(request, worker, now).await;
        token
    }

    async fn sent(&self, request: RequestId, worker: WorkerId, now: i64) {
        let sent = Completion::Sent { host: "relay".to_owned(), reply: "250".to_owned() };
        let mail = MailId::from_bytes(*request.as_bytes());
        assert!(self.ports.delivery.complete(Lease::new(mail, worker), sent, at(now)).await.unwrap());
    }

    /// Good links of one address: a live one, then one of the sandbox.
    async fn both(&self) -> Both {
        let live = self.customer(ADDRESS).await;
        let sandbox = self.sandbox_customer(ADDRESS, 0, 10).await.id;
        let request = self.record(ADDRESS, 0).await;
        let live_token = self.link_of(request, live, 0).await;
        let request = self.sandbox_request(1).await;
        let sandbox_token = self.link_of(request, sandbox, 1).await;
        Both { live, sandbox, live_token, sandbox_token }
    }

    fn sandbox_redemption(&self, token: TokenHash, now: i64) -> Redemption {
        Redemption { sandbox: true, ..self.redemption(token, now) }
    }

    async fn keep(&self, subject: &str, seconds: i64, keep: u32) {
        let id = MailId::from_bytes(id());
        self.ports
            .sandbox
            .keep_mail(self.organisation.id, id, captured(subject, seconds), keep)
            .await
            .unwrap();
    }

    async fn kept(&self) -> Vec<String> {
        let list = self.ports.sandbox_mail.list(Some(self.organisation.id), 100).await.unwrap();
        list.into_iter().map(|mail| mail.subject).collect()
    }
}

struct Both {
    live: CustomerId,
    sandbox: CustomerId,
    live_token: TokenHash,
    sandbox_token: TokenHash,
}

fn captured(subject: &str, seconds: i64) -> CapturedMail {
    CapturedMail {
        id: MailId::from_bytes(id()).to_string(),
        to: ADDRESS.to_owned(),
        subject: subject.to_owned(),
        text: "Dobrý den,\n\nhttps://shop.example/reset/TOKEN\n".to_owned(),
        html: "<p>Dobrý den</p>".to_owned(),
        link: Some("https://shop.example/reset/TOKEN".to_owned()),
        created_at: at(seconds),
        headers: vec![("Subject".to_owned(), subject.to_owned())],
    }
}

async fn a_customer_is_made_on_demand(shop: Shop) {
    let made = shop.sandbox_customer("Jan+x@Example.com", 0, 10).await;
    assert_eq!(made.organisation, shop.organisation.id);
    assert_eq!(made.email, Some(email("Jan+x@Example.com")));
    assert_eq!((made.name.as_str(), made.language, made.status), ("", None, CustomerStatus::Active));
    assert_eq!(shop.ports.customers.find(made.id).await.unwrap(), Some(made.clone()));
    assert!(shop.passwords(made.id).await.is_empty());
    assert_eq!(shop.sandbox_customer("jan+x@example.com", 1, 10).await, made);
}

async fn spellings_of_one_mailbox_are_one_customer(shop: Shop) {
    let made = shop.sandbox_customer("jan.barasek@gmail.com", 0, 10).await;
    assert_eq!(shop.sandbox_customer("janbarasek+shop@googlemail.com", 1, 10).await, made);
    assert_ne!(shop.sandbox_customer("jana@gmail.com", 1, 10).await.id, made.id);
}

async fn simultaneous_calls_agree_on_one_customer(shop: Shop) {
    let calls = (0..12).map(|second| shop.sandbox_customer(ADDRESS, second, 10));
    let ids: HashSet<_> =
        futures_util::future::join_all(calls).await.into_iter().map(|customer| customer.id).collect();
    assert_eq!(ids.len(), 1);
}

async fn organisations_have_customers_of_their_own(shop: Shop) {
    let neighbour = shop.neighbour().await;
    let own = shop.sandbox_customer(ADDRESS, 0, 1).await.id;
    assert_ne!(neighbour.sandbox_customer(ADDRESS, 0, 1).await.id, own);
    assert_eq!(shop.sandbox_customer(ADDRESS, 1, 1).await.id, own, "a neighbour pushed it out");
}

async fn those_used_longest_ago_go(shop: Shop) {
    let live = shop.customer("live@example.com").await;
    let first = shop.sandbox_customer("first@example.com", 0, 2).await.id;
    let second = shop.sandbox_customer("second@example.com", 1, 2).await.id;
    let request = NewRequest { sandbox: true, ..shop.request("second@example.com", 1) };
    let request_id = request.id;
    shop.ports.intake.record(request).await.unwrap();
    let token = shop.link_of(request_id, second, 1).await;
    shop.sandbox_customer("first@example.com", 2, 2).await;
    let third = shop.sandbox_customer("third@example.com", 3, 2).await.id;
    for (customer, there) in [(first, true), (second, false), (third, true), (live, true)] {
        assert_eq!(shop.ports.customers.find(customer).await.unwrap().is_some(), there);
    }
    let redeemed = shop.ports.tokens.redeem(shop.sandbox_redemption(token, 10)).await;
    assert_eq!(redeemed.unwrap(), Redeemed::NoSuchLink);
    assert_ne!(shop.sandbox_customer("second@example.com", 4, 2).await.id, second);
}

async fn the_sandbox_finds_no_live_customer_and_the_live_side_none_of_the_sandbox(shop: Shop) {
    let live = shop.customer(ADDRESS).await;
    let sandbox = shop.sandbox_customer(ADDRESS, 0, 10).await;
    assert_ne!(sandbox.id, live);
    assert_eq!(sandbox.name, "", "the live customer's name is seen");
    shop.sandbox_customer("nobody@example.com", 0, 10).await;
    let find = async |address: &str| {
        let found = shop.ports.customers.find_by_email(shop.organisation.id, &email(address)).await;
        found.unwrap().map(|customer| customer.id)
    };
    assert_eq!(find(ADDRESS).await, Some(live));
    assert_eq!(find("nobody@example.com").await, None);
}

async fn an_import_leaves_the_sandbox_alone(shop: Shop) {
    let sandbox = shop.sandbox_customer(ADDRESS, 0, 10).await;
    let row = row(ADDRESS);
    assert_eq!(shop.import_at(std::slice::from_ref(&row), 1).await, [ImportedRow::Created]);
    assert_ne!(row.id, sandbox.id);
    assert_eq!(shop.sandbox_customer(ADDRESS, 2, 10).await, sandbox);
}

async fn budgets_are_apart(shop: Shop) {
    let budget = AddressBudget { per_minute: 1, per_hour: 5 };
    let worker = worker();
    let admit = async |request| {
        shop.claim(worker, 0).await;
        shop.ports.delivery.admit(Lease::new(request, worker), budget, at(0)).await.unwrap()
    };
    let sandbox = shop.sandbox_request(0).await;
    assert_eq!(admit(sandbox).await, Admission::Admitted);
    let live = shop.record(ADDRESS, 0).await;
    assert_eq!(admit(live).await, Admission::Admitted, "the sandbox used the live budget up");
    let sandbox = shop.sandbox_request(0).await;
    assert_eq!(admit(sandbox).await, Admission::OverBudget);
    let live = shop.record(ADDRESS, 0).await;
    assert_eq!(admit(live).await, Admission::OverBudget);
}

async fn links_do_not_supersede_each_other(shop: Shop) {
    let both = shop.both().await;
    assert_eq!(shop.link_state(both.live_token, 2).await, Some(LinkState::Good));
    assert_eq!(shop.link_state(both.sandbox_token, 2).await, Some(LinkState::Good));
    let newer = shop.record(ADDRESS, 3).await;
    shop.link_of(newer, both.live, 3).await;
    assert_eq!(shop.link_state(both.live_token, 4).await, Some(LinkState::Superseded));
    assert_eq!(shop.link_state(both.sandbox_token, 4).await, Some(LinkState::Good));
}

async fn no_token_is_issued_across_the_border(shop: Shop) {
    let live = shop.customer(ADDRESS).await;
    let sandbox = shop.sandbox_customer(ADDRESS, 0, 10).await.id;
    let request = shop.record(ADDRESS, 0).await;
    let good = shop.link_of(request, live, 0).await;
    let (from_sandbox, from_live) = (shop.sandbox_request(1).await, shop.record(ADDRESS, 1).await);
    let worker = worker();
    shop.claim(worker, 1).await;
    for (request, customer) in [(from_sandbox, live), (from_live, sandbox)] {
        let issue = shop.token_issue(request, worker, customer, 1);
        let token = issue.token;
        assert_eq!(shop.ports.tokens.issue(issue).await.unwrap(), Issued::Superseded);
        assert_eq!(shop.link_state(token, 1).await, None);
    }
    assert_eq!(shop.link_state(good, 1).await, Some(LinkState::Good));
}

async fn a_link_is_redeemed_on_its_own_side_only(shop: Shop) {
    let both = shop.both().await;
    let tokens = &shop.ports.tokens;
    let wrong = [shop.sandbox_redemption(both.live_token, 5), shop.redemption(both.sandbox_token, 5)];
    for redemption in wrong {
        assert_eq!(tokens.redeem(redemption).await.unwrap(), Redeemed::NoSuchLink);
    }
    // Nor does the wrong side learn that a link has expired.
    let late = shop.sandbox_redemption(both.live_token, 4_000);
    assert_eq!(tokens.redeem(late).await.unwrap(), Redeemed::NoSuchLink);
    assert_eq!(shop.passwords(both.live).await, ["first"]);
    assert_eq!(shop.link_state(both.live_token, 6).await, Some(LinkState::Good));
    assert_eq!(shop.link_state(both.sandbox_token, 6).await, Some(LinkState::Good));
}

async fn a_change_of_password_stays_on_its_side(shop: Shop) {
    let both = shop.both().await;
    let tokens = &shop.ports.tokens;
    let set = async |redemption: Redemption, text: &str| {
        tokens.redeem(Redemption { password: Some(password(text)), ..redemption }).await.unwrap()
    };
    assert_eq!(set(shop.sandbox_redemption(both.sandbox_token, 5), "sandbox").await, Redeemed::Changed);
    assert_eq!(shop.passwords(both.sandbox).await, ["sandbox"]);
    assert_eq!(shop.passwords(both.live).await, ["first"]);
    assert_eq!(shop.link_state(both.live_token, 6).await, Some(LinkState::Good));
    let notice = shop.claim_one(worker(), 6).await;
    assert!(notice.sandbox, "the notice is the sandbox's");
    assert!(matches!(notice.work, ClaimedWork::PasswordChanged { customer, .. } if customer == both.sandbox));
    // A live request accepted before the sandbox's change still gets its token.
    let request = shop.record(ADDRESS, 4).await;
    let newer = shop.link_of(request, both.live, 6).await;
    assert_eq!(set(shop.redemption(newer, 7), "live").await, Redeemed::Changed);
    assert_eq!(shop.passwords(both.live).await, ["live", "first"]);
    assert_eq!(shop.passwords(both.sandbox).await, ["sandbox"]);
    let notice = shop.claim_one(worker(), 8).await;
    assert!(!notice.sandbox, "the notice is a live one");
    assert!(matches!(notice.work, ClaimedWork::PasswordChanged { customer, .. } if customer == both.live));
}

async fn cancelling_stays_on_its_side(shop: Shop) {
    let both = shop.both().await;
    assert!(shop.ports.tokens.cancel(both.sandbox_token, at(5), ip("192.0.2.1")).await.unwrap());
    assert_eq!(shop.link_state(both.sandbox_token, 6).await, Some(LinkState::Superseded));
    assert_eq!(shop.link_state(both.live_token, 6).await, Some(LinkState::Good));
}

async fn the_audit_log_marks_the_sandbox(shop: Shop) {
    let both = shop.both().await;
    let tokens = &shop.ports.tokens;
    tokens.redeem(shop.redemption(both.live_token, 5)).await.unwrap();
    tokens.redeem(shop.sandbox_redemption(both.sandbox_token, 6)).await.unwrap();
    let request = shop.sandbox_request(7).await;
    let token = shop.link_of(request, both.sandbox, 7).await;
    assert!(tokens.cancel(token, at(8), ip("192.0.2.1")).await.unwrap());
    let rows = shop.ports.audit.read(0, 100).await.unwrap();
    let subjects: Vec<_> = rows.into_iter().map(|row| row.entry.subject).collect();
    let expected = [both.live.to_string(), format!("sandbox {}", both.sandbox), format!("sandbox {request}")];
    assert_eq!(subjects, expected);
}

async fn the_queue_marks_the_sandbox(shop: Shop) {
    shop.both().await;
    let waiting = shop.sandbox_request(5).await;
    let queue = &shop.ports.queue;
    let list = queue.list(MailFilter { limit: 10, ..MailFilter::default() }).await.unwrap();
    let marks: Vec<bool> = list.iter().map(|mail| mail.sandbox).collect();
    assert_eq!(marks, [true, true, false], "newest first");
    for mail in &list {
        assert_eq!(queue.show(mail.id).await.unwrap().unwrap().summary.sandbox, mail.sandbox);
    }
    assert_eq!(list[0].id.as_bytes(), waiting.as_bytes());
}

async fn webhooks_mark_the_sandbox(shop: Shop) {
    listen(&shop, "https://hooks.example/", &[]).await;
    let both = shop.both().await;
    let tokens = &shop.ports.tokens;
    tokens.redeem(shop.sandbox_redemption(both.sandbox_token, 5)).await.unwrap();
    tokens.redeem(shop.redemption(both.live_token, 6)).await.unwrap();
    let events = shop.ports.outbox.claim_events(worker(), at(7), at(37), 100, 100).await.unwrap();
    let mut reported: Vec<_> = events.iter().map(|event| (event.event.sandbox, event.event.event)).collect();
    reported.sort();
    let each = [WebhookEventType::Sent, WebhookEventType::Completed];
    let mut expected: Vec<_> =
        [false, true].into_iter().flat_map(|side| each.map(|event| (side, event))).collect();
    expected.sort();
    assert_eq!(reported, expected);
}

async fn an_empty_archive_lists_nothing(shop: Shop) {
    assert!(shop.kept().await.is_empty());
    assert!(shop.ports.sandbox_mail.list(None, 10).await.unwrap().is_empty());
}

async fn a_kept_mail_is_there_whole(shop: Shop) {
    let mail = captured("Nové heslo", 1);
    let id = MailId::from_bytes(id());
    shop.ports.sandbox.keep_mail(shop.organisation.id, id, mail.clone(), 10).await.unwrap();
    for organisation in [Some(shop.organisation.id), None] {
        let list = shop.ports.sandbox_mail.list(organisation, 10).await.unwrap();
        assert!(list == [mail.clone()], "it came back otherwise");
    }
}

async fn the_newest_mail_is_first_and_the_list_is_limited(shop: Shop) {
    for (subject, at) in [("second", 2), ("third", 3), ("first", 1)] {
        shop.keep(subject, at, 10).await;
    }
    assert_eq!(shop.kept().await, ["third", "second", "first"]);
    let list = shop.ports.sandbox_mail.list(Some(shop.organisation.id), 2).await.unwrap();
    assert_eq!(list.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["third", "second"]);
}

async fn organisations_do_not_see_each_others_mail(shop: Shop) {
    let neighbour = shop.neighbour().await;
    shop.keep("own", 1, 1).await;
    neighbour.keep("theirs", 2, 1).await;
    assert_eq!(shop.kept().await, ["own"]);
    assert_eq!(neighbour.kept().await, ["theirs"]);
    assert_eq!(shop.ports.sandbox_mail.list(None, 10).await.unwrap().len(), 2);
}

async fn the_oldest_mails_go(shop: Shop) {
    for second in 1..=5 {
        shop.keep(&format!("{second}"), second, 3).await;
    }
    assert_eq!(shop.kept().await, ["5", "4", "3"]);
}

async fn simultaneous_mails_are_all_kept(shop: Shop) {
    let subjects: Vec<String> = (0..20).map(|index| index.to_string()).collect();
    futures_util::future::join_all(subjects.iter().map(|subject| shop.keep(subject, 1, 20))).await;
    let kept: HashSet<_> = shop.kept().await.into_iter().collect();
    assert_eq!(kept, subjects.into_iter().collect());
}

async fn old_mails_and_unused_customers_are_purged(shop: Shop) {
    let both = shop.both().await;
    let unused = shop.sandbox_customer("unused@example.com", -10, 10).await.id;
    let tokens = &shop.ports.tokens;
    tokens.redeem(shop.sandbox_redemption(both.sandbox_token, 5)).await.unwrap();
    shop.keep("old", -10, 10).await;
    shop.keep("new", 0, 10).await;
    let purge = async |before| {
        let mut gone = 0;
        loop {
            match shop.ports.sandbox.purge_sandbox(at(before), 1).await.unwrap() {
                0 => return gone,
                rows => gone += rows,
            }
        }
    };
    assert_eq!(purge(-5).await, 2);
    assert_eq!(shop.kept().await, ["new"]);
    assert_eq!(shop.ports.customers.find(unused).await.unwrap(), None);
    assert_eq!(shop.passwords(both.sandbox).await, ["second"]);
    // Former passwords go with their customer; live customers stay however old they are.
    assert_eq!(purge(100).await, 2);
    assert!(shop.passwords(both.sandbox).await.is_empty());
    assert_eq!(shop.passwords(both.live).await, ["first"]);
}
