//! The registry of error codes: specification.md#errors and specification.md#new-passwords.

use resetd_domain::{ErrorCode, RedeemCode};

#[test]
fn every_code_of_the_contract_is_there() {
    let codes = "PUBLIC_API_KEY_IS_EMPTY PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT PUBLIC_API_KEY_SAMPLE_VALUE \
                 PUBLIC_API_KEY_DOES_NOT_EXIST PUBLIC_API_KEY_HAS_BEEN_DELETED PUBLIC_API_KEY_IS_NOT_ACTIVE \
                 PUBLIC_API_KEY_HAS_BEEN_EXPIRED PERMISSION_API_KEY_HAS_NO_PERMISSION INTERNAL_TOO_MANY_REQUESTS \
                 INTERNAL_VALIDATION_FAILED INTERNAL_PAYLOAD_TOO_LARGE INTERNAL_UNSUPPORTED_MEDIA_TYPE \
                 INTERNAL_METHOD_NOT_ALLOWED INTERNAL_RESOURCE_NOT_FOUND INTERNAL_SERVICE_UNAVAILABLE INTERNAL_ERROR";
    let all: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(all.join(" "), codes);
    for code in ErrorCode::ALL {
        assert_eq!(ErrorCode::parse(code.as_str()), Ok(*code));
        assert!(code.message().ends_with('.') && code.message().len() < 80, "{code}");
        assert!(code.description().ends_with('.') && code.description().len() > 80, "{code}");
        assert!(!code.title().ends_with('.') && !code.title().is_empty(), "{code}");
    }
    assert!(ErrorCode::parse("internal_error").is_err());
}

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
        assert!(!code.message().is_empty());
    }
    assert_eq!(RedeemCode::ALL.len(), 4);
}
