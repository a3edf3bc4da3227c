//! `CustomerIp`.

use std::net::IpAddr;

use pyo3::{
    prelude::*,
    sync::PyOnceLock,
    types::{PyString, PyType},
};

use crate::{refusal::Rule, schema};

/// The IP address a customer acts from: one value and one spelling per address.
#[pyclass(module = "resetd_domain", frozen, eq, ord, hash, str = "{ip}")]
#[derive(PartialEq, PartialOrd, Hash)]
pub(crate) struct CustomerIp {
    ip: domain::CustomerIp,
}

/// Whether this is an address of Python's own module.
fn is_of_ipaddress(address: &Bound<'_, PyAny>) -> PyResult<bool> {
    static V4: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    static V6: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let py = address.py();
    Ok(address.is_instance(V4.import(py, "ipaddress", "IPv4Address")?)?
        || address.is_instance(V6.import(py, "ipaddress", "IPv6Address")?)?)
}

#[pymethods]
impl CustomerIp {
    #[new]
    fn new(address: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = address.py();
        let text = match address.cast::<PyString>() {
            Ok(text) => text.clone(),
            // The text of an IPv6Address holds its zone id, which the rule refuses.
            Err(_) if is_of_ipaddress(address)? => address.str()?,
            Err(error) => return Err(error.into()),
        };
        let given = Rule::CustomerIp.text(&text)?;
        domain::CustomerIp::parse(&given)
            .map(|ip| Self { ip })
            .map_err(|error| Rule::CustomerIp.refuse(py, &given, &error))
    }

    #[getter]
    fn address(&self) -> IpAddr {
        self.ip.addr()
    }

    #[getter]
    fn scope(&self) -> &'static str {
        self.ip.scope().as_str()
    }

    #[getter]
    fn is_global(&self) -> bool {
        self.ip.is_global()
    }

    #[getter]
    fn budget_key(&self) -> Self {
        Self { ip: self.ip.budget_key() }
    }

    fn __repr__(&self) -> String {
        format!("CustomerIp('{}')", self.ip)
    }

    fn __getnewargs__(&self) -> (String,) {
        (self.ip.to_string(),)
    }

    #[classmethod]
    fn __get_pydantic_core_schema__<'py>(
        class: &Bound<'py, PyType>,
        _source: &Bound<'py, PyAny>,
        _handler: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        schema::of(class, "ip")
    }
}
