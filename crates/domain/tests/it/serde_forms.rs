//! Feature `serde`: what goes out comes back, and what comes in has passed the rules.

use resetd_domain::{
    ApiKey, ApiKeyKind, CustomerIp, DeliveryState, EmailAddress, Expiry, IpScope, Language, LinkState,
    NoMailReason, Password, RedeemCode, RequestId, ResetToken, Scope,
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
