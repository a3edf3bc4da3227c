//! `ApiKey`.

use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    types::{PyString, PyType},
};

use crate::{refusal::Rule, schema};

/// An API key in plain text, which does not print itself.
#[pyclass(module = "resetd_domain", frozen)]
pub(crate) struct ApiKey {
    key: domain::ApiKey,
}

#[pymethods]
impl ApiKey {
    #[new]
    #[pyo3(signature = (text, *, refuse_sample=false))]
    fn new(text: &Bound<'_, PyString>, refuse_sample: bool) -> PyResult<Self> {
        let given = Rule::ApiKey.text(text)?;
        let parsed = domain::ApiKey::parse(&given);
        let parsed = if refuse_sample { parsed.and_then(domain::ApiKey::refuse_sample) } else { parsed };
        parsed.map(|key| Self { key }).map_err(|error| Rule::ApiKey.refuse(text.py(), &given, &error))
    }

    #[getter]
    fn kind(&self) -> &'static str {
        self.key.kind().as_str()
    }

    #[getter]
    fn requests_per_minute(&self) -> Option<u32> {
        self.key.kind().requests_per_minute()
    }

    #[getter]
    fn is_sample(&self) -> bool {
        self.key.is_sample()
    }

    #[getter]
    fn masked(&self) -> String {
        self.key.masked().to_string()
    }

    #[getter]
    fn sha256(&self) -> [u8; 32] {
        *self.key.hash().as_bytes()
    }

    fn expose(&self) -> &str {
        self.key.expose()
    }

    fn __str__(&self) -> String {
        self.masked()
    }

    fn __repr__(&self) -> String {
        format!("<ApiKey {}>", self.key.masked())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("an ApiKey is not pickled: keep its sha256, or expose() it"))
    }

    #[classmethod]
    fn __get_pydantic_core_schema__<'py>(
        class: &Bound<'py, PyType>,
        _source: &Bound<'py, PyAny>,
        _handler: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        schema::of(class, "password")
    }
}
