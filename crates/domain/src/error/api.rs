//! The codes of the HTTP API. Which status goes with a code is known to the HTTP adapter alone.

use crate::macros::{deserialize_impl, parse_impls, serialize_impl, string_enum};

string_enum! {
    /// What went wrong with a call. A code never changes its meaning; texts may change.
    ErrorCode, "error code", unknown
    /// The text is no error code.
    UnknownErrorCode {
        /// No key anywhere, or an empty one.
        ApiKeyIsEmpty = "PUBLIC_API_KEY_IS_EMPTY",
        /// The key does not match the pattern.
        ApiKeyIsNotInValidFormat = "PUBLIC_API_KEY_IS_NOT_IN_VALID_FORMAT",
        /// The sample key of the documentation.
        ApiKeySampleValue = "PUBLIC_API_KEY_SAMPLE_VALUE",
        /// A well-formed key that nobody made.
        ApiKeyDoesNotExist = "PUBLIC_API_KEY_DOES_NOT_EXIST",
        /// The key is revoked.
        ApiKeyHasBeenDeleted = "PUBLIC_API_KEY_HAS_BEEN_DELETED",
        /// Its organisation is suspended, or it is not valid yet.
        ApiKeyIsNotActive = "PUBLIC_API_KEY_IS_NOT_ACTIVE",
        /// The key is past its expiry.
        ApiKeyHasBeenExpired = "PUBLIC_API_KEY_HAS_BEEN_EXPIRED",
        /// Its scopes or networks do not cover this call.
        ApiKeyHasNoPermission = "PERMISSION_API_KEY_HAS_NO_PERMISSION",
        /// Over a limit.
        TooManyRequests = "INTERNAL_TOO_MANY_REQUESTS",
        /// A field's value, or a body that is no JSON object.
        ValidationFailed = "INTERNAL_VALIDATION_FAILED",
        /// The body is too large.
        PayloadTooLarge = "INTERNAL_PAYLOAD_TOO_LARGE",
        /// The body is not declared as JSON.
        UnsupportedMediaType = "INTERNAL_UNSUPPORTED_MEDIA_TYPE",
        /// The path exists, the method does not.
        MethodNotAllowed = "INTERNAL_METHOD_NOT_ALLOWED",
        /// The path does not exist.
        ResourceNotFound = "INTERNAL_RESOURCE_NOT_FOUND",
        /// The store cannot take the request; nothing was accepted.
        ServiceUnavailable = "INTERNAL_SERVICE_UNAVAILABLE",
        /// A bug.
        Internal = "INTERNAL_ERROR",
    }
}

impl ErrorCode {
    /// A heading for the code's page.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.texts().0
    }

    /// The sentence callers get where nothing more is known.
    #[must_use]
    pub const fn message(self) -> &'static str {
        self.texts().1
    }

    /// What it means, what usually causes it, and what to do.
    #[must_use]
    pub const fn description(self) -> &'static str {
        self.texts().2
    }

    /// Whether the same call may succeed later without a change.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::TooManyRequests | Self::ServiceUnavailable | Self::Internal)
    }

    const fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ApiKeyIsEmpty => (
                "The API key is missing",
                "The API key is missing.",
                "The call brought no API key, or an empty one. Pass it as the query parameter `apiKey`, as `apiKey` in \
                 the JSON body, or as `Authorization: Bearer`. The first of the three that is present counts, even \
                 when it is empty: an empty `apiKey` in the query hides a good one in the header.",
            ),
            Self::ApiKeyIsNotInValidFormat => (
                "The API key is not in a valid format",
                "The API key is not in a valid format.",
                "An API key has 32 characters: `PROD`, `DEV_` or `ROOT`, then 28 ASCII letters and digits. The usual \
                 causes are a key cut off while copying, a space or line break around it, or a placeholder that was \
                 never replaced. Copy the key once more from where it was made.",
            ),
            Self::ApiKeySampleValue => (
                "The API key is the sample of the documentation",
                "The API key is the sample key of the documentation.",
                "The example in the documentation was called as it is printed. Its key works in `resetd demo` only. \
                 Use a key of your organisation; `resetd api-key create` makes one.",
            ),
            Self::ApiKeyDoesNotExist => (
                "The API key does not exist",
                "The API key does not exist.",
                "The key is well-formed, but no such key was made on this installation. The usual causes are a key of \
                 another environment and a mistyped character. Check which installation the key belongs to.",
            ),
            Self::ApiKeyHasBeenDeleted => (
                "The API key has been revoked",
                "The API key has been revoked.",
                "The key was valid once and was revoked, which cannot be undone. Make a new key and replace this one \
                 wherever it is used.",
            ),
            Self::ApiKeyIsNotActive => (
                "The API key is not active",
                "The API key is not active.",
                "The key exists, but does not work now: its organisation is suspended, or the day from which the key is \
                 valid has not come. Ask the one who runs this installation.",
            ),
            Self::ApiKeyHasBeenExpired => (
                "The API key has expired",
                "The API key has expired.",
                "The key is past the end of its validity. Make a new key and replace this one wherever it is used, and \
                 note the end of the new one's validity.",
            ),
            Self::ApiKeyHasNoPermission => (
                "The API key does not cover this call",
                "The API key has no permission for this call.",
                "The key is valid, but its scopes do not include this call, or the call came from a network that the key \
                 is not allowed from. Use another key, or have one made with the scope and the networks that are \
                 needed.",
            ),
            Self::TooManyRequests => (
                "Too many requests",
                "Too many requests. Please try again later.",
                "The limit of the API key, that of the customer's IP address, or that of ten attempts with one token in ten \
                 minutes is used up for now; the token stays good. Wait as many seconds \
                 as `Retry-After` says; `X-RateLimit-Remaining` and `X-RateLimit-Reset` tell how far the limit is away.",
            ),
            Self::ValidationFailed => (
                "A value is not valid",
                "A value is not valid.",
                "The body is not a JSON object, or one of its fields holds a value that cannot be taken. `field` names the \
                 field where one is to blame, and the message says what was expected. Correct the value; the same call \
                 fails again.",
            ),
            Self::PayloadTooLarge => (
                "The body is too large",
                "The body is larger than 16 KiB.",
                "A body may have 16 KiB. A call of this API needs a few hundred bytes: check what else is being sent.",
            ),
            Self::UnsupportedMediaType => (
                "The body is not declared as JSON",
                "The content type is not application/json.",
                "The header `Content-Type` is missing or names something else than `application/json`. A charset \
                 parameter is fine. Some clients send forms unless they are told otherwise.",
            ),
            Self::MethodNotAllowed => (
                "The method is not allowed here",
                "The method is not allowed for this path.",
                "The path exists, but not for this HTTP method. The header `Allow` lists the methods that it knows; the \
                 calls of this API are made with `POST`.",
            ),
            Self::ResourceNotFound => (
                "There is nothing here",
                "There is nothing under this path.",
                "The path does not exist. The usual causes are a missing `/api/v1` and a slash at the end.",
            ),
            Self::ServiceUnavailable => (
                "The service is unavailable",
                "The request could not be taken. Please try again.",
                "It is not certain that the request was written down: it may not have been accepted. Send the same call \
                 again after a moment, at growing intervals.",
            ),
            Self::Internal => (
                "Internal error",
                "Something went wrong on our side.",
                "A error in this service. Details are in its log under the `X-Request-Id` of the answer; pass that \
                 identifier on to the one who runs this installation.",
            ),
        }
    }
}
