//! API keys: 32 characters, `^(PROD|DEV_|ROOT)[A-Za-z0-9]{28}$`.

mod key;
mod kind;
mod scope;

pub use self::key::{ApiKey, ApiKeyError, ApiKeyHash, SAMPLE_API_KEY};
pub use self::kind::{ApiKeyKind, UnknownApiKeyKind};
pub use self::scope::{Scope, UnknownScope};
pub use ipnetwork::IpNetwork as Network;
