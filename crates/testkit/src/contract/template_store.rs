use application::model::{Layout, MailKind, Template, TemplateSet};
use chrono::TimeDelta;
use domain::Language;

use super::StoreUnderTest;
use super::fixture::{Shop, at};
use super::suite::run_cases;

/// The contract of [`TemplateStore`](application::ports::TemplateStore).
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn template_store<P: Into<StoreUnderTest>>(fresh: impl AsyncFn() -> P) {
    run_cases!(
        "TemplateStore",
        async { Shop::open(fresh().await.into()).await },
        [
            an_organisation_brings_nothing_at_first,
            templates_are_kept_word_for_word,
            layouts_are_kept_word_for_word,
            the_newest_comes_first,
            what_begins_at_the_same_time_is_replaced,
            removing_takes_one_kind_in_one_language,
            organisations_do_not_share,
        ]
    );
}

fn template(from: i64) -> Template {
    Template {
        kind: MailKind::ResetPassword,
        language: Language::CS,
        subject: "Nové heslo – {{ organisationName }}".to_owned(),
        html: "<p>Dobrý den, {{ customerName }}</p>\r\n\t<a href=\"{{ resetUrl }}\">'odkaz'</a> \u{1f511}"
            .to_owned(),
        text: "Dobrý den,\n\n{{ resetUrl }}\n".to_owned(),
        valid_from: at(from),
        valid_until: None,
    }
}

fn layout(from: i64) -> Layout {
    Layout {
        language: Language::CS,
        html: "<html>{{ htmlBody }}</html>\n".to_owned(),
        valid_from: at(from),
        valid_until: None,
    }
}

async fn save(shop: &Shop, template: &Template) {
    shop.ports.templates.save_template(shop.organisation.id, template).await.unwrap();
}

async fn all(shop: &Shop) -> TemplateSet {
    shop.ports.templates.templates(shop.organisation.id).await.unwrap()
}

async fn an_organisation_brings_nothing_at_first(shop: Shop) {
    assert_eq!(all(&shop).await, TemplateSet::default());
}

async fn templates_are_kept_word_for_word(shop: Shop) {
    let ends = Some(at(7_200) + TimeDelta::milliseconds(5));
    let template = Template { valid_until: ends, ..template(0) };
    save(&shop, &template).await;
    assert_eq!(all(&shop).await, TemplateSet { templates: vec![template], layouts: Vec::new() });
}

async fn layouts_are_kept_word_for_word(shop: Shop) {
    let layout = Layout { valid_until: Some(at(60)), ..layout(0) };
    shop.ports.templates.save_layout(shop.organisation.id, &layout).await.unwrap();
    assert_eq!(all(&shop).await, TemplateSet { templates: Vec::new(), layouts: vec![layout] });
}

async fn the_newest_comes_first(shop: Shop) {
    for from in [20, 0, 30, 10] {
        save(&shop, &template(from)).await;
        shop.ports.templates.save_layout(shop.organisation.id, &layout(from)).await.unwrap();
    }
    let all = all(&shop).await;
    let newest_first = [30, 20, 10, 0].map(at);
    assert_eq!(all.templates.iter().map(|one| one.valid_from).collect::<Vec<_>>(), newest_first);
    assert_eq!(all.layouts.iter().map(|one| one.valid_from).collect::<Vec<_>>(), newest_first);
}

async fn what_begins_at_the_same_time_is_replaced(shop: Shop) {
    let other_language = Template { language: Language::SK, ..template(0) };
    let other_kind = Template { kind: MailKind::PasswordChanged, ..template(0) };
    for one in [&template(0), &other_language, &other_kind, &template(1)] {
        save(&shop, one).await;
    }
    let better = Template { subject: "Heslo".to_owned(), valid_until: Some(at(9)), ..template(0) };
    save(&shop, &better).await;
    let kept = all(&shop).await.templates;
    assert_eq!(kept.len(), 4, "one was replaced, the others stay");
    for one in [better, other_language, other_kind, template(1)] {
        assert!(kept.contains(&one), "missing: {one:?}");
    }
    shop.ports.templates.save_layout(shop.organisation.id, &layout(0)).await.unwrap();
    let better = Layout { html: "<b>{{ htmlBody }}</b>".to_owned(), ..layout(0) };
    shop.ports.templates.save_layout(shop.organisation.id, &better).await.unwrap();
    assert_eq!(all(&shop).await.layouts, [better]);
}

async fn removing_takes_one_kind_in_one_language(shop: Shop) {
    let other_language = Template { language: Language::SK, ..template(0) };
    let other_kind = Template { kind: MailKind::PasswordChanged, ..template(0) };
    for one in [&template(0), &template(1), &other_language, &other_kind] {
        save(&shop, one).await;
    }
    let remove =
        || shop.ports.templates.remove_templates(shop.organisation.id, MailKind::ResetPassword, Language::CS);
    assert_eq!(remove().await, Ok(2));
    assert_eq!(remove().await, Ok(0));
    let kept = all(&shop).await.templates;
    assert!(kept.len() == 2 && kept.contains(&other_language) && kept.contains(&other_kind), "{kept:?}");
}

async fn organisations_do_not_share(shop: Shop) {
    let neighbour = shop.neighbour().await;
    save(&shop, &template(0)).await;
    assert_eq!(all(&neighbour).await, TemplateSet::default());
    let removed = shop.ports.templates.remove_templates(
        neighbour.organisation.id,
        MailKind::ResetPassword,
        Language::CS,
    );
    assert_eq!(removed.await, Ok(0));
    assert_eq!(all(&shop).await.templates.len(), 1);
}
