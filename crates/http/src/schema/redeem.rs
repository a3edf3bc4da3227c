//! The texts of the codes that a token is refused with.

use domain::RedeemCode;

/// What is written of one code.
pub(crate) struct RedeemTexts {
    /// A heading for the code's page.
    pub(crate) title: &'static str,
    /// The sentence callers get with the code. It may change.
    pub(crate) message: &'static str,
    /// What the code means and what to do.
    pub(crate) description: &'static str,
}

/// The texts of `code`.
pub(crate) const fn texts(code: RedeemCode) -> RedeemTexts {
    match code {
        RedeemCode::E001 => RedeemTexts {
            title: "The password could not be changed just now",
            message: "The password could not be changed just now. Please try again.",
            description: "The change failed for a reason that is ours, and nothing was changed. \
                          The token is still good: send the same call again after a moment. \
                          Details are in the server's log under the `X-Request-Id` of the answer.",
        },
        RedeemCode::E002 => RedeemTexts {
            title: "The password has been used before",
            message: "This password has been used before. Please choose another one.",
            description: "The customer has had this password before. The token is still good: let \
                          the customer choose another password and send it with the same token.",
        },
        RedeemCode::E003 => RedeemTexts {
            title: "There is no such request",
            message: "This link is not valid. Please ask for a new one.",
            description: "The token belongs to no request of this organisation: it was never made, \
                          has been used, was killed by a newer request or a changed password, or \
                          was cut off while copying. Which of these it is, is not told. Let the \
                          customer ask for a new link.",
        },
        RedeemCode::E004 => RedeemTexts {
            title: "The request has expired",
            message: "This link has expired. Please ask for a new one.",
            description: "The link's time is over, and the token is dead. Let the customer ask for \
                          a new link; `expirationTime` of `reset-password` sets how long the next \
                          one lives.",
        },
    }
}
