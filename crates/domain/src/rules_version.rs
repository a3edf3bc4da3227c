//! Which answers these rules give.

/// The version of the four rules: the year and the month since which every input has had the answer
/// it has now.
///
/// It grows when an input gets another canonical form, another normalized form or another verdict:
/// a provider changed its rules, a new version of Unicode, a mistake that was mended. **Store it
/// beside a canonical form**, and compute those anew whose version is another; the project's page
/// `docs/rules-version.md` says how, step by step. Versions compare as text.
///
/// ```
/// use resetd_domain::{EmailAddress, RULES_VERSION};
///
/// struct Row { email: String, canonical: String, rules: String }
///
/// let mut row = Row { email: "j.an@gmail.com".into(), canonical: "j.an@gmail.com".into(), rules: "2025-01".into() };
/// if row.rules.as_str() < RULES_VERSION {
///     row.canonical = EmailAddress::parse(&row.email)?.canonical().to_owned();
///     row.rules = RULES_VERSION.to_owned();
/// }
/// assert_eq!(row.canonical, "jan@gmail.com");
/// # Ok::<(), resetd_domain::EmailError>(())
/// ```
pub const RULES_VERSION: &str = "2026-11";

/// The version of Unicode by whose tables this version of the crate was tested: NFC, UTS-46 and the
/// classes of characters in a local part. A build with another version of the `icu` crates can
/// decide newer characters otherwise, and no others.
///
/// ```
/// assert_eq!(resetd_domain::UNICODE_VERSION, "18.0");
/// ```
pub const UNICODE_VERSION: &str = "18.0";
