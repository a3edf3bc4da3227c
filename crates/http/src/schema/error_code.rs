//! The registry of error codes, each with its status and its texts.

use std::fmt;

use axum::http::StatusCode;

/// What is written of one code.
struct Entry {
    code: &'static str,
    status: StatusCode,
    title: &'static str,
    message: &'static str,
    description: &'static str,
}

macro_rules! error_codes {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $code:literal, $status:ident {
            title: $title:literal,
            message: $message:literal,
            description: $description:literal,
        }
    )+) => {
        /// What went wrong with a call. A code never changes its meaning; texts may change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum ErrorCode {
            $( $(#[$doc])* $variant, )+
        }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub(crate) const ALL: &[Self] = &[$( Self::$variant, )+];

            const fn entry(self) -> Entry {
                match self {
                    $( Self::$variant => Entry {
                        code: $code,
                        status: StatusCode::$status,
                        title: $title,
                        message: $message,
                        description: $description,
                    }, )+
                }
            }
        }
    };
}

error_codes! {
    /// No key anywhere, or an empty one.
    ApiKeyIsEmpty = "PUBLIC_API_KEY_IS_EMPTY", NOT_FOUND {
        title: "The API key is missing",
        message: "The API key is missing.",
        description:
            "The call brought no API key, or an empty one. Pass it as the query parameter \
             `apiKey`, as `apiKey` in the JSON body, or as `Authorization: Bearer`. The first of \
             the three that is present counts, even when it is empty: an empty `apiKey` in the \
             query hides a good one in the header.",
    }
    /// The key does not match the pattern.
    ApiKeyIsNotInValidFormat = "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT", NOT_FOUND {
        title: "The API key is not in a valid format",
        message: "The API key is not in a valid format.",
        description:
            "An API key has 32 characters: `PROD`, `DEV_` or `ROOT`, then 28 ASCII letters and \
             digits. The usual causes are a key cut off while copying, a space or line break \
             around it, or a placeholder that was never replaced. Copy the key once more from \
             where it was made.",
    }
    /// The sample key of the documentation.
    ApiKeySampleValue = "PUBLIC_API_KEY_SAMPLE_VALUE", NOT_FOUND {
        title: "The API key is the sample of the documentation",
        message: "The API key is the sample key of the documentation.",
        description:
            "The example in the documentation was called as it is printed. Its key works in \
             `resetd demo` only. Use a key of your organisation; `resetd api-key create` makes \
             one.",
    }
    /// A well-formed key that nobody made.
    ApiKeyDoesNotExist = "PUBLIC_API_KEY_DOES_NOT_EXIST", NOT_FOUND {
        title: "The API key does not exist",
        message: "The API key does not exist.",
        description:
            "The key is well-formed, but no such key was made on this installation. The usual \
             causes are a key of another environment and a mistyped character. Check which \
             installation the key belongs to.",
    }
    /// The key is revoked.
    ApiKeyHasBeenDeleted = "PUBLIC_API_KEY_HAS_BEEN_DELETED", NOT_FOUND {
        title: "The API key has been revoked",
        message: "The API key has been revoked.",
        description:
            "The key was valid once and was revoked, which cannot be undone. Make a new key and \
             replace this one wherever it is used.",
    }
    /// Its organisation is suspended, or it is not valid yet.
    ApiKeyIsNotActive = "PUBLIC_API_KEY_IS_NOT_ACTIVE", NOT_FOUND {
        title: "The API key is not active",
        message: "The API key is not active.",
        description:
            "The key exists, but does not work now: its organisation is suspended, or the day \
             from which the key is valid has not come. Ask the one who runs this installation.",
    }
    /// The key is past its expiry.
    ApiKeyHasBeenExpired = "PUBLIC_API_KEY_HAS_BEEN_EXPIRED", NOT_FOUND {
        title: "The API key has expired",
        message: "The API key has expired.",
        description:
            "The key is past the end of its validity. Make a new key and replace this one \
             wherever it is used, and note the end of the new one's validity.",
    }
    /// Its scopes or networks do not cover this call.
    ApiKeyHasNoPermission = "PERMISSION_API_KEY_HAS_NO_PERMISSION", FORBIDDEN {
        title: "The API key does not cover this call",
        message: "The API key has no permission for this call.",
        description:
            "The key is valid, but its scopes do not include this call, or the call came from a \
             network that the key is not allowed from. Use another key, or have one made with the \
             scope and the networks that are needed.",
    }
    /// Over a limit.
    TooManyRequests = "INTERNAL_TOO_MANY_REQUESTS", TOO_MANY_REQUESTS {
        title: "Too many requests",
        message: "Too many requests. Please try again later.",
        description:
            "The limit of the API key, that of the customer's IP address, or that of ten attempts \
             with one token in ten minutes is used up for now; the token stays good. Wait as many \
             seconds as `Retry-After` says; `X-RateLimit-Remaining` and `X-RateLimit-Reset` tell \
             how far the limit is away.",
    }
    /// A field's value, or a body that is no JSON object.
    ValidationFailed = "INTERNAL_VALIDATION_FAILED", UNPROCESSABLE_ENTITY {
        title: "A value is not valid",
        message: "A value is not valid.",
        description:
            "The body is not a JSON object, one of its fields holds a value that cannot be taken, \
             or the header `Host` is missing or invalid. `field` names the field where one is to \
             blame, and the message says what was expected. Correct the value; the same call fails \
             again.",
    }
    /// The body is too large.
    PayloadTooLarge = "INTERNAL_PAYLOAD_TOO_LARGE", PAYLOAD_TOO_LARGE {
        title: "The body is too large",
        message: "The body is larger than 16 KiB.",
        description:
            "A body may have 16 KiB. A call of this API needs a few hundred bytes: check what \
             else is being sent.",
    }
    /// The body is not declared as JSON.
    UnsupportedMediaType = "INTERNAL_UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE {
        title: "The body is not declared as JSON",
        message: "The content type is not application/json.",
        description:
            "The header `Content-Type` is missing or names something else than \
             `application/json`. A charset parameter is fine. Some clients send forms unless they \
             are told otherwise.",
    }
    /// The path exists, the method does not.
    MethodNotAllowed = "INTERNAL_METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED {
        title: "The method is not allowed here",
        message: "The method is not allowed for this path.",
        description:
            "The path exists, but not for this HTTP method. The header `Allow` lists the methods \
             that it knows; the calls of this API are made with `POST`.",
    }
    /// The path does not exist.
    ResourceNotFound = "INTERNAL_RESOURCE_NOT_FOUND", NOT_FOUND {
        title: "There is nothing here",
        message: "There is nothing under this path.",
        description:
            "The path does not exist. The usual causes are a missing `/api/v1` and a slash at the \
             end.",
    }
    /// The store cannot take the request; nothing was accepted.
    ServiceUnavailable = "INTERNAL_SERVICE_UNAVAILABLE", SERVICE_UNAVAILABLE {
        title: "The service is unavailable",
        message: "The request could not be taken. Please try again.",
        description:
            "It is not certain that the request was written down: it may not have been accepted. \
             Send the same call again after a moment, at growing intervals.",
    }
    /// A bug.
    Internal = "INTERNAL_ERROR", INTERNAL_SERVER_ERROR {
        title: "Internal error",
        message: "Something went wrong on our side.",
        description:
            "An error in this service. Details are in its log under the `X-Request-Id` of the \
             answer; pass that identifier on to the one who runs this installation.",
    }
}

