use std::collections::HashSet;

use application::model::{ComposedMail, MailContent, MailKind, Organisation};
use application::ports::MailComposer;
use domain::{GeoContext, Language, PlaceName};

use super::fixture::{at, organisation, prague};
use super::suite::run_cases;

/// The contract of [`MailComposer`], with organisations that brought no templates of their own.
///
/// # Panics
/// When a case of the contract is broken; the message says which.
pub async fn mail_composer<C: MailComposer>(fresh: impl AsyncFn() -> C) {
    run_cases!(
        "MailComposer",
        fresh(),
        [
            every_built_in_language_has_both_mails,
            the_links_are_in_both_parts,
            a_link_is_escaped_in_html_only,
            the_organisation_and_the_customer_are_named,
            the_location_is_shown_where_it_is_known,
            hostile_names_are_escaped,
            the_subject_is_one_line,
            a_variable_in_a_value_is_not_one,
            an_unknown_language_falls_back,
            an_empty_name_is_no_error,
        ]
    );
}

const RESET: &str = "https://shop.example/reset/TOKENtokenTOKENtokenTOKENtoken12";
const CANCEL: &str = "https://shop.example/reset/TOKENtokenTOKENtokenTOKENtoken12/not-me";

fn reset<'a>(organisation: &'a Organisation, language: Language) -> MailContent<'a> {
    MailContent {
        kind: MailKind::ResetPassword,
        organisation,
        customer_name: "Jan Barasek",
        language,
        reset_url: Some(RESET),
        cancel_url: Some(CANCEL),
        effective_at: at(12_000),
        requested_from: None,
        now: at(0),
    }
}

fn notice<'a>(organisation: &'a Organisation, language: Language) -> MailContent<'a> {
    let kind = MailKind::PasswordChanged;
    MailContent {
        kind,
        reset_url: None,
        cancel_url: None,
        effective_at: at(0),
        ..reset(organisation, language)
    }
}

