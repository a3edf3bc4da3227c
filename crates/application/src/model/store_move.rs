use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One value of a row on its way from one store to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text; of [`Kind::Sealed`] the opened one.
    Text(String),
    /// Octets, copied as they are.
    Bytes(Vec<u8>),
    /// A UUID.
    Id([u8; 16]),
    /// A timestamp.
    Time(DateTime<Utc>),
    /// Texts in their order.
    Texts(Vec<String>),
    /// Moments, oldest first.
    Times(Vec<DateTime<Utc>>),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Value::Bool`].
    Bool,
    /// [`Value::Int`].
    Int,
    /// [`Value::Text`].
    Text,
    /// [`Value::Text`] that is JSON.
    Json,
    /// [`Value::Bytes`]; also what is sealed and need not be opened on its way.
    Bytes,
    /// [`Value::Id`].
    Id,
    /// [`Value::Time`].
    Time,
    /// [`Value::Texts`].
    Texts,
    /// [`Value::Times`].
    Times,
    /// [`Value::Text`], sealed where it is stored: stores differ in what they seal together.
    Sealed,
    /// [`Value::Texts`], each sealed where it is stored.
    SealedTexts,
}

/// One column. It may hold [`Value::Null`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// One kind of thing that is kept, as it goes from one store to another. A store that keeps it
/// otherwise translates.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How many of the columns, from the first, tell one row from every other.
    pub key: usize,
    /// Its columns, the key's first.
    pub columns: &'static [Column],
}

/// A value for each column of its table.
pub type Row = Vec<Value>;

/// A place between two rows, in the words of the store it came from.
pub type Cursor = Vec<Value>;

/// Some rows, and where the next are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Where they go on; `None`: these are the last.
    pub next: Option<Cursor>,
}

/// Which installation moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Tells one installation from every other; no secret.
    pub installation: String,
    /// About when the oldest mail was accepted; `None`: there is none.
    pub oldest_mail: Option<DateTime<Utc>>,
}

/// How far a move has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveProgress {
    /// [`Origin::installation`] of what moves.
    pub installation: String,
    /// The table whose rows are on their way; `None`: all are copied.
    pub table: Option<String>,
    /// How far that table has come.
    pub after: Option<Cursor>,
}

/// What a target says to a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is empty, and keeps itself for this move from now on.
    Fresh,
    /// The same move was interrupted there.
    Resumed(MoveProgress),
    /// This table has rows that no move brought; nothing was changed.
    Occupied(&'static str),
    /// The move of another installation was interrupted there; nothing was changed.
    OtherMove,
}