impl ErrorCode {
    /// The code as callers see it.
    pub(crate) const fn as_str(self) -> &'static str {
        self.entry().code
    }

    /// The status that goes with the code, unless the error has another.
    pub(crate) const fn status(self) -> StatusCode {
        self.entry().status
    }

    /// A heading for the code's page.
    pub(crate) const fn title(self) -> &'static str {
        self.entry().title
    }

    /// The sentence callers get where nothing more is known.
    pub(crate) const fn message(self) -> &'static str {
        self.entry().message
    }

    /// What it means, what usually causes it, and what to do.
    pub(crate) const fn description(self) -> &'static str {
        self.entry().description
    }

    /// Whether the same call may succeed later without a change.
    pub(crate) const fn is_transient(self) -> bool {
        matches!(self, Self::TooManyRequests | Self::ServiceUnavailable | Self::Internal)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_specification_is_there() {
        let codes = "PUBLIC_API_KEY_IS_EMPTY PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT \
                     PUBLIC_API_KEY_SAMPLE_VALUE PUBLIC_API_KEY_DOES_NOT_EXIST \
                     PUBLIC_API_KEY_HAS_BEEN_DELETED PUBLIC_API_KEY_IS_NOT_ACTIVE \
                     PUBLIC_API_KEY_HAS_BEEN_EXPIRED PERMISSION_API_KEY_HAS_NO_PERMISSION \
                     INTERNAL_TOO_MANY_REQUESTS INTERNAL_VALIDATION_FAILED \
                     INTERNAL_PAYLOAD_TOO_LARGE INTERNAL_UNSUPPORTED_MEDIA_TYPE \
                     INTERNAL_METHOD_NOT_ALLOWED INTERNAL_RESOURCE_NOT_FOUND \
                     INTERNAL_SERVICE_UNAVAILABLE INTERNAL_ERROR";
        let all: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(all.join(" "), codes);
        for code in ErrorCode::ALL {
            assert!(code.message().ends_with('.') && code.message().len() < 80, "{code}");
            assert!(code.description().ends_with('.') && code.description().len() > 80, "{code}");
            assert!(!code.title().ends_with('.') && !code.title().is_empty(), "{code}");
        }
    }
}