async fn compose<C: MailComposer>(composer: &C, content: MailContent<'_>) -> ComposedMail {
    let what = format!("{content:?}");
    composer.compose(content).await.unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// Without anything that a reader should never see.
fn assert_sound(mail: &ComposedMail) {
    assert!(!mail.subject.trim().is_empty(), "there is a subject");
    assert!(!mail.subject.chars().any(char::is_control), "the subject is one line: {:?}", mail.subject);
    for (part, text) in [("text", &mail.text), ("HTML", &mail.html), ("subject", &mail.subject)] {
        for leftover in ["{{", "}}", "{%", "%}"] {
            assert!(!text.contains(leftover), "{part} holds {leftover}: {text}");
        }
        let odd = text.chars().find(|one| one.is_control() && !matches!(one, '\r' | '\n' | '\t'));
        assert_eq!(odd, None, "{part} holds a control character");
    }
}

async fn every_built_in_language_has_both_mails<C: MailComposer>(composer: C) {
    let shop = organisation();
    let mut texts = HashSet::new();
    for language in Language::BUILT_IN {
        for content in [reset(&shop, language), notice(&shop, language)] {
            let mail = compose(&composer, content).await;
            assert_eq!(mail.language, language);
            assert_sound(&mail);
            assert!(texts.insert(mail.text), "{} reads like another language's", language.as_str());
        }
    }
}

async fn the_links_are_in_both_parts<C: MailComposer>(composer: C) {
    let shop = organisation();
    for language in Language::BUILT_IN {
        let mail = compose(&composer, reset(&shop, language)).await;
        for link in [RESET, CANCEL] {
            assert!(mail.text.contains(link), "{}: the text lacks {link}", language.as_str());
            assert!(mail.html.contains(link), "{}: the HTML lacks {link}", language.as_str());
        }
        let changed = compose(&composer, notice(&shop, language)).await;
        assert!(!changed.text.contains("TOKEN") && !changed.html.contains("TOKEN"), "a notice has no link");
    }
}

async fn a_link_is_escaped_in_html_only<C: MailComposer>(composer: C) {
    let shop = organisation();
    let link = "https://shop.example/heslo?token=TOKEN&lang=cs&x='";
    let mail = compose(&composer, MailContent { reset_url: Some(link), ..reset(&shop, Language::CS) }).await;
    assert!(mail.text.contains(link), "the text shows it as it is: {}", mail.text);
    assert!(!mail.html.contains("TOKEN&lang"), "an ampersand is escaped in HTML");
    assert!(mail.html.contains("TOKEN&amp;lang") || mail.html.contains("TOKEN&#38;lang"), "{}", mail.html);
}

async fn the_organisation_and_the_customer_are_named<C: MailComposer>(composer: C) {
    let shop = Organisation { name: "Obchod U Zofie".to_owned(), ..organisation() };
    for content in [reset(&shop, Language::CS), notice(&shop, Language::EN)] {
        let mail = compose(&composer, content).await;
        for (part, text) in [("text", &mail.text), ("HTML", &mail.html)] {
            assert!(text.contains("Jan Barasek"), "the customer's name is missing in {part}: {text}");
        }
        let named = [&mail.subject, &mail.text].iter().any(|text| text.contains("Obchod U Zofie"));
        assert!(named, "the organisation's name is missing: {}\n{}", mail.subject, mail.text);
    }
}

async fn the_location_is_shown_where_it_is_known<C: MailComposer>(composer: C) {
    let (shop, place) = (organisation(), prague());
    for (language, city) in [(Language::EN, "Prague"), (Language::CS, "Praha"), (Language::DE, "Prague")] {
        let mail =
            compose(&composer, MailContent { requested_from: Some(&place), ..reset(&shop, language) }).await;
        assert!(
            mail.text.contains(city) && mail.html.contains(city),
            "{}: {city} is missing",
            language.as_str()
        );
        assert_sound(&mail);
    }
}

async fn hostile_names_are_escaped<C: MailComposer>(composer: C) {
    let evil = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'&";
    let shop = Organisation { name: evil.to_owned(), ..organisation() };
    let place = GeoContext {
        city: Some(PlaceName::new(evil)),
        country: Some(PlaceName::new(evil)),
        as_organisation: Some(evil.to_owned()),
        reverse_dns: Some(evil.to_owned()),
        ..GeoContext::default()
    };
    for content in [reset(&shop, Language::EN), notice(&shop, Language::CS)] {
        let mail =
            compose(&composer, MailContent { customer_name: evil, requested_from: Some(&place), ..content })
                .await;
        for raw in ["<script", "<img src=x", "\"><"] {
            let found = mail.html.matches(raw).count();
            let usual =
                compose(&composer, reset(&organisation(), Language::EN)).await.html.matches(raw).count();
            assert!(raw == "\"><" && usual > 0 || found == 0, "{raw} is markup: {}", mail.html);
        }
        assert_sound(&mail);
    }
}

async fn the_subject_is_one_line<C: MailComposer>(composer: C) {
    for name in ["Shop\r\nBcc: eve@example.com", "Shop\nX: 1", "Shop\rX: 1", "Shop\u{b}\u{c}\u{0}\u{7f}"] {
        let shop = Organisation { name: name.to_owned(), ..organisation() };
        for content in [reset(&shop, Language::EN), notice(&shop, Language::PL)] {
            let mail = compose(&composer, MailContent { customer_name: name, ..content }).await;
            assert!(!mail.subject.chars().any(char::is_control), "name {name:?}: {:?}", mail.subject);
        }
    }
}

async fn a_variable_in_a_value_is_not_one<C: MailComposer>(composer: C) {
    let shop = organisation();
    let links = |mail: &ComposedMail| (mail.text.matches(RESET).count(), mail.html.matches(RESET).count());
    let usual = compose(&composer, reset(&shop, Language::EN)).await;
    let name = "{{ resetUrl }} {% raw %} {{ nonsense }} {# x #}";
    let mail = compose(&composer, MailContent { customer_name: name, ..reset(&shop, Language::EN) }).await;
    assert_eq!(links(&mail), links(&usual), "the customer's name was rendered as a template");
}

async fn an_unknown_language_falls_back<C: MailComposer>(composer: C) {
    let mut shop = organisation();
    shop.settings.language = Language::SK;
    let french = Language::parse("fr").unwrap();
    let mail = compose(&composer, reset(&shop, french)).await;
    assert_eq!(mail.language, Language::SK, "the organisation's");
    shop.settings.language = french;
    let mail = compose(&composer, reset(&shop, french)).await;
    assert!(Language::BUILT_IN.contains(&mail.language), "a built-in one, not {}", mail.language.as_str());
    assert_sound(&mail);
}

async fn an_empty_name_is_no_error<C: MailComposer>(composer: C) {
    let shop = organisation();
    for content in [reset(&shop, Language::EN), notice(&shop, Language::DE)] {
        assert_sound(&compose(&composer, MailContent { customer_name: "", ..content }).await);
    }
}
