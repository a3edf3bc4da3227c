//! `ProviderRule` and `ProviderRules`: what an organisation's own mail host ignores in its addresses.

use domain::TagSeparator;
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};

use crate::refusal::Rule;

/// What one provider ignores in its addresses, and where it says so.
#[pyclass(module = "resetd_domain", frozen, eq)]
#[derive(PartialEq)]
pub(crate) struct ProviderRule {
    rule: domain::ProviderRule,
}

impl ProviderRule {
    fn names(&self) -> Vec<&str> {
        self.rule.domains().collect()
    }
}

#[pymethods]
impl ProviderRule {
    #[new]
    #[pyo3(signature = (name, source, domains, ignores_dots=false, tag=None, maps_to=None))]
    fn new(
        py: Python<'_>,
        name: String,
        source: String,
        domains: Vec<String>,
        ignores_dots: bool,
        tag: Option<&str>,
        maps_to: Option<&str>,
    ) -> PyResult<Self> {
        let refuse = |text: &str, error: domain::EmailError| Rule::Email.refuse(py, text, &error);
        // One by one, so that the exception's position is within the domain that it is about.
        for domain in &domains {
            domain::ProviderRule::new("", "", [domain]).map_err(|error| refuse(domain, error))?;
        }
        let mut rule =
            domain::ProviderRule::new(name, source, &domains).map_err(|error| refuse("", error))?;
        if ignores_dots {
            rule = rule.ignoring_dots();
        }
        rule = match tag {
            None => rule,
            Some("+") => rule.dropping_tags(TagSeparator::Plus),
            Some("-") => rule.dropping_tags(TagSeparator::Hyphen),
            Some(_) => return Err(PyValueError::new_err("tag: expected '+', '-' or None")),
        };
        if let Some(domain) = maps_to {
            rule = rule.mapped_to(domain).map_err(|error| refuse(domain, error))?;
        }
        Ok(Self { rule })
    }

    #[getter]
    fn name(&self) -> &str {
        self.rule.name()
    }

    #[getter]
    fn source(&self) -> &str {
        self.rule.source()
    }

    #[getter]
    fn domains<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.names())
    }

    #[getter]
    fn ignores_dots(&self) -> bool {
        self.rule.ignores_dots()
    }

    #[getter]
    fn tag(&self) -> Option<char> {
        self.rule.tag_separator().map(TagSeparator::as_char)
    }

    #[getter]
    fn maps_to(&self) -> Option<&str> {
        self.rule.canonical_domain()
    }

    fn covers(&self, domain: &str) -> bool {
        self.rule.covers(domain)
    }

    fn __repr__(&self) -> String {
        format!("<ProviderRule {}>", self.rule.name())
    }

    fn __getnewargs__(&self) -> (&str, &str, Vec<&str>, bool, Option<char>, Option<&str>) {
        let (dots, tag) = (self.ignores_dots(), self.tag());
        (self.name(), self.source(), self.names(), dots, tag, self.maps_to())
    }
}

/// Rules that come before the built-in ones. The first that covers a domain decides.
#[pyclass(module = "resetd_domain", frozen, eq)]
pub(crate) struct ProviderRules {
    rules: domain::ProviderRules,
    given: Vec<Py<ProviderRule>>,
}

impl PartialEq for ProviderRules {
    fn eq(&self, other: &Self) -> bool {
        self.rules == other.rules
    }
}

impl ProviderRules {
    pub(crate) const fn rules(&self) -> &domain::ProviderRules {
        &self.rules
    }
}

#[pymethods]
impl ProviderRules {
    #[new]
    #[pyo3(signature = (*rules))]
    fn new(rules: Vec<Py<ProviderRule>>) -> Self {
        // Of the crate's rules the one added last comes first.
        let all = rules.iter().rev().map(|rule| rule.get().rule.clone());
        let all = all.fold(domain::ProviderRules::default(), domain::ProviderRules::with_rule);
        Self { rules: all, given: rules }
    }

    /// The name of the provider whose rule covers a domain in A-labels.
    fn rule_for(&self, domain: &str) -> Option<&str> {
        self.rules.rule_for(domain).map(domain::ProviderRule::name)
    }

    fn __len__(&self) -> usize {
        self.given.len()
    }

    fn __repr__(&self) -> String {
        let names: Vec<&str> = self.given.iter().map(|rule| rule.get().name()).collect();
        format!("<ProviderRules {names:?}>")
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.given)
    }
}
