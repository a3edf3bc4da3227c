//! The pages of a reset link: `/reset/{token}` and what hangs below it. They work without
//! JavaScript, and `GET` and `HEAD` consume nothing.

mod languages;
mod link;
mod mended;
mod not_me;
mod nothing;
mod open;
mod redeem;
mod resend;
mod same_origin;
mod texts;
mod view;
mod visit;

use std::sync::Arc;

use application::{CancelRequest, OpenLink, ResendLink, SetNewPassword};

pub(crate) use self::mended::handle as mended;
pub(crate) use self::not_me::{ask as not_me, cancel};
pub(crate) use self::nothing::not_found;
pub(crate) use self::open::handle as open;
pub(crate) use self::redeem::handle as redeem;
pub(crate) use self::resend::handle as resend;

pub(crate) const RESET: &str = "/reset/{token}";
pub(crate) const RESEND: &str = "/reset/{token}/fresh";
/// Every other path below `/reset/`: a link with something stuck to it, or none.
pub(crate) const OTHERS: [&str; 4] = ["/reset", "/reset/", "/reset/{token}/", "/reset/{token}/{*rest}"];
pub(crate) const NOT_ME: &str = "/reset/{token}/not-me";

/// What the pages need.
pub(crate) struct ResetPages {
    pub(crate) open: Arc<OpenLink>,
    pub(crate) set_new_password: Arc<SetNewPassword>,
    pub(crate) resent_link: Arc<ResendLink>,
    pub(crate) cancel: Arc<CancelRequest>,
    /// Scheme, host and port of the public URL, as browsers write an origin.
    pub(crate) public_origin: String,
}
