//! `EmailAddress`.

use std::borrow::Cow;

use pyo3::{
    prelude::*,
    types::{PyString, PyType},
};

use crate::{provider::ProviderRules, refusal::Rule, schema};

/// A deliverable e-mail address and the identity of its mailbox.
#[pyclass(module = "resetd_domain", frozen, eq, ord, hash, str = "{email}")]
pub(crate) struct EmailAddress {
    email: domain::EmailAddress,
    /// Whose own rules made the canonical form; `None` are the built-in ones.
    rules: Option<Py<ProviderRules>>,
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.email == other.email
    }
}

impl PartialOrd for EmailAddress {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.email.partial_cmp(&other.email)
    }
}

impl std::hash::Hash for EmailAddress {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.email.hash(state);
    }
}

#[pymethods]
impl EmailAddress {
    #[new]
    #[pyo3(signature = (text, rules=None))]
    fn new(text: &Bound<'_, PyString>, rules: Option<Py<ProviderRules>>) -> PyResult<Self> {
        let address = Rule::Email.text(text)?;
        let parsed = match &rules {
            Some(rules) => domain::EmailAddress::parse_with(&address, rules.get().rules()),
            None => domain::EmailAddress::parse(&address),
        };
        match parsed {
            Ok(email) => Ok(Self { email, rules }),
            Err(error) => Err(Rule::Email.refuse(text.py(), &address, &error)),
        }
    }

    #[getter]
    fn normalized(&self) -> &str {
        self.email.normalized()
    }

    #[getter]
    fn canonical(&self) -> &str {
        self.email.canonical()
    }

    #[getter]
    fn provider(&self) -> Option<&str> {
        self.email.canonical_rule().map(domain::ProviderRule::name)
    }

    #[getter]
    fn masked(&self) -> String {
        self.email.masked().to_string()
    }

    #[getter]
    fn local_part(&self) -> &str {
        self.email.local_part()
    }

    #[getter]
    fn domain(&self) -> &str {
        self.email.domain()
    }

    #[getter]
    fn domain_unicode(&self) -> Cow<'_, str> {
        self.email.domain_unicode()
    }

    #[getter]
    fn unicode(&self) -> Cow<'_, str> {
        self.email.to_unicode()
    }

    fn same_mailbox(&self, other: &Self) -> bool {
        self.email.same_mailbox(&other.email)
    }

    fn __repr__(&self) -> String {
        format!("<EmailAddress {}>", self.email.masked())
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> (&str, Option<&Bound<'py, ProviderRules>>) {
        (self.email.normalized(), self.rules.as_ref().map(|rules| rules.bind(py)))
    }

    #[classmethod]
    fn __get_pydantic_core_schema__<'py>(
        class: &Bound<'py, PyType>,
        _source: &Bound<'py, PyAny>,
        _handler: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        schema::of(class, "email")
    }
}
