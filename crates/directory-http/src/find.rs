use application::model::CustomerStatus;
use domain::{EmailAddress, Language};
use serde_json::{Map, Value, json};

use crate::answer::text;
use crate::{BackendError, InvalidAnswer};

/// The longest `id` and `version`, in bytes.
const LONGEST: usize = 255;
/// The longest name that is kept, in characters; mails cut it further.
const LONGEST_NAME: usize = 500;

/// A question for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find<'a> {
    /// The request it is asked for; the same each time it is asked again.
    pub request: &'a str,
    /// The address as it was submitted.
    pub email: &'a EmailAddress,
}

/// A customer as the backend knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCustomer {
    /// The backend's identifier: 1 to 255 bytes.
    pub id: String,
    /// The address that mail goes to; of the mailbox that was asked for.
    pub email: EmailAddress,
    /// How mails greet; may be empty.
    pub name: String,
    /// The language of mails and pages; `None`: the organisation's.
    pub language: Option<Language>,
    /// Whether the customer may set a password.
    pub status: CustomerStatus,
    /// Changes whenever the password or the address does: 1 to 255 bytes that mean nothing here.
    pub version: String,
}

impl Find<'_> {
    pub(crate) fn body(&self) -> Value {
        json!({
            "request": self.request,
            "email": self.email.normalized(),
            "canonical": self.email.canonical(),
        })
    }

    /// Reads the answer: the customer, or that there is none.
    pub(crate) fn read(&self, answer: &Map<String, Value>) -> Result<Option<FoundCustomer>, BackendError> {
        let customer = match answer.get("customer") {
            Some(Value::Null) => return Ok(None),
            Some(Value::Object(customer)) => customer,
            // Nothing but an explicit null says that there is no such customer.
            _ => return Err(invalid("customer", "an object, or null for an unknown address").into()),
        };
        let id = text(customer, "id", LONGEST, invalid("customer.id", "a string of 1 to 255 bytes"))?;
        let email = customer.get("email").and_then(Value::as_str).map(EmailAddress::parse);
        let Some(Ok(email)) = email else {
            return Err(invalid("customer.email", "an e-mail address").into());
        };
        let version =
            text(customer, "version", LONGEST, invalid("customer.version", "a string of 1 to 255 bytes"))?;
        let status = customer.get("status").and_then(Value::as_str).and_then(CustomerStatus::parse);
        let status = status.ok_or(invalid("customer.status", "active, banned or deleted"))?;
        // Where an organisation has provider rules of its own, the address asked for is under them and
        // the answer is not: the very same address is the same mailbox.
        if email != *self.email && !email.same_mailbox(self.email) {
            return Err(BackendError::OtherAddress);
        }
        let name = optional(customer, "name", invalid("customer.name", "a string or null"))?;
        let language = optional(customer, "language", invalid("customer.language", "a string or null"))?;
        Ok(Some(FoundCustomer {
            id: id.to_owned(),
            email,
            name: name.unwrap_or_default().chars().take(LONGEST_NAME).collect(),
            // A language that is none costs the customer's own language and not the mail.
            language: language.and_then(|tag| Language::parse(tag).ok()),
            status,
            version: version.to_owned(),
        }))
    }
}

fn optional<'a>(
    customer: &'a Map<String, Value>,
    key: &str,
    invalid: InvalidAnswer,
) -> Result<Option<&'a str>, InvalidAnswer> {
    match customer.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid),
    }
}

const fn invalid(field: &'static str, expected: &'static str) -> InvalidAnswer {
    InvalidAnswer { field, expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(answer: &Value) -> Result<Option<FoundCustomer>, BackendError> {
        let email = EmailAddress::parse("Jan.Barasek+x@gmail.com").unwrap();
        Find { request: "r", email: &email }.read(answer.as_object().unwrap())
    }

    fn customer(change: impl FnOnce(&mut Map<String, Value>)) -> Value {
        let mut customer = json!({
            "id": "4711", "email": "JanBarasek@gmail.com", "name": "Jan", "language": "cs-CZ",
            "status": "active", "version": "v1", "unknown": [1],
        });
        change(customer.as_object_mut().unwrap());
        json!({ "customer": customer })
    }

    #[test]
    fn a_customer_is_read_whole() {
        let found = read(&customer(|_| {})).unwrap().unwrap();
        assert_eq!(found.email.normalized(), "janbarasek@gmail.com");
        assert_eq!((&*found.id, &*found.name, &*found.version), ("4711", "Jan", "v1"));
        assert_eq!((found.language, found.status), (Some(Language::CS), CustomerStatus::Active));
        let bare = customer(|customer| {
            customer.remove("name");
            customer.insert("language".to_owned(), Value::Null);
            customer.insert("status".to_owned(), "banned".into());
        });
        let found = read(&bare).unwrap().unwrap();
        assert_eq!((&*found.name, found.language, found.status), ("", None, CustomerStatus::Banned));
    }

    #[test]
    fn only_an_explicit_null_is_nobody() {
        assert_eq!(read(&json!({ "customer": null })), Ok(None));
        for other in [json!({}), json!({ "Customer": null }), json!({ "customer": [] })] {
            let expected = invalid("customer", "an object, or null for an unknown address");
            assert_eq!(read(&other), Err(expected.into()), "{other}");
        }
        for other in [json!({ "customer": false }), json!({ "customer": "" }), json!({ "success": false })] {
            assert!(matches!(read(&other), Err(BackendError::Invalid(_))), "{other}");
        }
    }

    #[test]
    fn each_misfit_is_named() {
        let long = "x".repeat(256);
        for (key, value) in [
            ("id", json!(4711)),
            ("id", json!("")),
            ("id", json!(long)),
            ("id", json!("4\n7")),
            ("email", Value::Null),
            ("email", json!("nobody")),
            ("version", Value::Null),
            ("version", json!(3)),
            ("version", json!(long)),
            ("status", Value::Null),
            ("status", json!("Active")),
            ("status", json!(true)),
            ("name", json!(["Jan"])),
            ("language", json!(7)),
        ] {
            let answer = customer(|customer| drop(customer.insert(key.to_owned(), value.clone())));
            let Err(BackendError::Invalid(misfit)) = read(&answer) else { panic!("{key}: {value}") };
            assert_eq!(misfit.field, format!("customer.{key}"));
        }
    }

    #[test]
    fn a_language_that_is_none_costs_the_language() {
        let answer = customer(|customer| drop(customer.insert("language".to_owned(), json!("čeština"))));
        assert_eq!(read(&answer).unwrap().unwrap().language, None);
    }

    #[test]
    fn another_mailbox_is_refused() {
        for other in ["jana.barasek@gmail.com", "jan.barasek@gmail.cz", "jan.barasek@shop.example"] {
            let answer = customer(|customer| drop(customer.insert("email".to_owned(), json!(other))));
            assert_eq!(read(&answer), Err(BackendError::OtherAddress), "{other}");
        }
    }
}
