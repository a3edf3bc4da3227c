//! The codes of specification.md#new-passwords.

use resetd_domain::RedeemCode;

#[test]
fn redeem_codes() {
    for (code, text, still_good) in [
        (RedeemCode::E001, "E001", true),
        (RedeemCode::E002, "E002", true),
        (RedeemCode::E003, "E003", false),
        (RedeemCode::E004, "E004", false),
    ] {
        assert_eq!((code.as_str(), code.token_is_still_good()), (text, still_good));
        assert_eq!(RedeemCode::parse(text), Ok(code));
    }
    assert_eq!(RedeemCode::ALL.len(), 4);
}
