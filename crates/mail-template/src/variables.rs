use std::fmt;
use std::sync::Arc;

use application::model::MailKind;
use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

/// What a template of this kind may name.
pub(crate) const fn of_kind(kind: MailKind) -> &'static [&'static str] {
    match kind {
        MailKind::ResetPassword => &[
            "resetUrl",
            "disownUrl",
            "expiresAt",
            "expiresIn",
            "customerName",
            "requestedFrom",
            "organisationName",
            "contact",
            "contactUrl",
            "accentColor",
            "language",
            "footer",
        ],
        MailKind::PasswordChanged => &[
            "changedAt",
            "signInUrl",
            "customerName",
            "requestedFrom",
            "organisationName",
            "contact",
            "contactUrl",
            "accentColor",
            "language",
            "footer",
        ],
    }
}

/// What a layout may name.
pub(crate) const OF_LAYOUT: &[&str] = &[
    "htmlBody",
    "logoUrl",
    "footer",
    "organisationName",
    "language",
    "subject",
    "preheader",
    "accentColor",
    "accentLight",
];

/// The variables of one rendering. Holds the link: its `Debug` names them only.
pub(crate) struct Variables(Vec<(&'static str, Value)>);

impl Variables {
    pub(crate) fn new(values: Vec<(&'static str, Value)>) -> Self {
        Self(values)
    }

    pub(crate) fn into_value(self) -> Value {
        Value::from_object(self)
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Object for Variables {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
    }
}
