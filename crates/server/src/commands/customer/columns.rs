//! What a column or a JSON name holds.

use application::CustomerRow;

/// One row, or why it is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReadRow {
    Row(Box<CustomerRow>),
    Bad { line: u64, error: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    ExternalId,
    Email,
    Phone,
    Name,
    FirstName,
    LastName,
    Language,
    Status,
    PasswordHash,
    PasswordChangedAt,
    Revision,
}

/// The names a column may have, compared without case, spaces, dashes and underscores.
const NAMES: &[(Column, &[&str])] = &[
    (Column::ExternalId, &["id", "externalid", "customerid"]),
    (Column::Email, &["email", "mail", "emailaddress"]),
    (Column::Phone, &["phone", "phonenumber", "telephone"]),
    (Column::Name, &["name", "fullname", "customername", "displayname"]),
    (Column::FirstName, &["firstname", "givenname"]),
    (Column::LastName, &["lastname", "surname", "familyname"]),
    (Column::Language, &["language", "locale", "lang"]),
    (Column::Status, &["status", "state"]),
    (Column::PasswordHash, &["passwordhash", "password"]),
    (Column::PasswordChangedAt, &["passwordchangedat"]),
    (Column::Revision, &["revision"]),
];

pub(super) fn column(name: &str) -> Option<Column> {
    let plain = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
}

/// Two names of one thing, if there are any: which of them would count?
pub(super) fn twice<'n>(names: impl Iterator<Item = &'n str>) -> Option<(String, String)> {
    let mut seen: Vec<(Column, &str)> = Vec::new();
    for name in names {
        let Some(column) = column(name) else { continue };
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == column) {
            return Some(((*first).trim().to_owned(), name.trim().to_owned()));
        }
        seen.push((column, name));
    }
    None
}

/// Fills rows in, field by field.
pub(super) struct RowBuilder {
    row: CustomerRow,
    first: Option<String>,
    last: Option<String>,
}

impl RowBuilder {
    pub(super) fn new(line: u64) -> Self {
        Self { row: CustomerRow { line, ..CustomerRow::default() }, first: None, last: None }
    }

    pub(super) fn put(&mut self, column: Column, value: &str) {
        // What PostgreSQL writes for NULL where it is asked for text.
        let value = if value == "\\N" { "" } else { value };
        let field = match column {
            Column::ExternalId => &mut self.row.external_id,
            Column::Email => &mut self.row.email,
            Column::Phone => &mut self.row.phone,
            Column::Name => &mut self.row.name,
            Column::FirstName => &mut self.first,
            Column::LastName => &mut self.last,
            Column::Language => &mut self.row.language,
            Column::Status => &mut self.row.status,
            Column::PasswordHash => &mut self.row.password_hash,
            Column::PasswordChangedAt => &mut self.row.password_changed_at,
            Column::Revision => &mut self.row.revision,
        };
        *field = Some(value.to_owned());
    }

    /// A whole name counts before its parts.
    pub(super) fn finish(self) -> Box<CustomerRow> {
        let Self { mut row, first, last } = self;
        let parts = first.is_some() || last.is_some();
        if parts && row.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
            let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
            row.name = Some(format!("{} {}", first.trim(), last.trim()).trim().to_owned());
        }
        Box::new(row)
    }
}
