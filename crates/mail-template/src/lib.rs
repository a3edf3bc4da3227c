//! Turns a reset request into a mail: templates, layouts, languages.
//!
//! [`TemplateComposer`] implements the port [`MailComposer`](application::ports::MailComposer).
//! Five languages are built in (`cs`, `en`, `sk`, `pl`, `de`); an organisation's own templates and
//! layouts come through the port [`TemplateStore`](application::ports::TemplateStore).
//!
//! # Language
//! The customer's, if the organisation has an active template in it; else the organisation's; else
//! any active one of its own; else the built-in one in the customer's language, in the
//! organisation's, in English. The layout follows the language of the template by the same rule.
//!
//! # Variables
//! An unknown one is an error, when a template is saved ([`check_template`], [`check_layout`]) and
//! when it is rendered. A known one with no value is an empty string, so `{% if requestedFrom %}…{%
//! endif %}` leaves a sentence out.
//!
//! | variable | where | holds |
//! |---|---|---|
//! | `resetUrl` | reset mail | the link; `http` or `https` |
//! | `disownUrl` | reset mail | the "this wasn't me" link; may be empty |
//! | `expiresAt` | reset mail | when the link dies, in the mail's language, with its offset from UTC |
//! | `expiresIn` | reset mail | how long the link still lives, in words: `3 hours 20 minutes` |
//! | `changedAt` | password-changed mail | when the password was changed, written likewise |
//! | `customerName` | both | as the customer spelt it, on one line, at most 100 characters; may be empty |
//! | `requestedFrom` | both | city and country, or country; may be empty |
//! | `signInUrl` | password-changed mail | where customers sign in; may be empty |
//! | `contact` | both | how to reach the organisation, on one line; may be empty |
//! | `contactUrl` | both | the link to it, `https` or `mailto`; empty where the contact is a line of text |
//! | `accentColor` | both, layout | the organisation's colour, or the built-in one: `#1a5fd8` |
//! | `accentLight` | layout | the same for links on a dark background |
//! | `organisationName` | both, layout | the organisation's name |
//! | `language` | both, layout | the tag of the mail's language |
//! | `footer` | text part, layout | the organisation's last lines and, below a place, the attribution of its source; may be empty |
//! | `htmlBody` | layout, required | the rendered HTML of the template |
//! | `logoUrl` | layout | the organisation's logo; may be empty |
//! | `subject` | layout | the finished subject line |
//! | `preheader` | layout | the line mailboxes show beside the subject; empty for an organisation's own templates |
//!
//! # Safety
//! In HTML every value is escaped, whatever the template says: there is no `safe` filter, and `{%
//! autoescape false %}` changes nothing. Control characters, line breaks and direction marks in
//! values become spaces or vanish, so a name cannot start a line of its own in the plain-text part.
//! A `href` or `src` that leads anywhere but to `http`, `https` or `mailto` stops the mail.
//! Expressions and blocks are bounded in length and depth: 200 words, operators and values in one
//! expression, 24 brackets or blocks within each other, 60 `elif` and 60 assignments in one
//! template.

mod bounds;
mod builtin;
mod cache;
mod check;
mod clean;
mod composer;
mod engine;
mod links;
mod own;
mod place;
mod timestamp;
mod variables;

pub use builtin::{built_in_layout, built_in_template};
pub use check::{check_layout, check_template};
pub use composer::{CACHE_LIFE, TemplateComposer};
pub use timestamp::is_time_zone;
