//! Refusals as exceptions. Their classes are written in Python, where they can be subclassed, pickled and read.

use std::borrow::Cow;

use domain::RuleError;
use pyo3::{
    exceptions::PyUnicodeEncodeError,
    prelude::*,
    sync::PyOnceLock,
    types::{PyString, PyType},
};

const MODULE: &str = "resetd_domain._errors";

/// Which rule refused: the exception's class.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    Email,
    ApiKey,
    CustomerIp,
    Expiry,
}

impl Rule {
    fn class(self, py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
        static EMAIL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static API_KEY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static CUSTOMER_IP: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static EXPIRY: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let (class, name) = match self {
            Self::Email => (&EMAIL, "EmailError"),
            Self::ApiKey => (&API_KEY, "ApiKeyError"),
            Self::CustomerIp => (&CUSTOMER_IP, "CustomerIpError"),
            Self::Expiry => (&EXPIRY, "ExpiryError"),
        };
        class.import(py, MODULE, name)
    }

    /// The exception. It does not keep `text`.
    pub(crate) fn refuse(self, py: Python<'_>, text: &str, error: &dyn RuleError) -> PyErr {
        let byte = error.position();
        let position = text.get(..byte).unwrap_or(text).chars().count();
        self.raise(py, &error.to_string(), error.code(), position, byte)
    }

    fn raise(self, py: Python<'_>, message: &str, code: &str, position: usize, byte: usize) -> PyErr {
        let made = self.class(py).and_then(|class| class.call1((message, code, position, byte)));
        match made {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    }

    /// The characters of a `str`. One that holds half a surrogate pair is no Unicode text, and refused by each rule.
    pub(crate) fn text<'a>(self, text: &'a Bound<'_, PyString>) -> PyResult<Cow<'a, str>> {
        text.to_cow().map_err(|error| {
            let py = text.py();
            if !error.is_instance_of::<PyUnicodeEncodeError>(py) {
                return error;
            }
            let start = error.value(py).getattr("start").and_then(|start| start.extract::<usize>());
            let position = start.unwrap_or(0);
            let before: usize = (text.to_string_lossy().chars().take(position)).map(char::len_utf8).sum();
            self.raise(py, "half a surrogate pair: expected Unicode text", "not-unicode", position, before)
        })
    }
}
