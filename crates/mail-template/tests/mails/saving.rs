use application::model::{MailKind, Template};
use application::ports::ComposeError;
use resetd_mail_template::{check_layout, check_template};

use crate::shop::{layout, template};

fn error(outcome: Result<(), ComposeError>) -> String {
    match outcome {
        Err(ComposeError::Template { template, error }) => format!("{template}: {error}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_template_passes() {
    let good = template(
        "cs",
        "{{ organisationName }}",
        "{% if requestedFrom %}{{ requestedFrom }}{% endif %}<a href=\"{{ resetUrl }}\">x</a>\
         {% if disownUrl %}<a href=\"{{ disownUrl }}\">y</a>{% endif %}{{ expiresAt }} {{ customerName }} {{ language }}",
        "{{ resetUrl }} {{ footer }}",
    );
    assert_eq!(check_template(&good), Ok(()));
    let notice = Template {
        kind: MailKind::PasswordChanged,
        ..template("cs", "x", "{{ changedAt }}", "{{ changedAt }}")
    };
    assert_eq!(check_template(&notice), Ok(()));
}

#[test]
fn unknown_variables_are_found_in_any_branch() {
    let text = "{{ resetUrl }}";
    let html = "{{ resetUrl }}\n{% if disownUrl %}{% else %}\n{{ token }}{% endif %}";
    let said = error(check_template(&template("cs", "s", html, text)));
    assert!(
        said.starts_with(
            "contact-reset-password/cs html.html: line 3: unknown variable `token`; there are resetUrl"
        ),
        "{said}"
    );
    assert!(error(check_template(&template("cs", "{{ changedAt }}", text, text))).contains("subject.txt"));
    assert!(error(check_template(&template("cs", "s", text, "{{ resetUrl }}{{ x }}"))).contains("text.txt"));
}

#[test]
fn broken_templates_are_named_with_their_line() {
    let said = error(check_template(&template("cs", "s", "{{ resetUrl }}\n{% if %}", "{{ resetUrl }}")));
    assert!(said.contains("line 2"), "{said}");
    assert!(
        error(check_template(&template("cs", "s", "{{ resetUrl|nofilter }}", "{{ resetUrl }}")))
            .contains("filter")
    );
}

#[test]
fn a_reset_mail_without_its_link_is_refused() {
    assert!(error(check_template(&template("cs", "s", "x", "{{ resetUrl }}"))).contains("resetUrl"));
    assert!(error(check_template(&template("cs", "s", "{{ resetUrl }}", "x"))).contains("resetUrl"));
}

#[test]
fn an_empty_subject_is_refused() {
    assert!(
        error(check_template(&template("cs", " \n", "{{ resetUrl }}", "{{ resetUrl }}"))).contains("subject")
    );
    let named = template("cs", "{{ customerName }}", "{{ resetUrl }}", "{{ resetUrl }}");
    assert!(error(check_template(&named)).contains("subject"), "a customer without a name would get none");
}

#[test]
fn links_lead_to_the_web_or_a_mailbox() {
    for bad in [
        "<a href=\"javascript:x\">",
        "<img src=\"ftp://x\">",
        "<a href=\"{{ customerName }}\">",
        "<a href=\"/x\">",
    ] {
        let said = error(check_template(&template(
            "cs",
            "s",
            &format!("{bad}{{{{ resetUrl }}}}"),
            "{{ resetUrl }}",
        )));
        assert!(said.contains("only http, https and mailto"), "{said}");
    }
    let good = "<a href=\"mailto:help@shop.example\">{{ resetUrl }}</a>";
    assert_eq!(check_template(&template("cs", "s", good, "{{ resetUrl }}")), Ok(()));
}

#[test]
fn a_layout_must_hold_the_body_always() {
    assert_eq!(check_layout(&layout("cs", "<html>{{ htmlBody }}{{ footer }}{{ logoUrl }}</html>")), Ok(()));
    assert!(error(check_layout(&layout("cs", "<html></html>"))).contains("htmlBody"));
    assert!(
        error(check_layout(&layout("cs", "{% if footer %}{{ htmlBody }}{% endif %}"))).contains("htmlBody")
    );
    assert!(
        error(check_layout(&layout("cs", "{{ htmlBody }}{{ resetUrl }}")))
            .contains("unknown variable `resetUrl`")
    );
    assert!(error(check_layout(&layout("cs", "{{ htmlBody }}<a href='javascript:x'>"))).contains("mailto"));
}

#[test]
fn a_giant_is_refused() {
    let said = error(check_layout(&layout("cs", &format!("{{{{ htmlBody }}}}{}", "x".repeat(300_000)))));
    assert!(said.contains("longer than"), "{said}");
}

#[test]
fn the_built_in_layout_passes_its_own_check() {
    assert_eq!(check_layout(&layout("cs", include_str!("../../templates/layout.html"))), Ok(()));
}
