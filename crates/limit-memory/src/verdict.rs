/// The answer to one hit; times in nanoseconds since 1970.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) remaining: u32,
    /// When nothing is counted any more.
    pub(crate) empty_at: i64,
    /// For a refused hit: when one will be allowed; `None`: never.
    pub(crate) free_at: Option<i64>,
}
