//! Every built-in mail as it goes out, in `snapshots/`. `INSTA_UPDATE=always` writes them anew.

use application::model::{Logo, LogoKind, MailKind, OrganisationSettings};
use domain::{AccentColor, Language};

use crate::shop::Shop;

async fn compare(shop: &Shop, which: &str) {
    for language in Language::BUILT_IN {
        for (kind, name) in [(MailKind::ResetPassword, "reset"), (MailKind::PasswordChanged, "changed")] {
            let mail = shop.write(kind, language.as_str(), "Jan Barášek").await.unwrap();
            let text = format!("Subject: {}\n\n{}", mail.subject, mail.text);
            insta::assert_snapshot!(format!("{which}_{name}_{language}.txt"), text);
            if language == Language::CS {
                insta::assert_snapshot!(format!("{which}_{name}_{language}.html"), mail.html);
            }
        }
    }
}

#[tokio::test]
async fn built_in_mails_look_like_this() {
    compare(&Shop::open(), "plain").await;
}

#[tokio::test]
async fn mails_of_an_organisation_with_every_setting_look_like_this() {
    let mut shop = Shop::open();
    shop.organisation.settings = OrganisationSettings {
        accent: AccentColor::parse("#7a3b00").ok(),
        sign_in_url: Some("https://shop.example/login".to_owned()),
        contact: Some("podpora@shop.example".to_owned()),
        time_zone: Some("Europe/Prague".to_owned()),
        logo: Some(Logo { kind: LogoKind::Png, hash: "0123456789abcdef".to_owned(), base64: String::new() }),
        ..shop.organisation.settings
    };
    shop.place = None;
    shop.composer = shop.composer.with_public_url("https://reset.example.com/");
    compare(&shop, "settings").await;
}
