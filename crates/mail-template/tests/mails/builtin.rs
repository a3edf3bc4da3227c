use application::model::MailKind;
use resetd_mail_template::{built_in_layout, built_in_template, check_layout, check_template};

use crate::shop::{CANCEL, LINK, Shop};

const LANGUAGES: [&str; 5] = ["cs", "en", "sk", "pl", "de"];

#[tokio::test]
async fn every_language_has_both_mails_in_its_own_words() {
    let subjects = [
        ("cs", "Nastavení nového hesla – Barášek s.r.o.", "Vaše heslo bylo změněno – Barášek s.r.o."),
        ("en", "Set a new password – Barášek s.r.o.", "Your password was changed – Barášek s.r.o."),
        ("sk", "Nastavenie nového hesla – Barášek s.r.o.", "Vaše heslo bolo zmenené – Barášek s.r.o."),
        ("pl", "Ustawienie nowego hasła – Barášek s.r.o.", "Hasło zostało zmienione – Barášek s.r.o."),
        ("de", "Neues Passwort festlegen – Barášek s.r.o.", "Ihr Passwort wurde geändert – Barášek s.r.o."),
    ];
    let shop = Shop::open();
    for (language, reset, changed) in subjects {
        let mail = shop.reset(language, "Jan").await;
        assert_eq!(mail.subject, reset);
        assert_eq!(mail.language.as_str(), language);
        assert!(mail.html.contains(&format!("<html lang=\"{language}\">")));
        let notice = shop.write(MailKind::PasswordChanged, language, "Jan").await.unwrap();
        assert_eq!(notice.subject, changed);
        assert!(!notice.html.contains("shop.example"), "a notice holds no link");
    }
}

#[tokio::test]
async fn the_link_is_a_button_and_plain_text_in_both_parts() {
    for language in LANGUAGES {
        let mail = Shop::open().reset(language, "Jan").await;
        let escaped = LINK.replace('&', "&amp;");
        assert_eq!(mail.html.matches(&format!("href=\"{escaped}\"")).count(), 2, "{language}");
        assert!(mail.html.contains(&format!(">{escaped}</a>")), "{language}");
        assert!(mail.text.lines().any(|line| line == LINK), "{language}");
        assert!(mail.html.contains(&format!("href=\"{CANCEL}\"")), "{language}");
        assert!(mail.text.lines().any(|line| line == CANCEL), "{language}");
        assert!(mail.html.contains("16:20") && mail.text.contains("16:20"), "{language}");
    }
}

#[tokio::test]
async fn what_is_unknown_leaves_no_gap() {
    let mut shop = Shop::open();
    shop.place = None;
    shop.cancel = None;
    shop.organisation.settings.footer = None;
    for language in LANGUAGES {
        for kind in MailKind::ALL {
            let mail = shop.write(kind, language, "").await.unwrap();
            assert!(
                mail.text.contains("15:20\u{a0}(UTC)") || mail.text.contains("15:20\u{a0}Uhr\u{a0}(UTC)"),
                "{}",
                mail.text
            );
            assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
            assert!(mail.text.ends_with("-- \nBarášek s.r.o."), "{}", mail.text);
            for odd in ["  ", "..", " ,", "„”", "()", ": \n", ":\n\n", "<br></p>", "[[", "{{"] {
                assert!(!mail.text.contains(odd), "{language} {odd:?}: {}", mail.text);
            }
            assert!(!mail.html.contains("disown"), "{language}");
            assert!(!mail.html.contains("<br></p>"), "{language}");
        }
    }
}

#[tokio::test]
async fn whose_data_a_location_is_stands_below_the_footer_of_a_mail_that_shows_one() {
    let mut shop = Shop::open();
    shop.composer = shop.composer.with_attribution(Some("Places by DB-IP & others\r\n(https://db-ip.com)"));
    let line = "Places by DB-IP & others (https://db-ip.com)";
    let located = shop.reset("en", "Jan").await;
    assert!(located.text.ends_with(&format!("Praha 1\n{line}")), "{}", located.text);
    assert!(located.html.contains("Places by DB-IP &amp; others"), "{}", located.html);
    shop.organisation.settings.footer = None;
    assert!(shop.reset("en", "Jan").await.text.ends_with(line));
    shop.place = None;
    let unlocated = shop.reset("en", "Jan").await;
    assert!(!unlocated.text.contains("DB-IP") && !unlocated.html.contains("DB-IP"), "{}", unlocated.text);
}

#[tokio::test]
async fn a_layout_with_a_logo_shows_it() {
    let mut shop = Shop::open();
    shop.organisation.settings.logo_url = Some("https://shop.example/logo.png?x=1&y=2".to_owned());
    let mail = shop.reset("en", "Jan").await;
    assert!(
        mail.html.contains("<img src=\"https://shop.example/logo.png?x=1&amp;y=2\" alt=\"Barášek s.r.o.\"")
    );
    assert!(mail.html.contains("Růžová 3<br>Praha 1"));
}

#[tokio::test]
async fn a_mailbox_shows_when_the_link_dies_beside_the_subject() {
    let mail = Shop::open().reset("pl", "Jan").await;
    let hidden = mail.html.split("display:none").nth(1).unwrap();
    assert!(hidden.contains(">Link jest ważny przez 1\u{a0}godzinę.&#847;"));
}

#[tokio::test]
async fn unknown_languages_fall_back_to_the_organisations_and_english() {
    let mut shop = Shop::open();
    assert_eq!(shop.reset("fr", "Jan").await.language.as_str(), "en");
    shop.organisation.settings.language = domain::Language::SK;
    assert_eq!(shop.reset("fr", "Jan").await.language.as_str(), "sk");
    assert_eq!(shop.reset("de", "Jan").await.language.as_str(), "de");
}

#[test]
fn the_built_in_mails_are_a_start_for_ones_own() {
    for language in domain::Language::BUILT_IN {
        for kind in MailKind::ALL {
            let template = built_in_template(kind, language).unwrap();
            assert_eq!(check_template(&template), Ok(()), "{kind:?} {language:?}");
        }
        assert_eq!(check_layout(&built_in_layout(language)), Ok(()));
    }
    assert!(built_in_template(MailKind::ResetPassword, domain::Language::parse("fr").unwrap()).is_none());
}
