//! New passwords and what they have to satisfy.

mod common;
mod policy;
mod secret;

pub use self::policy::{PasswordPolicy, PolicyRule, PolicyViolations};
pub use self::secret::Password;
