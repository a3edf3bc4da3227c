use application::model::MailKind;
use application::ports::ComposeError;
use domain::PlaceName;

use crate::shop::Shop;

const HOSTILE: &str =
    "Jan\r\nBcc: victim\u{2028}Subject: x <script>alert(\"1\")</script> & 'o' \u{202E}gnp\0";

#[tokio::test]
async fn a_hostile_name_stays_a_name() {
    for language in ["cs", "en", "sk", "pl", "de"] {
        for kind in MailKind::ALL {
            let mail = Shop::open().write(kind, language, HOSTILE).await.unwrap();
            let cleaned = "Jan Bcc: victim Subject: x <script>alert(\"1\")</script> & 'o' gnp";
            assert!(mail.text.contains(cleaned), "{}", mail.text);
            let escaped = "Jan Bcc: victim Subject: x &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;o&#39; gnp";
            assert!(mail.html.contains(escaped), "{}", mail.html);
            assert!(!mail.html.contains("<script"));
            assert!(!mail.text.lines().any(|line| line.starts_with("Bcc:") || line.starts_with("Subject:")));
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(
                    !part
                        .chars()
                        .any(|c| (c.is_control() && c != '\n') || ('\u{202A}'..='\u{202E}').contains(&c))
                );
            }
        }
    }
}

#[tokio::test]
async fn subjects_are_one_line_whatever_the_organisation_is_called() {
    let mut shop = Shop::open();
    shop.organisation.name = "A\r\nBcc: x@y.cz\u{85}B\u{2029}C".to_owned();
    let mail = shop.reset("en", "Jan").await;
    assert_eq!(mail.subject, "Set a new password – A Bcc: x@y.cz B C");
}

#[tokio::test]
async fn ten_kilobytes_of_name_are_cut() {
    let mail = Shop::open().reset("en", &"<b>".repeat(3_500)).await;
    assert!(mail.text.len() < 2_000, "{}", mail.text.len());
    assert!(mail.html.len() < 12_000, "{}", mail.html.len());
}

#[tokio::test]
async fn a_name_that_advertises_is_left_out() {
    let mail = Shop::open().reset("en", "Claim 1000 $ at https://evil.test/win").await;
    assert!(mail.text.starts_with("Hello,\n"));
    assert!(!mail.html.contains("evil") && !mail.text.contains("evil"));
}

#[tokio::test]
async fn a_place_is_escaped_too() {
    let mut shop = Shop::open();
    if let Some(place) = &mut shop.place {
        place.city = Some(PlaceName::new("<a href=\"https://evil.test\">x</a>\r\ny"));
    }
    let mail = shop.reset("en", "Jan").await;
    assert!(mail.html.contains("&lt;a href=&quot;https://evil.test&quot;&gt;x&lt;/a&gt; y, Czechia"));
}

#[tokio::test]
async fn only_web_addresses_become_links() {
    let mut shop = Shop::open();
    for bad in
        ["javascript:alert(1)", "data:text/html,x", "https://shop.example/a b", "ftp://shop.example", ""]
    {
        shop.link = bad;
        let Err(ComposeError::Template { error, .. }) =
            shop.write(MailKind::ResetPassword, "en", "Jan").await
        else {
            panic!("{bad} went through");
        };
        assert!(error.contains("resetUrl"), "{error}");
        assert!(!error.contains("alert"), "an address is never quoted: it may hold the token");
    }
    shop.link = crate::shop::LINK;
    shop.cancel = Some("javascript:x");
    assert!(shop.write(MailKind::ResetPassword, "en", "Jan").await.is_err());
    shop.cancel = None;
    shop.organisation.settings.logo_url = Some("javascript:x".to_owned());
    assert!(shop.write(MailKind::ResetPassword, "en", "Jan").await.is_err());
}
