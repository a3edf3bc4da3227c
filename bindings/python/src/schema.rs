//! What pydantic asks a class for. Python without pydantic never comes here.

use pyo3::{prelude::*, types::PyType};

/// The core schema of a class that is made from one text; `format` is JSON Schema's.
pub(crate) fn of<'py>(class: &Bound<'py, PyType>, format: &str) -> PyResult<Bound<'py, PyAny>> {
    class.py().import("resetd_domain._pydantic")?.call_method1("schema", (class, format))
}
