//! What is wrong with an address, where, and what was expected instead.

use thiserror::Error;

use crate::macros::error_codes;

/// Why a text is no e-mail address that resetd takes. The address is never part of the message.
///
/// Errors are looked for in this order, each from the left: characters that have no place anywhere;
/// another notation (quotes, angle brackets, comments, literals); the `@`; the local part; the
/// domain; the length of the whole; what the provider's rule leaves. Positions are bytes of the
/// text as given, its edges included.
///
/// ```
/// use resetd_domain::{EmailAddress, EmailError};
///
/// let error = EmailAddress::parse("jan@localhost").unwrap_err();
/// assert_eq!(error, EmailError::DomainWithoutDot { position: 13 });
/// assert_eq!((error.code(), error.position()), ("domain-without-dot", 13));
/// assert!(EmailError::CODES.contains(&"domain-without-dot"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum EmailError {
    /// Nothing, or white space alone.
    #[error("the e-mail address is empty: expected one such as `jan@example.com`")]
    Empty,
    /// A control character (U+0001 to U+001F, U+007F to U+009F).
    #[error("a control character {character:?} at byte {position}")]
    ControlCharacter {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// A carriage return.
    #[error("a carriage return at byte {position}: an address is one line")]
    CarriageReturn {
        /// The byte where the error begins.
        position: usize,
    },
    /// A line feed.
    #[error("a line feed at byte {position}: an address is one line")]
    LineFeed {
        /// The byte where the error begins.
        position: usize,
    },
    /// A NUL.
    #[error("a NUL at byte {position}")]
    Nul {
        /// The byte where the error begins.
        position: usize,
    },
    /// A line or paragraph separator (U+2028, U+2029).
    #[error("a line or paragraph separator at byte {position}: an address is one line")]
    LineSeparator {
        /// The byte where the error begins.
        position: usize,
    },
    /// A character that turns the direction of writing (Bidi_Control of the Unicode Character
    /// Database).
    #[error(
        "a bidirectional control {character:?} at byte {position}: it makes an address look like another"
    )]
    BidiControl {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// `"jan barasek"@example.com` (RFC 5321, section 4.1.2).
    #[error("a quoted local part at byte {position}: expected it without quotation marks")]
    QuotedLocalPart {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan."x"@example.com`, `<@a.com:jan@b.com>` (RFC 5322, section 4.4).
    #[error("obsolete syntax at byte {position}: expected a plain address such as `jan@example.com`")]
    ObsoleteSyntax {
        /// The byte where the error begins.
        position: usize,
    },
    /// `Jan <jan@example.com>` (RFC 5322, section 3.4).
    #[error("a display name or an angle bracket at byte {position}: expected the address alone")]
    DisplayName {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan(comment)@example.com` (RFC 5322, section 3.2.2).
    #[error("a comment at byte {position}: expected the address without parentheses")]
    Comment {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan@[192.0.2.1]` (RFC 5321, section 4.1.3).
    #[error("an address literal at byte {position}: expected a domain name such as `example.com`")]
    AddressLiteral {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan.example.com`.
    #[error("no `@` up to byte {position}: expected one between local part and domain")]
    MissingAt {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan@example.com@example.com`.
    #[error("a second `@` at byte {position}: expected one")]
    SecondAt {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan @example.com`, or a line folded (RFC 5322, section 3.2.2).
    #[error("white space within the address at byte {position}: expected none")]
    FoldingWhiteSpace {
        /// The byte where the error begins.
        position: usize,
    },
    /// `@example.com`.
    #[error("nothing before the `@` at byte {position}: expected the name of a mailbox")]
    LocalPartMissing {
        /// The byte where the error begins.
        position: usize,
    },
    /// `.jan@example.com`.
    #[error("a dot at the beginning of the local part, byte {position}: dots stand between other characters")]
    LeadingDot {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan..barasek@example.com`.
    #[error("a dot after a dot at byte {position}: dots stand between other characters")]
    ConsecutiveDots {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan.@example.com`.
    #[error("a dot at the end of the local part, byte {position}: dots stand between other characters")]
    LocalPartTrailingDot {
        /// The byte where the error begins.
        position: usize,
    },
    /// An ASCII character that no dot-atom has: `,`, `:`, `;`, `\`, `[`, `]`, `"`.
    #[error(
        "{character:?} in the local part at byte {position}: expected letters, digits, dots and any of !#$%&'*+-/=?^_`{{|}}~"
    )]
    ForbiddenCharacter {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// A space other than the ASCII one in the local part (general category Zs).
    #[error("a space {character:?} in the local part at byte {position}: expected none")]
    UnicodeSpace {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// A character in the local part that is not seen: zero-width, joiner, filler, variation
    /// selector.
    #[error("an invisible character {character:?} in the local part at byte {position}")]
    InvisibleCharacter {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// A character in the local part that means something else on every machine.
    #[error("a private-use character {character:?} in the local part at byte {position}")]
    PrivateUse {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// A code point in the local part that is no character.
    #[error("an unassigned code point {character:?} in the local part at byte {position}")]
    Unassigned {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// A mark at the beginning of the local part with nothing to combine with.
    #[error("a combining mark {character:?} at the beginning of the local part, byte {position}")]
    LeadingCombiningMark {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// Over 64 octets once normalized (RFC 5321, section 4.5.3.1.1).
    #[error("the local part has {octets} octets: expected 64 or fewer")]
    LocalPartTooLong {
        /// The byte where the error begins.
        position: usize,
        /// Its length in octets once normalized.
        octets: usize,
    },
    /// `jan@`.
    #[error("nothing after the `@` at byte {position}: expected a domain such as `example.com`")]
    DomainMissing {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan@example..com`, `jan@.com`.
    #[error(
        "a label is missing at byte {position} of the domain: expected letters or digits between the dots"
    )]
    EmptyLabel {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan@example.com.`.
    #[error("a dot at the end of the domain, byte {position}: expected none")]
    TrailingDot {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan@localhost`.
    #[error("the domain ends at byte {position} without a dot in it: expected one such as `example.com`")]
    DomainWithoutDot {
        /// The byte where the error begins.
        position: usize,
    },
    /// `jan@192.0.2.1`, `jan@example.123`.
    #[error(
        "the last label of the domain is a number at byte {position}: expected a top-level domain such as `com`"
    )]
    NumericTopLabel {
        /// The byte where the error begins.
        position: usize,
    },
    /// An ASCII character that no host name has (STD 3; RFC 1123, section 2.1).
    #[error("{character:?} in the domain at byte {position}: expected letters, digits, hyphens and dots")]
    DomainCharacter {
        /// The byte where the error begins.
        position: usize,
        /// The character.
        character: char,
    },
    /// `jan@-example.com`, `jan@ex--ample.com` (UTS-46, section 4.1).
    #[error(
        "a misplaced hyphen in the label at byte {position}: not at its beginning, its end, or third and fourth"
    )]
    HyphenPlacement {
        /// The byte where the error begins.
        position: usize,
    },
    /// A label that UTS-46 refuses: a forbidden character, a false `xn--`, a broken bidi or joiner
    /// rule.
    #[error("the label at byte {position} is no valid internationalised domain name by UTS-46")]
    InvalidLabel {
        /// The byte where the error begins.
        position: usize,
    },
    /// Over 63 octets as an A-label (RFC 1035, section 2.3.4).
    #[error("the label at byte {position} has {octets} octets in ASCII: expected 63 or fewer")]
    LabelTooLong {
        /// The byte where the error begins.
        position: usize,
        /// Its length in octets once normalized.
        octets: usize,
    },
    /// Over 254 octets once normalized (RFC 5321, section 4.5.3.1.3).
    #[error("the address has {octets} octets: expected 254 or fewer")]
    AddressTooLong {
        /// The byte where the error begins.
        position: usize,
        /// Its length in octets once normalized.
        octets: usize,
    },
    /// `+tag@gmail.com`: without its tag no mailbox is left.
    #[error("nothing is left of the tag at byte {position}: expected the name of a mailbox before it")]
    NothingLeftOfTag {
        /// The byte where the error begins.
        position: usize,
    },
}

error_codes! {
    EmailError {
        Empty => "empty",
        ControlCharacter => "control-character",
        CarriageReturn => "carriage-return",
        LineFeed => "line-feed",
        Nul => "nul",
        LineSeparator => "line-separator",
        BidiControl => "bidi-control",
        QuotedLocalPart => "quoted-local-part",
        ObsoleteSyntax => "obsolete-syntax",
        DisplayName => "display-name",
        Comment => "comment",
        AddressLiteral => "address-literal",
        MissingAt => "missing-at",
        SecondAt => "second-at",
        FoldingWhiteSpace => "folding-white-space",
        LocalPartMissing => "local-part-missing",
        LeadingDot => "leading-dot",
        ConsecutiveDots => "consecutive-dots",
        LocalPartTrailingDot => "local-part-trailing-dot",
        ForbiddenCharacter => "forbidden-character",
        UnicodeSpace => "unicode-space",
        InvisibleCharacter => "invisible-character",
        PrivateUse => "private-use",
        Unassigned => "unassigned",
        LeadingCombiningMark => "leading-combining-mark",
        LocalPartTooLong => "local-part-too-long",
        DomainMissing => "domain-missing",
        EmptyLabel => "empty-label",
        TrailingDot => "trailing-dot",
        DomainWithoutDot => "domain-without-dot",
        NumericTopLabel => "numeric-top-label",
        DomainCharacter => "domain-character",
        HyphenPlacement => "hyphen-placement",
        InvalidLabel => "invalid-label",
        LabelTooLong => "label-too-long",
        AddressTooLong => "address-too-long",
        NothingLeftOfTag => "nothing-left-of-tag",
    }
}

impl EmailError {
    /// The byte of the input where the error lies; the beginning where the error is the address as
    /// a whole.
    #[must_use]
    pub fn position(&self) -> usize {
        self.clone().position_mut().map_or(0, |position| *position)
    }

    /// The same error elsewhere.
    pub(super) fn map_position(mut self, map: impl FnOnce(usize) -> usize) -> Self {
        if let Some(position) = self.position_mut() {
            *position = map(*position);
        }
        self
    }

    const fn position_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::Empty => None,
            Self::ControlCharacter { position, .. }
            | Self::CarriageReturn { position }
            | Self::LineFeed { position }
            | Self::Nul { position }
            | Self::LineSeparator { position }
            | Self::BidiControl { position, .. }
            | Self::QuotedLocalPart { position }
            | Self::ObsoleteSyntax { position }
            | Self::DisplayName { position }
            | Self::Comment { position }
            | Self::AddressLiteral { position }
            | Self::MissingAt { position }
            | Self::SecondAt { position }
            | Self::FoldingWhiteSpace { position }
            | Self::LocalPartMissing { position }
            | Self::LeadingDot { position }
            | Self::ConsecutiveDots { position }
            | Self::LocalPartTrailingDot { position }
            | Self::ForbiddenCharacter { position, .. }
            | Self::UnicodeSpace { position, .. }
            | Self::InvisibleCharacter { position, .. }
            | Self::PrivateUse { position, .. }
            | Self::Unassigned { position, .. }
            | Self::LeadingCombiningMark { position, .. }
            | Self::LocalPartTooLong { position, .. }
            | Self::DomainMissing { position }
            | Self::EmptyLabel { position }
            | Self::TrailingDot { position }
            | Self::DomainWithoutDot { position }
            | Self::NumericTopLabel { position }
            | Self::DomainCharacter { position, .. }
            | Self::HyphenPlacement { position }
            | Self::InvalidLabel { position }
            | Self::LabelTooLong { position, .. }
            | Self::AddressTooLong { position, .. }
            | Self::NothingLeftOfTag { position } => Some(position),
        }
    }
}
