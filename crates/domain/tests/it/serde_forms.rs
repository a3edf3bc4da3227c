//! Feature `serde`: what goes out comes back, and what comes in has passed the rules.

use resetd_domain::{
    ApiKey, ApiKeyKind, CustomerIp, DeliveryState, EmailAddress, Expiry, IpScope, Language, LinkState,
    NoMailReason, Parsed, Password, ProviderRules, RedeemCode, RequestId, ResetToken, RuleError, Scope,
};
use serde_json::{from_str, to_string};

#[test]
fn values_are_strings_in_their_printed_form() {
    macro_rules! round_trips {
        ($($type:ty: $json:literal -> $out:literal),+ $(,)?) => { $(
            let value: $type = from_str($json).unwrap();
            assert_eq!(to_string(&value).unwrap(), $out);
            assert_eq!(from_str::<$type>($out).unwrap(), value);
        )+ };
    }

    round_trips! {
        EmailAddress: r#"" Jan@Háčky.cz ""# -> r#""jan@xn--hky-ela4t.cz""#,
        CustomerIp: r#""::FFFF:1.1.1.1""# -> r#""1.1.1.1""#,
        CustomerIp: r#""""# -> r#""127.0.0.1""#,
        Expiry: r#""PT3H20M""# -> r#""3h 20m""#,
        RequestId: r#""017F22E2-79B0-7CC3-98C4-DC0C0C07398F""# -> r#""017f22e2-79b0-7cc3-98c4-dc0c0c07398f""#,
        Language: r#""cs-CZ""# -> r#""cs""#,
        ApiKeyKind: r#""production""# -> r#""production""#,
        Scope: r#""customer:reset-password""# -> r#""customer:reset-password""#,
        DeliveryState: r#""waiting-for-next-attempt""# -> r#""waiting-for-next-attempt""#,
        NoMailReason: r#""over-budget""# -> r#""over-budget""#,
        LinkState: r#""superseded""# -> r#""superseded""#,
        RedeemCode: r#""E003""# -> r#""E003""#,
        IpScope: r#""link-local""# -> r#""link-local""#,
    }
}

#[test]
fn escapes_and_owned_strings_are_read() {
    assert_eq!(
        from_str::<EmailAddress>(r#""j\u0061n@example.com""#).unwrap().normalized(),
        "jan@example.com"
    );
    let value = serde_json::Value::String("1h".to_owned());
    assert_eq!(serde_json::from_value::<Expiry>(value).unwrap(), Expiry::DEFAULT);
}

#[test]
fn what_breaks_a_rule_does_not_come_in() {
    let error = from_str::<EmailAddress>(r#""jan@localhost""#).unwrap_err();
    assert!(error.to_string().starts_with("the domain ends at byte 13 without a dot in it"), "{error}");
    assert!(from_str::<CustomerIp>(r#""10.0.0.0/8""#).is_err());
    assert!(from_str::<Expiry>(r#""8d""#).is_err());
    assert!(from_str::<Expiry>("3600").is_err());
    assert!(from_str::<EmailAddress>("null").is_err());
    assert!(from_str::<EmailAddress>(r#"["jan@example.com"]"#).is_err());
    assert!(from_str::<RequestId>(r#""1""#).is_err());
    assert!(from_str::<DeliveryState>(r#""Sent""#).is_err());
    assert!(from_str::<ApiKey>(r#""YOUR_API_KEY""#).is_err());
    assert!(from_str::<ResetToken>(r#""short""#).is_err());
}

#[test]
fn secrets_come_in_and_never_go_out() {
    // There is no `Serialize` for them: what is checked here is that they can be read.
    assert!(from_str::<ApiKey>(r#""PRODPGrFxpGEtrOZfuWhnoJohUYBXuOE""#).unwrap().is_sample());
    assert_eq!(from_str::<ResetToken>(r#""abcdefghijklmnopqrstuvwxyz012345""#).unwrap().expose().len(), 32);
    assert_eq!(from_str::<Password>(r#"" Any thing ""#).unwrap().expose(), " Any thing ");
}

#[test]
fn the_text_of_a_refusal_carries_code_and_position() {
    let error = from_str::<EmailAddress>(r#""jan@example.com.""#).unwrap_err().to_string();
    assert!(error.contains("(code trailing-dot, byte 15)"), "{error}");
    let error = from_str::<Scope>(r#""no""#).unwrap_err().to_string();
    assert!(error.contains("(code unknown-word, byte 0)"), "{error}");
}

#[test]
fn a_field_may_fail_later_with_its_own_error() {
    let parsed: Parsed<EmailAddress> = from_str(r#""jan@example.com.""#).unwrap();
    assert_eq!(parsed.as_ref().map_err(RuleError::position), Err(15));
    assert_eq!(parsed.clone().into_result().unwrap_err().code(), "trailing-dot");
    assert!(!format!("{parsed:?}").contains("jan@"));
    let parsed: Parsed<EmailAddress> = from_str(r#""jan@example.com""#).unwrap();
    assert_eq!(parsed.into_result().unwrap(), "jan@example.com");
    assert!(from_str::<Parsed<EmailAddress>>("3").is_err(), "a number is no text");
    assert_eq!(from_str::<Option<Parsed<Expiry>>>("null").unwrap().map(|_| ()), None);
}

#[test]
fn provider_rules_are_a_list() {
    let text = r#"[{"name":"Example","source":"their postmaster","domains":["Example.com"],"ignoresDots":true},
                   {"name":"Other","source":"a page","domains":["a.cz","b.cz"],"tag":"-","mapsTo":"b.cz"}]"#;
    let rules: ProviderRules = from_str(text).unwrap();
    let canonical = |text| EmailAddress::parse_with(text, &rules).unwrap().canonical().to_owned();
    assert_eq!(canonical("j.an+x@example.com"), "jan+x@example.com");
    assert_eq!(canonical("j.an-x@a.cz"), "j.an@b.cz");
    assert_eq!(from_str::<ProviderRules>(&to_string(&rules).unwrap()).unwrap(), rules);
    assert_eq!(to_string(&ProviderRules::default()).unwrap(), "[]");
}

#[test]
fn provider_rules_say_what_is_wrong_with_them() {
    for (rule, problem) in [
        (r#"{"name":"X","source":"y","domains":[]}"#, "the provider \"X\": it has no domains"),
        (r#"{"name":"X","source":" ","domains":["a.cz"]}"#, "needs a name and a source"),
        (r#"{"name":"X","source":"y","domains":["a"]}"#, "without a dot in it"),
        (r#"{"name":"X","source":"y","domains":["a.cz"],"mapsTo":"b..cz"}"#, "a label is missing at byte 2"),
        (r#"{"name":"X","source":"y","domains":["a.cz"],"tag":"="}"#, "a tag begins with `+` or `-`"),
        (r#"{"name":"X","source":"y","domains":["a.cz"],"dots":true}"#, "unknown field `dots`"),
        (r#"{"name":"X","domains":["a.cz"]}"#, "missing field `source`"),
    ] {
        let error = from_str::<ProviderRules>(&format!("[{rule}]")).unwrap_err().to_string();
        assert!(error.contains(problem), "{rule}: {error}");
    }
}
