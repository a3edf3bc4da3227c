/// How many sandbox customers an organisation has at most: those used last.
pub const SANDBOX_CUSTOMERS: u32 = 10_000;

/// How many captured mails an organisation has at most: the newest.
pub const SANDBOX_MAILS: u32 = 1_000;
