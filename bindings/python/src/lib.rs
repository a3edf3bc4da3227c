//! The four rules of `resetd-domain` as Python classes. The package `resetd_domain` beside it holds the exceptions.

mod api_key;
mod email;
mod expiry;
mod ip;
mod provider;
mod refusal;
mod schema;

/// What `resetd_domain/__init__.py` takes its names from.
#[pyo3::pymodule]
mod _native {
    #[pymodule_export]
    const RULES_VERSION: &str = domain::RULES_VERSION;
    #[pymodule_export]
    const UNICODE_VERSION: &str = domain::UNICODE_VERSION;

    #[pymodule_export]
    use crate::api_key::ApiKey;
    #[pymodule_export]
    use crate::email::EmailAddress;
    #[pymodule_export]
    use crate::expiry::Expiry;
    #[pymodule_export]
    use crate::ip::CustomerIp;
    #[pymodule_export]
    use crate::provider::{ProviderRule, ProviderRules};
}
