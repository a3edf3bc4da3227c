//! `Expiry`.

use std::time::Duration;

use pyo3::{
    prelude::*,
    types::{PyDelta, PyString, PyType},
};

use crate::{refusal::Rule, schema};

/// How long a reset link lives: whole seconds, from one minute to seven days.
#[pyclass(module = "resetd_domain", frozen, eq, ord, hash, str = "{expiry}")]
#[derive(PartialEq, PartialOrd, Hash)]
pub(crate) struct Expiry {
    expiry: domain::Expiry,
}

fn refused(py: Python<'_>, text: &str, error: &domain::ExpiryError) -> PyErr {
    Rule::Expiry.refuse(py, text, error)
}

#[pymethods]
impl Expiry {
    #[classattr]
    const MIN: Self = Self { expiry: domain::Expiry::MIN };

    #[classattr]
    const DEFAULT: Self = Self { expiry: domain::Expiry::DEFAULT };

    #[classattr]
    const MAX: Self = Self { expiry: domain::Expiry::MAX };

    #[new]
    fn new(duration: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = duration.py();
        if let Ok(delta) = duration.cast::<PyDelta>() {
            if delta.lt(PyDelta::new(py, 0, 0, 0, false)?)? {
                return Err(refused(py, "", &domain::ExpiryError::Signed { position: 0 }));
            }
            let duration: Duration = delta.extract()?;
            return Self::from_seconds(py, duration.as_secs());
        }
        let text = duration.cast::<PyString>()?;
        let given = Rule::Expiry.text(text)?;
        match domain::Expiry::parse(&given) {
            Ok(expiry) => Ok(Self { expiry }),
            Err(error) => Err(refused(py, &given, &error)),
        }
    }

    #[staticmethod]
    fn from_seconds(py: Python<'_>, seconds: u64) -> PyResult<Self> {
        match domain::Expiry::from_seconds(seconds) {
            Ok(expiry) => Ok(Self { expiry }),
            Err(error) => Err(refused(py, "", &error)),
        }
    }

    #[getter]
    fn seconds(&self) -> u32 {
        self.expiry.as_seconds()
    }

    #[getter]
    fn timedelta(&self) -> Duration {
        self.expiry.as_duration()
    }

    #[getter]
    fn iso8601(&self) -> String {
        self.expiry.to_iso8601().to_string()
    }

    fn __repr__(&self) -> String {
        format!("Expiry('{}')", self.expiry)
    }

    fn __getnewargs__(&self) -> (String,) {
        (self.expiry.to_string(),)
    }

    #[classmethod]
    fn __get_pydantic_core_schema__<'py>(
        class: &Bound<'py, PyType>,
        _source: &Bound<'py, PyAny>,
        _handler: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        schema::of(class, "expiry")
    }
}
