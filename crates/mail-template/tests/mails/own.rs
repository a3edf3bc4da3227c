use std::sync::atomic::Ordering;
use std::time::Duration;

use application::ports::ComposeError;

use crate::shop::{LINK, Shop};

const HTML: &str = "<p>{{ customerName }}: <a href=\"{{ resetUrl }}\">{{ organisationName }}</a></p>";
const TEXT: &str = "{{ customerName }} {{ resetUrl }}";

#[tokio::test]
async fn an_own_template_goes_into_the_built_in_layout_and_an_own_layout_takes_the_built_in_text() {
    let shop = Shop::open();
    shop.add_template("cs", "Heslo {{ organisationName }}", HTML, TEXT, -1, None);
    let mail = shop.reset("cs", "Jan & syn").await;
    assert_eq!(mail.subject, "Heslo Barášek s.r.o.");
    assert_eq!(mail.text, format!("Jan & syn {LINK}"));
    assert!(mail.html.contains("<p>Jan &amp; syn: <a href=\"https://shop.example/"));
    assert!(mail.html.contains("max-width:600px"));

    let shop = Shop::open();
    shop.add_layout(
        "cs",
        "<html>[{{ htmlBody }}|{{ footer }}|{{ logoUrl }}|{{ subject }}|{{ preheader }}]</html>",
    );
    let mail = shop.reset("cs", "Jan").await;
    assert!(mail.html.starts_with("<html>[<h1"));
    assert!(mail.html.contains(
        "|Barášek s.r.o., Růžová 3<br>Praha 1||Nastavení nového hesla – Barášek s.r.o.|Odkaz platí 1\u{a0}hodinu."
    ));
}

#[tokio::test]
async fn languages_fall_back_from_customer_to_organisation_to_any_to_built_in() {
    let mut shop = Shop::open();
    shop.organisation.settings.language = domain::Language::CS;
    assert_eq!(shop.reset("de", "Jan").await.language.as_str(), "de");
    shop.add_template("fr", "fr", HTML, TEXT, -9, None);
    assert_eq!(shop.reset("de", "Jan").await.subject, "fr");
    shop.add_template("cs", "cs", HTML, TEXT, -9, None);
    assert_eq!(shop.reset("de", "Jan").await.subject, "cs");
    shop.add_template("de", "de", HTML, TEXT, -9, None);
    assert_eq!(shop.reset("de", "Jan").await.subject, "de");
    assert_eq!(shop.reset("it", "Jan").await.subject, "cs");
    assert_eq!(shop.reset("fr", "Jan").await.subject, "fr");
}

#[tokio::test]
async fn the_newest_template_whose_time_has_come_counts() {
    let shop = Shop::open();
    shop.add_template("en", "future", HTML, TEXT, 1, None);
    shop.add_template("en", "over", HTML, TEXT, -2, Some(0));
    assert!(shop.reset("en", "Jan").await.subject.starts_with("Set a new password"));
    shop.add_template("en", "older", HTML, TEXT, -9, None);
    assert_eq!(shop.reset("en", "Jan").await.subject, "older");
    shop.add_template("en", "newer", HTML, TEXT, -3, Some(1));
    shop.add_template("en", "now", HTML, TEXT, 0, None);
    assert_eq!(shop.reset("en", "Jan").await.subject, "now");
}

#[tokio::test]
async fn an_unknown_variable_stops_the_mail_and_says_where() {
    for (html, what) in [
        ("<p>\n{{ customrName }}</p>", "line 2"),
        ("{% if customrName %}x{% endif %}", "line 1"),
        ("{{ resetUrl.token }}", "line 1"),
        ("{{ htmlBody }}", "line 1"),
        ("{{ changedAt }}", "line 1"),
        ("{{ customerName|safe", "line 1"),
    ] {
        let shop = Shop::open();
        shop.add_template("en", "s", html, TEXT, -1, None);
        let outcome = shop.write(application::model::MailKind::ResetPassword, "en", "Jan").await;
        let Err(ComposeError::Template { template, error }) = outcome else { panic!("{html} went through") };
        assert!(template.contains("contact-reset-password/en"), "{template}");
        assert!(error.contains(what), "{error}");
    }
}

#[tokio::test]
async fn a_broken_template_fails_its_own_mails_only() {
    let shop = Shop::open();
    shop.add_template("de", "{{ broken", HTML, TEXT, -1, None);
    shop.add_template("en", "fine", HTML, TEXT, -1, None);
    assert!(shop.write(application::model::MailKind::ResetPassword, "de", "Jan").await.is_err());
    assert_eq!(shop.reset("en", "Jan").await.subject, "fine");
}

#[tokio::test]
async fn no_template_can_switch_escaping_off() {
    let html = "{% autoescape false %}{{ customerName }}{% endautoescape %}<a href=\"{{ resetUrl }}\">x</a>";
    let shop = Shop::open();
    shop.add_template("en", "s", html, TEXT, -1, None);
    let mail = shop.reset("en", "<b>").await;
    assert!(mail.html.contains("&lt;b&gt;") && !mail.html.contains("<b>"));

    let shop = Shop::open();
    shop.add_template("en", "s", "{{ customerName|safe }}{{ resetUrl }}", TEXT, -1, None);
    assert!(shop.write(application::model::MailKind::ResetPassword, "en", "<b>").await.is_err());
}

#[tokio::test]
async fn a_name_in_a_link_leads_nowhere() {
    let shop = Shop::open();
    shop.add_template("en", "s", "<a href=\"{{ customerName }}\">x</a>{{ resetUrl }}", TEXT, -1, None);
    let outcome = shop.write(application::model::MailKind::ResetPassword, "en", "javascript:alert(1)").await;
    let Err(ComposeError::Template { error, .. }) = outcome else {
        panic!("a link to a script went through")
    };
    assert!(error.contains("`javascript…`"), "{error}");
}

#[tokio::test]
async fn an_endless_template_ends() {
    let shop = Shop::open();
    let html = "{% for a in resetUrl %}{% for b in resetUrl %}{% for c in resetUrl %}x{% endfor %}{% endfor %}{% endfor %}";
    shop.add_template("en", "s", html, TEXT, -1, None);
    assert!(shop.write(application::model::MailKind::ResetPassword, "en", "Jan").await.is_err());
}

#[tokio::test]
async fn templates_are_read_once_per_cache_life_and_after_a_reload() {
    let shop = Shop::with_cache_life(Duration::from_secs(3_600));
    for _ in 0..5 {
        shop.reset("en", "Jan").await;
    }
    assert_eq!(shop.shelf.reads.load(Ordering::Relaxed), 1);
    shop.add_template("en", "new", HTML, TEXT, -1, None);
    assert!(shop.reset("en", "Jan").await.subject.starts_with("Set"));
    shop.composer.reload(Some(shop.organisation.id));
    assert_eq!(shop.reset("en", "Jan").await.subject, "new");
    shop.composer.reload(None);
    shop.reset("en", "Jan").await;
    assert_eq!(shop.shelf.reads.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_store_that_is_down_is_no_error_of_the_template() {
    let shop = Shop::open();
    *shop.shelf.down.lock().unwrap() = true;
    let outcome = shop.write(application::model::MailKind::ResetPassword, "en", "Jan").await;
    assert!(matches!(outcome, Err(ComposeError::Unavailable(_))));
}
