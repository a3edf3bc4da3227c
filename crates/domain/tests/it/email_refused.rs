//! Addresses that are refused: input, code of the error, its position, source.

use resetd_domain::{EmailAddress, EmailError};

pub(crate) const REFUSED: &[(&str, &str, usize, &str)] = &[
    // Nothing.
    ("", "empty", 0, "specification.md#email-addresses"),
    (" ", "empty", 0, "trimmed"),
    ("\t \t", "empty", 0, "trimmed"),
    // Quoted local parts: RFC 5321 4.1.2 Quoted-string.
    ("\"jan\"@example.com", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\"jan barasek\"@example.com", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\" \"@example.org", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\"jan..barasek\"@example.org", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\"jan@barasek\"@example.org", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\"a\\\"b\"@example.org", "quoted-local-part", 0, "RFC 5321 4.1.2, a quoted pair"),
    ("\"a<b\"@example.org", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\"a(b\"@example.org", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\"Abc@def\"@example.com", "quoted-local-part", 0, "RFC 3696 3"),
    ("\"Fred Bloggs\"@example.com", "quoted-local-part", 0, "RFC 3696 3"),
    (
        "\"very.(),:;<>[]\\\".VERY.\\\"very@\\\\ \\\"very\\\".unusual\"@strange.example.com",
        "quoted-local-part",
        0,
        "RFC 5321 4.1.2",
    ),
    ("\"\"@example.com", "quoted-local-part", 0, "RFC 5321 4.1.2"),
    ("\"jan", "quoted-local-part", 0, "never closed"),
    ("  \"jan\"@example.com", "quoted-local-part", 2, "RFC 5321 4.1.2"),
    // Obsolete syntax: RFC 5322 4.4.
    ("\"jan\".barasek@example.com", "obsolete-syntax", 0, "RFC 5322 4.4 obs-local-part"),
    ("jan.\"barasek\"@example.com", "obsolete-syntax", 4, "RFC 5322 4.4 obs-local-part"),
    ("\"jan\".\"barasek\"@example.com", "obsolete-syntax", 0, "RFC 5322 4.4 obs-local-part"),
    ("<@a.com:jan@b.com>", "obsolete-syntax", 0, "RFC 5322 4.4 obs-route"),
    ("<@a.com,@b.com:jan@c.com>", "obsolete-syntax", 0, "RFC 5322 4.4 obs-route"),
    ("@a.com,@b.com:jan@c.com", "obsolete-syntax", 0, "RFC 5321 4.1.2 A-d-l"),
    // Display names: RFC 5322 3.4.
    ("Jan <jan@example.com>", "display-name", 4, "RFC 5322 3.4"),
    ("<jan@example.com>", "display-name", 0, "RFC 5322 3.4"),
    ("Jan Barasek <jan@example.com>", "display-name", 12, "RFC 5322 3.4"),
    ("\"Jan\" <jan@example.com>", "display-name", 6, "RFC 5322 3.4"),
    ("\"Barasek, Jan\" <jan@example.com>", "display-name", 15, "RFC 5322 3.4"),
    ("Jan<jan@example.com>", "display-name", 3, "RFC 5322 3.4"),
    ("jan@example.com>", "display-name", 15, "RFC 5322 3.4"),
    ("Ján <jan@example.com>", "display-name", 5, "RFC 5322 3.4"),
    // Comments: RFC 5322 3.2.2.
    ("jan(comment)@example.com", "comment", 3, "RFC 5322 3.2.2"),
    ("(comment)jan@example.com", "comment", 0, "RFC 5322 3.2.2"),
    ("jan@(comment)example.com", "comment", 4, "RFC 5322 3.2.2"),
    ("jan@example.com(comment)", "comment", 15, "RFC 5322 3.2.2"),
    ("jan@example.com (Jan Barasek)", "comment", 16, "RFC 5322 3.2.2"),
    ("jan)@example.com", "comment", 3, "RFC 5322 3.2.2"),
    // Folding white space: RFC 5322 3.2.2.
    ("jan barasek@example.com", "folding-white-space", 3, "RFC 5322 3.2.2"),
    ("jan @example.com", "folding-white-space", 3, "RFC 5322 3.2.2"),
    ("jan@ example.com", "folding-white-space", 4, "RFC 5322 3.2.2"),
    ("jan@example .com", "folding-white-space", 11, "RFC 5322 3.2.2"),
    ("jan@example. com", "folding-white-space", 12, "RFC 5322 3.2.2"),
    ("jan\t@example.com", "folding-white-space", 3, "RFC 5322 3.2.2"),
    ("jan@\texample.com", "folding-white-space", 4, "RFC 5322 3.2.2"),
    ("jan .barasek@example.com", "folding-white-space", 3, "RFC 5322 4.4"),
    ("jan. barasek@example.com", "folding-white-space", 4, "RFC 5322 4.4"),
    ("jan\r\n @example.com", "folding-white-space", 3, "RFC 5322 3.2.2"),
    ("jan\r\n\t@example.com", "folding-white-space", 3, "RFC 5322 3.2.2"),
    ("  jan @example.com", "folding-white-space", 5, "RFC 5322 3.2.2"),
    // Address literals: RFC 5321 4.1.3.
    ("jan@[192.0.2.1]", "address-literal", 4, "RFC 5321 4.1.3"),
    ("jan@[IPv6:2001:db8::1]", "address-literal", 4, "RFC 5321 4.1.3"),
    ("jan@[IPv6:::1]", "address-literal", 4, "RFC 5321 4.1.3"),
    ("jan@[x-tag:a(b)c]", "address-literal", 4, "RFC 5321 4.1.3 General-address-literal"),
    ("jan@[192.0.2.1", "address-literal", 4, "never closed"),
    ("jan@[]", "address-literal", 4, "RFC 5321 4.1.3"),
    // The at sign.
    ("jan", "missing-at", 3, "RFC 5321 4.1.2"),
    ("jan.example.com", "missing-at", 15, "RFC 5321 4.1.2"),
    ("example.com", "missing-at", 11, "RFC 5321 4.1.2"),
    ("jan＠example.com", "missing-at", 17, "U+FF20 is no at sign"),
    ("jan﹫example.com", "missing-at", 17, "U+FE6B is no at sign"),
    ("jan@example.com@example.com", "second-at", 15, "RFC 5321 4.1.2"),
    ("jan@@example.com", "second-at", 4, "RFC 5321 4.1.2"),
    ("A@b@c@example.com", "second-at", 3, "RFC 5321 4.1.2"),
    ("jan@example.com,eva@example.com", "second-at", 19, "a list"),
    ("jan@example.com; eva@example.com", "second-at", 20, "a list"),
    ("jan@example.com@", "second-at", 15, "RFC 5321 4.1.2"),
    ("jan@ex＠mple.com", "invalid-label", 4, "UTS-46 4: U+FF20 is mapped to @, which STD 3 refuses"),
    // The local part: RFC 5322 3.2.3.
    ("@example.com", "local-part-missing", 0, "RFC 5321 4.1.2"),
    ("@", "local-part-missing", 0, "RFC 5321 4.1.2"),
    (".jan@example.com", "leading-dot", 0, "RFC 5322 3.2.3"),
    (".@example.com", "leading-dot", 0, "RFC 5322 3.2.3"),
    ("..@example.com", "leading-dot", 0, "RFC 5322 3.2.3"),
    ("jan.@example.com", "local-part-trailing-dot", 3, "RFC 5322 3.2.3"),
    ("jan..barasek@example.com", "consecutive-dots", 4, "RFC 5322 3.2.3"),
    ("jan...barasek@example.com", "consecutive-dots", 4, "RFC 5322 3.2.3"),
    ("jan..@example.com", "consecutive-dots", 4, "RFC 5322 3.2.3"),
    ("žluť..x@example.com", "consecutive-dots", 7, "RFC 5322 3.2.3"),
    ("jan,barasek@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("jan:barasek@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("mailto:jan@example.com", "forbidden-character", 6, "RFC 6068"),
    ("jan;barasek@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("jan\\barasek@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("jan\\@barasek@example.com", "second-at", 12, "RFC 3696 errata 246: needs quotes"),
    ("jan[barasek@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("jan]barasek@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("jan\"barasek@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("jan\"x\"@example.com", "forbidden-character", 3, "RFC 5322 3.2.3 specials"),
    ("jan;@example.com", "forbidden-character", 3, "U+037E becomes a semicolon by NFC"),
    // Characters that have no place anywhere.
    ("jan\u{0}@example.com", "nul", 3, "specification.md#email-addresses"),
    ("\u{0}", "nul", 0, "specification.md#email-addresses"),
    ("jan@exam\u{0}ple.com", "nul", 8, "specification.md#email-addresses"),
    ("jan\r@example.com", "carriage-return", 3, "specification.md#email-addresses"),
    ("jan@example.com\r", "carriage-return", 15, "not trimmed"),
    ("\rjan@example.com", "carriage-return", 0, "not trimmed"),
    ("jan@example.com\n", "line-feed", 15, "not trimmed"),
    ("jan@example.com\r\n", "carriage-return", 15, "not trimmed"),
    ("\njan@example.com", "line-feed", 0, "not trimmed"),
    ("jan\n@example.com", "line-feed", 3, "specification.md#email-addresses"),
    ("jan@exam\nple.com", "line-feed", 8, "specification.md#email-addresses"),
    ("jan@example.com\nBcc: eva@example.com", "line-feed", 15, "header injection"),
    ("jan@example.com\r\nBcc: eva@example.com", "carriage-return", 15, "header injection"),
    ("jan@example.com\u{b}", "control-character", 15, "VT is not trimmed"),
    ("jan@example.com\u{c}", "control-character", 15, "FF is not trimmed"),
    ("\u{c}jan@example.com", "control-character", 0, "FF is not trimmed"),
    ("jan\u{1}@example.com", "control-character", 3, "specification.md#email-addresses"),
    ("jan\u{8}@example.com", "control-character", 3, "specification.md#email-addresses"),
    ("jan\u{1b}[31m@example.com", "control-character", 3, "specification.md#email-addresses"),
    ("jan\u{7f}@example.com", "control-character", 3, "specification.md#email-addresses"),
    ("jan\u{80}@example.com", "control-character", 3, "C1"),
    ("jan\u{85}@example.com", "control-character", 3, "NEL"),
    ("jan@exam\u{9f}ple.com", "control-character", 8, "C1"),
    ("jan@example.com\u{85}", "control-character", 15, "NEL is not trimmed"),
    ("jan\u{2028}@example.com", "line-separator", 3, "specification.md#email-addresses"),
    ("jan\u{2029}@example.com", "line-separator", 3, "specification.md#email-addresses"),
    ("jan@example.com\u{2028}", "line-separator", 15, "specification.md#email-addresses"),
    ("jan\u{200e}@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("jan\u{200f}@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("jan\u{61c}@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("\u{202a}jan@example.com", "bidi-control", 0, "UCD Bidi_Control"),
    ("jan\u{202b}x@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("jan\u{202c}x@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("jan\u{202d}x@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("moc.elpmaxe@\u{202e}naj", "bidi-control", 12, "UCD Bidi_Control"),
    ("jan\u{2066}@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("jan\u{2067}@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("jan\u{2068}@example.com", "bidi-control", 3, "UCD Bidi_Control"),
    ("jan@exam\u{2069}ple.com", "bidi-control", 8, "UCD Bidi_Control"),
    // What is not seen, in the local part.
    ("jan\u{a0}@example.com", "unicode-space", 3, "no-break space"),
    ("\u{a0}jan@example.com", "unicode-space", 0, "only space and tab are trimmed"),
    ("jan\u{1680}@example.com", "unicode-space", 3, "ogham space"),
    ("jan\u{2000}@example.com", "unicode-space", 3, "en quad"),
    ("jan\u{2003}@example.com", "unicode-space", 3, "em space"),
    ("jan\u{200a}@example.com", "unicode-space", 3, "hair space"),
    ("jan\u{202f}@example.com", "unicode-space", 3, "specification.md#email-addresses"),
    ("jan\u{205f}@example.com", "unicode-space", 3, "specification.md#email-addresses"),
    ("jan\u{3000}@example.com", "unicode-space", 3, "ideographic space"),
    ("jan\u{200b}@example.com", "invisible-character", 3, "zero-width space"),
    ("jan\u{200c}@example.com", "invisible-character", 3, "zero-width non-joiner"),
    ("jan\u{200d}@example.com", "invisible-character", 3, "zero-width joiner"),
    ("jan\u{2060}@example.com", "invisible-character", 3, "word joiner"),
    ("jan\u{feff}@example.com", "invisible-character", 3, "zero-width no-break space"),
    ("\u{feff}jan@example.com", "invisible-character", 0, "a byte order mark"),
    ("jan\u{ad}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point: soft hyphen"),
    ("jan\u{34f}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point"),
    ("jan\u{115f}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point: Hangul filler"),
    ("jan\u{3164}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point: Hangul filler"),
    ("jan\u{ffa0}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point: Hangul filler"),
    ("jan\u{17b4}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point"),
    ("jan\u{180e}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point"),
    ("jan\u{2061}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point"),
    ("jan\u{206a}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point"),
    ("❤\u{fe0f}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point: variation selector"),
    ("jan\u{e0041}@example.com", "invisible-character", 3, "Default_Ignorable_Code_Point: tag"),
    ("jan\u{2800}@example.com", "invisible-character", 3, "the braille pattern without dots"),
    ("jan\u{fff9}@example.com", "invisible-character", 3, "general category Cf"),
    ("jan\u{e000}@example.com", "private-use", 3, "specification.md#email-addresses"),
    ("jan\u{10fffd}@example.com", "private-use", 3, "plane 16"),
    ("jan\u{f8ff}@example.com", "private-use", 3, "specification.md#email-addresses"),
    ("jan\u{378}@example.com", "unassigned", 3, "general category Cn"),
    ("jan\u{ffff}@example.com", "unassigned", 3, "a noncharacter"),
    ("jan\u{fdd0}@example.com", "unassigned", 3, "a noncharacter"),
    ("\u{301}jan@example.com", "leading-combining-mark", 0, "specification.md#email-addresses"),
    ("\u{338}@example.com", "leading-combining-mark", 0, "specification.md#email-addresses"),
    (
        "\u{344}jan@example.com",
        "leading-combining-mark",
        0,
        "specification.md#email-addresses; NFC makes two marks of it",
    ),
    ("\u{93e}jan@example.com", "leading-combining-mark", 0, "a spacing mark"),
    ("\u{20dd}jan@example.com", "leading-combining-mark", 0, "an enclosing mark"),
    // Positions survive NFC.
    ("e\u{301}e\u{301}e\u{301} x@example.com", "folding-white-space", 9, "position in the text as given"),
    ("  e\u{301} x@example.com", "folding-white-space", 5, "position in the text as given"),
    ("e\u{301}@exam ple.com", "folding-white-space", 8, "position in the text as given"),
    // The domain.
    ("jan@", "domain-missing", 4, "RFC 5321 4.1.2"),
    ("jan@localhost", "domain-without-dot", 13, "specification.md#email-addresses"),
    ("jan@com", "domain-without-dot", 7, "specification.md#email-addresses"),
    ("jan@xn--fiqs8s", "domain-without-dot", 14, "specification.md#email-addresses"),
    ("jan@123", "domain-without-dot", 7, "specification.md#email-addresses"),
    ("jan@example.com.", "trailing-dot", 15, "specification.md#email-addresses"),
    ("jan@localhost.", "trailing-dot", 13, "specification.md#email-addresses"),
    ("jan@example.com。", "trailing-dot", 15, "specification.md#email-addresses; UTS-46 4"),
    ("jan@example.com．", "trailing-dot", 15, "specification.md#email-addresses; UTS-46 4"),
    ("jan@.", "empty-label", 4, "RFC 1035 2.3.1"),
    ("jan@.com", "empty-label", 4, "RFC 1035 2.3.1"),
    ("jan@.example.com", "empty-label", 4, "RFC 1035 2.3.1"),
    ("jan@example..com", "empty-label", 12, "RFC 1035 2.3.1"),
    ("jan@example.com..", "empty-label", 16, "RFC 1035 2.3.1"),
    ("jan@example。.com", "empty-label", 14, "RFC 1035 2.3.1"),
    ("jan@192.0.2.1", "numeric-top-label", 12, "specification.md#email-addresses"),
    ("jan@example.123", "numeric-top-label", 12, "specification.md#email-addresses"),
    ("jan@example.1", "numeric-top-label", 12, "specification.md#email-addresses"),
    ("jan@1.1", "numeric-top-label", 6, "specification.md#email-addresses"),
    (
        "jan@example.１２３",
        "numeric-top-label",
        12,
        "specification.md#email-addresses; UTS-46 4 maps full-width digits",
    ),
    (
        "jan@example.①",
        "numeric-top-label",
        12,
        "specification.md#email-addresses; UTS-46 4 maps circled digits",
    ),
    ("jan@例え.1", "numeric-top-label", 11, "specification.md#email-addresses"),
    ("jan@exa_mple.com", "domain-character", 7, "STD 3"),
    ("jan@_dmarc.example.com", "domain-character", 4, "STD 3"),
    ("jan@exam!ple.com", "domain-character", 8, "STD 3"),
    ("jan@example.com:25", "domain-character", 15, "STD 3"),
    ("jan@example.com/x", "domain-character", 15, "STD 3"),
    ("jan@example,com", "domain-character", 11, "STD 3"),
    ("jan@exam'ple.com", "domain-character", 8, "STD 3"),
    ("jan@exam\"ple.com", "domain-character", 8, "STD 3"),
    ("jan@example.com]", "domain-character", 15, "STD 3"),
    ("jan@example.com?subject=x", "domain-character", 15, "STD 3"),
    ("jan@žluť_ký.cz", "domain-character", 10, "STD 3"),
    ("jan@-example.com", "hyphen-placement", 4, "UTS-46 4.1"),
    ("jan@example-.com", "hyphen-placement", 4, "UTS-46 4.1"),
    ("jan@example.-com", "hyphen-placement", 12, "UTS-46 4.1"),
    ("jan@example.com-", "hyphen-placement", 12, "UTS-46 4.1"),
    ("jan@-.com", "hyphen-placement", 4, "UTS-46 4.1"),
    ("jan@ab--cd.com", "hyphen-placement", 4, "UTS-46 4.1"),
    ("jan@a---b.com", "hyphen-placement", 4, "UTS-46 4.1"),
    ("jan@x.ab--cd.com", "hyphen-placement", 6, "UTS-46 4.1"),
    ("jan@r3---sn-4g5e.example.com", "hyphen-placement", 4, "UTS-46 4.1; a real name all the same"),
    ("jan@-háčky.cz", "hyphen-placement", 4, "UTS-46 4.1"),
    ("jan@xn--.com", "invalid-label", 4, "UTS-46 4: an empty A-label"),
    ("jan@xn---.com", "invalid-label", 4, "UTS-46 4: no Punycode"),
    ("jan@xn--a.com", "invalid-label", 4, "UTS-46 4: decodes to a control character"),
    ("jan@xn--0.pt", "invalid-label", 4, "UTS-46 4: no Punycode"),
    ("jan@xn--zca.xn--a", "invalid-label", 12, "UTS-46 4: the second label"),
    ("jan@xn--example-.com", "invalid-label", 4, "UTS-46 rev 33: decodes to ASCII"),
    ("jan@xn--99999999.com", "invalid-label", 4, "RFC 3492 6.4: overflow"),
    ("jan@xn--FA-HIA-.de", "invalid-label", 4, "UTS-46 4: no Punycode"),
    ("jan@xn--gmaıl.com", "invalid-label", 4, "UTS-46 4: not ASCII"),
    ("jan@exam\u{a0}ple.com", "invalid-label", 4, "UTS-46 4: U+00A0 is mapped to a space"),
    ("jan@exam\u{3000}ple.com", "invalid-label", 4, "UTS-46 4: U+3000 is mapped to a space"),
    ("jan@exam\u{e000}ple.com", "invalid-label", 4, "UTS-46 4: private use is disallowed"),
    ("jan@exam\u{378}ple.com", "invalid-label", 4, "UTS-46 4: unassigned"),
    ("jan@exam\u{fffd}ple.com", "invalid-label", 4, "UTS-46 4: disallowed"),
    ("jan@\u{301}example.com", "invalid-label", 4, "UTS-46 4.1: begins with a combining mark"),
    ("jan@example.\u{301}com", "invalid-label", 12, "UTS-46 4.1: begins with a combining mark"),
    ("jan@a\u{200d}b.com", "invalid-label", 4, "RFC 5892 A.2: no virama before the joiner"),
    ("jan@a\u{200c}b.com", "invalid-label", 4, "RFC 5892 A.1: no joining letters around"),
    ("jan@नी\u{200d}.com", "invalid-label", 4, "RFC 5892 A.2: no virama before the joiner"),
    ("jan@אa.com", "invalid-label", 4, "RFC 5893 2 rule 2"),
    ("jan@1א.com", "invalid-label", 4, "RFC 5893 2 rule 1"),
    ("jan@א1٠.com", "invalid-label", 4, "RFC 5893 2 rule 4"),
    ("jan@א.1com", "invalid-label", 4, "RFC 5893 2 rule 1, by all labels together"),
    ("jan@exam⒈ple.com", "invalid-label", 4, "UTS-46 4: contains a full stop"),
    // What a provider's rule leaves.
    ("+tag@gmail.com", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("+@gmail.com", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("+tag@googlemail.com", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("+tag@outlook.com", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("+tag@icloud.com", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("+tag@proton.me", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("+tag@fastmail.com", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("+tag@ya.ru", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("-tag@yahoo.com", "nothing-left-of-tag", 0, "specification.md#email-addresses"),
    ("  +tag@gmail.com", "nothing-left-of-tag", 2, "specification.md#email-addresses"),
    // Several errors: the worse first.
    ("\"jan\u{0}\"@example.com", "nul", 4, "characters that have no place anywhere come first"),
    ("jan..x@-example.com", "consecutive-dots", 4, "the local part comes before the domain"),
    ("Jan <jan..x@example.com>", "display-name", 4, "another notation comes before its parts"),
    ("jan@exa_mple", "domain-character", 7, "its characters come before its shape"),
];

#[test]
fn refused_addresses() {
    for (input, code, position, source) in REFUSED {
        match EmailAddress::parse(input) {
            Ok(email) => panic!("{input:?} is taken as {:?} ({source})", email.normalized()),
            Err(error) => assert_eq!(
                (error.code(), error.position()),
                (*code, *position),
                "{input:?}: {error} ({source})"
            ),
        }
    }
}

#[test]
fn every_length_one_too_many() {
    let label = "a".repeat(63);
    for (input, error) in [
        (format!("{}@example.com", "l".repeat(65)), EmailError::LocalPartTooLong { position: 0, octets: 65 }),
        (format!("{}@example.com", "é".repeat(33)), EmailError::LocalPartTooLong { position: 0, octets: 66 }),
        // 22 times U+0130 is 44 octets as given and 66 in lower case.
        (format!("{}@example.com", "İ".repeat(22)), EmailError::LocalPartTooLong { position: 0, octets: 66 }),
        (format!("jan@{label}a.com"), EmailError::LabelTooLong { position: 4, octets: 64 }),
        (format!("jan@x.{}.com", "ü".repeat(58)), EmailError::LabelTooLong { position: 6, octets: 64 }),
        (format!("jan@{}.com", "ａ".repeat(64)), EmailError::LabelTooLong { position: 4, octets: 64 }),
        (
            format!("{}@{label}.{label}.{}", "l".repeat(64), "b".repeat(62)),
            EmailError::AddressTooLong { position: 0, octets: 255 },
        ),
        (
            format!("  x@{label}.{label}.{label}.{}", "b".repeat(61)),
            EmailError::AddressTooLong { position: 2, octets: 255 },
        ),
    ] {
        assert_eq!(EmailAddress::parse(&input).map(EmailAddress::into_normalized), Err(error), "{input}");
    }
    // Nothing gets slow or loud by being long.
    for input in [
        "a".repeat(100_000),
        format!("{}@example.com", "é".repeat(100_000)),
        format!("jan@{}", "a.".repeat(50_000)),
        format!("jan@{}.com", "é".repeat(50_000)),
        format!("jan@{}.com", "xn--".repeat(20_000)),
        "@".repeat(100_000),
        format!("\"{}", "\\".repeat(100_000)),
        format!("a{}@example.com x", "\u{301}".repeat(20_000)),
    ] {
        assert!(EmailAddress::parse(&input).is_err());
    }
}

#[test]
fn errors_are_values_and_teach() {
    let error = EmailAddress::parse("jan@localhost").map(EmailAddress::into_normalized).unwrap_err();
    assert_eq!(error, EmailError::DomainWithoutDot { position: 13 });
    assert_eq!(
        error.to_string(),
        "the domain ends at byte 13 without a dot in it: expected one such as `example.com`"
    );
    let error = EmailAddress::parse("jan\u{200b}@example.com").unwrap_err();
    assert_eq!(error, EmailError::InvisibleCharacter { position: 3, character: '\u{200b}' });
    assert_eq!(error.to_string(), "an invisible character '\\u{200b}' in the local part at byte 3");
}

#[test]
fn no_error_tells_the_address() {
    for (input, ..) in REFUSED {
        // The bare words of the examples occur in the texts, and one character may.
        if input.len() < 12 {
            continue;
        }
        let error = EmailAddress::parse(input).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(input.trim()), "{input:?}");
    }
}
