//! Addresses that are taken: input, normalized, canonical where it differs, source.

use resetd_domain::EmailAddress;

/// Input, normalized form, source. The canonical form is the same.
pub(crate) const PLAIN: &[(&str, &str, &str)] = &[
    ("jan@barasek.com", "jan@barasek.com", "specification.md#reset-requests"),
    ("a@b.cz", "a@b.cz", "the shortest kind"),
    ("simple@example.com", "simple@example.com", "RFC 5321 4.1.2 Dot-string"),
    ("very.common@example.com", "very.common@example.com", "RFC 5322 3.2.3 dot-atom"),
    ("a.b.c.d@example.com", "a.b.c.d@example.com", "RFC 5322 3.2.3 dot-atom"),
    ("x@example.com", "x@example.com", "one character is an atom"),
    ("1234567890@example.com", "1234567890@example.com", "RFC 5322 3.2.3: digits are atext"),
    ("0@example.com", "0@example.com", "RFC 5322 3.2.3"),
    // Every special of atext, one by one: RFC 5322, section 3.2.3.
    ("!@example.com", "!@example.com", "RFC 5322 3.2.3"),
    ("#@example.com", "#@example.com", "RFC 5322 3.2.3"),
    ("$@example.com", "$@example.com", "RFC 5322 3.2.3"),
    ("%@example.com", "%@example.com", "RFC 5322 3.2.3"),
    ("&@example.com", "&@example.com", "RFC 5322 3.2.3"),
    ("'@example.com", "'@example.com", "RFC 5322 3.2.3"),
    ("*@example.com", "*@example.com", "RFC 5322 3.2.3"),
    ("+@example.com", "+@example.com", "RFC 5322 3.2.3"),
    ("-@example.com", "-@example.com", "RFC 5322 3.2.3"),
    ("/@example.com", "/@example.com", "RFC 5322 3.2.3"),
    ("=@example.com", "=@example.com", "RFC 5322 3.2.3"),
    ("?@example.com", "?@example.com", "RFC 5322 3.2.3"),
    ("^@example.com", "^@example.com", "RFC 5322 3.2.3"),
    ("_@example.com", "_@example.com", "RFC 5322 3.2.3"),
    ("`@example.com", "`@example.com", "RFC 5322 3.2.3"),
    ("{@example.com", "{@example.com", "RFC 5322 3.2.3"),
    ("|@example.com", "|@example.com", "RFC 5322 3.2.3"),
    ("}@example.com", "}@example.com", "RFC 5322 3.2.3"),
    ("~@example.com", "~@example.com", "RFC 5322 3.2.3"),
    ("!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com", "RFC 5322 3.2.3, all at once"),
    ("user%example.com@example.org", "user%example.com@example.org", "RFC 5321 3.6: % has no meaning here"),
    ("mailhost!username@example.org", "mailhost!username@example.org", "RFC 5321: a bang path is an atom"),
    ("user-@example.org", "user-@example.org", "RFC 5322 3.2.3: hyphens anywhere"),
    ("-user@example.org", "-user@example.org", "RFC 5322 3.2.3: hyphens anywhere"),
    ("--@example.org", "--@example.org", "RFC 5322 3.2.3: hyphens anywhere"),
    ("customer/department=shipping@example.com", "customer/department=shipping@example.com", "RFC 3696 3"),
    ("$A12345@example.com", "$a12345@example.com", "RFC 3696 3"),
    ("!def!xyz%abc@example.com", "!def!xyz%abc@example.com", "RFC 3696 3"),
    ("_somename@example.com", "_somename@example.com", "RFC 3696 3"),
    ("user+mailbox@example.com", "user+mailbox@example.com", "RFC 3696 3; unknown provider keeps the tag"),
    ("+tag@example.com", "+tag@example.com", "unknown provider: not a tag"),
    ("a+b+c@example.com", "a+b+c@example.com", "unknown provider: not a tag"),
    ("a-b@example.com", "a-b@example.com", "unknown provider: not a tag"),
    ("a.b@example.com", "a.b@example.com", "unknown provider: dots count"),
    // Trimming: specification.md#email-addresses.
    (" jan@barasek.com", "jan@barasek.com", "trimmed"),
    ("jan@barasek.com ", "jan@barasek.com", "trimmed"),
    ("\tjan@barasek.com\t", "jan@barasek.com", "trimmed"),
    (" \t \tjan@barasek.com\t \t ", "jan@barasek.com", "trimmed"),
    // Case: specification.md#email-addresses.
    ("JAN@BARASEK.COM", "jan@barasek.com", "lower case"),
    ("Jan.Barasek@Barasek.Com", "jan.barasek@barasek.com", "lower case"),
    ("JAN@example.com", "jan@example.com", "lower case"),
    ("jan@EXAMPLE.com", "jan@example.com", "lower case"),
    // Domains: STD 3, RFC 1123 2.1.
    ("jan@123.com", "jan@123.com", "RFC 1123 2.1: a label may begin with a digit"),
    ("jan@1.2.3.cz", "jan@1.2.3.cz", "RFC 1123 2.1"),
    ("jan@3com.com", "jan@3com.com", "RFC 1123 2.1"),
    ("jan@163.com", "jan@163.com", "RFC 1123 2.1"),
    ("jan@a-b.com", "jan@a-b.com", "RFC 952"),
    ("jan@a-b-c.com", "jan@a-b-c.com", "RFC 952"),
    ("jan@a--b.com", "jan@a--b.com", "UTS-46 4.1: hyphens second and third"),
    ("jan@abc--d.com", "jan@abc--d.com", "UTS-46 4.1: hyphens fourth and fifth"),
    ("jan@x.y.z.example.com", "jan@x.y.z.example.com", "many labels"),
    ("jan@a.b", "jan@a.b", "one-letter top label"),
    ("jan@example.c1", "jan@example.c1", "not all-numeric"),
    ("jan@example.1c", "jan@example.1c", "not all-numeric"),
    ("jan@example.1-2", "jan@example.1-2", "a hyphen makes it no number"),
    ("jan@example.museum", "jan@example.museum", "long top-level domain"),
    ("jan@example.photography", "jan@example.photography", "long top-level domain"),
    // Special-use names: specification.md#email-addresses.
    ("jan@example.test", "jan@example.test", "specification.md#email-addresses; RFC 6761"),
    ("jan@example.invalid", "jan@example.invalid", "specification.md#email-addresses; RFC 6761"),
    ("jan@mail.localhost", "jan@mail.localhost", "specification.md#email-addresses; RFC 6761"),
    ("jan@example.org", "jan@example.org", "specification.md#email-addresses; RFC 2606"),
    ("jan@printer.local", "jan@printer.local", "specification.md#email-addresses; RFC 6762"),
    // International local parts: RFC 6531.
    ("用户@example.com", "用户@example.com", "RFC 6531; Chinese"),
    ("अजय@example.com", "अजय@example.com", "RFC 6531; Hindi"),
    ("квіточка@example.com", "квіточка@example.com", "RFC 6531; Ukrainian"),
    ("χρήστης@example.com", "χρήστης@example.com", "RFC 6531; Greek"),
    ("dörte@example.com", "dörte@example.com", "RFC 6531; German"),
    ("коля@example.com", "коля@example.com", "RFC 6531; Russian"),
    ("žluťoučký.kůň@example.cz", "žluťoučký.kůň@example.cz", "RFC 6531; Czech"),
    ("ŽLUŤOUČKÝ.KŮŇ@example.cz", "žluťoučký.kůň@example.cz", "RFC 6531; Czech, lower case"),
    ("ДЖОН@example.com", "джон@example.com", "RFC 6531; lower case"),
    ("josé.arrañoça@example.com", "josé.arrañoça@example.com", "RFC 6531; Spanish"),
    ("井上@example.com", "井上@example.com", "RFC 6531; Japanese"),
    ("이메일@example.com", "이메일@example.com", "RFC 6531; Korean"),
    ("بريد@example.com", "بريد@example.com", "RFC 6531; Arabic"),
    ("דואר@example.com", "דואר@example.com", "RFC 6531; Hebrew"),
    ("อีเมล@example.com", "อีเมล@example.com", "RFC 6531; Thai with vowel signs"),
    ("👍@example.com", "👍@example.com", "RFC 6531: symbols"),
    ("jan👍@example.com", "jan👍@example.com", "RFC 6531: symbols"),
    ("x²@example.com", "x²@example.com", "NFC keeps compatibility characters"),
    ("ﬁ@example.com", "ﬁ@example.com", "NFC keeps compatibility characters"),
    ("ｊａｎ@example.com", "ｊａｎ@example.com", "NFC keeps full-width letters in the local part"),
    ("ＪＡＮ@example.com", "ｊａｎ@example.com", "full-width letters have a lower case"),
    ("straße@example.com", "straße@example.com", "lower case keeps ß"),
    ("STRAẞE@example.com", "straße@example.com", "U+1E9E has the lower case ß"),
    ("ΟΔΥΣΣΕΥΣ@example.com", "οδυσσευς@example.com", "Unicode 3.13: final sigma"),
    (
        "ΑΣ.Β@example.com",
        "ασ.β@example.com",
        "Unicode 3.13: a dot is case-ignorable, so the sigma is not final",
    ),
    ("İ@example.com", "i\u{307}@example.com", "Unicode SpecialCasing: U+0130"),
    ("K@example.com", "k@example.com", "NFC: the Kelvin sign is K"),
    ("Å@example.com", "å@example.com", "NFC: the Ångström sign is Å"),
    ("a\u{301}@example.com", "\u{e1}@example.com", "NFC composes"),
    ("A\u{301}@example.com", "\u{e1}@example.com", "NFC composes, then lower case"),
    ("ﾃﾞ@example.com", "ﾃﾞ@example.com", "NFC keeps half-width marks, which are letters"),
    ("\u{1100}\u{1161}@example.com", "가@example.com", "NFC composes Hangul"),
    ("a.\u{301}b@example.com", "a.\u{301}b@example.com", "a mark leads nothing after the first character"),
    ("a\u{338}@example.com", "a\u{338}@example.com", "a mark that composes with nothing"),
    ("a<\u{338}b@example.com", "a≮b@example.com", "NFC first: it is U+226E, no angle bracket"),
    ("x\u{fffd}@example.com", "x\u{fffd}@example.com", "a visible symbol (So)"),
    // IDN domains: UTS-46, RFC 5891.
    ("jan@háčkyčárky.cz", "jan@xn--hkyrky-ptac70bc.cz", "RFC 5891; the registry's test domain"),
    ("jan@HÁČKYČÁRKY.CZ", "jan@xn--hkyrky-ptac70bc.cz", "UTS-46 4: mapped to lower case"),
    ("jan@xn--hkyrky-ptac70bc.cz", "jan@xn--hkyrky-ptac70bc.cz", "RFC 5890: an A-label"),
    ("jan@XN--HKYRKY-PTAC70BC.CZ", "jan@xn--hkyrky-ptac70bc.cz", "UTS-46 4: an A-label in capitals"),
    ("jan@bücher.example", "jan@xn--bcher-kva.example", "RFC 3492"),
    ("jan@bu\u{308}cher.example", "jan@xn--bcher-kva.example", "UTS-46 4: NFC"),
    ("jan@faß.de", "jan@xn--fa-hia.de", "UTS-46 2.3: deviation characters are kept"),
    ("jan@fass.de", "jan@fass.de", "UTS-46 2.3: another domain"),
    ("jan@STRAẞE.de", "jan@xn--strae-oqa.de", "UTS-46 rev 31: U+1E9E is mapped to ß"),
    ("jan@βόλος.com", "jan@xn--nxasmm1c.com", "UTS-46 2.3: final sigma is kept"),
    ("jan@ΒΌΛΟΣ.com", "jan@xn--nxasmq6b.com", "UTS-46 4: capital sigma is mapped to σ"),
    ("jan@例え.テスト", "jan@xn--r8jz45g.xn--zckzah", "IANA test domains"),
    ("jan@пример.испытание", "jan@xn--e1afmkfd.xn--80akhbyknj4f", "IANA test domains"),
    ("jan@مثال.إختبار", "jan@xn--mgbh0fb.xn--kgbechtv", "IANA test domains; RFC 5893 bidi"),
    ("jan@उदाहरण.परीक्षा", "jan@xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g", "IANA test domains"),
    ("用户@例え.テスト", "用户@xn--r8jz45g.xn--zckzah", "RFC 6531 both sides"),
    ("jan@ＥＸＡＭＰＬＥ.com", "jan@example.com", "UTS-46 4: full-width letters are mapped"),
    ("jan@example。com", "jan@example.com", "UTS-46 4: U+3002"),
    ("jan@example．com", "jan@example.com", "UTS-46 4: U+FF0E"),
    ("jan@example｡com", "jan@example.com", "UTS-46 4: U+FF61"),
    ("jan@exam\u{ad}ple.com", "jan@example.com", "UTS-46 4: the soft hyphen is ignored"),
    ("jan@exam\u{200b}ple.com", "jan@example.com", "UTS-46 4: U+200B is ignored"),
    ("jan@exam\u{2060}ple.com", "jan@example.com", "UTS-46 4: U+2060 is ignored"),
    ("jan@①②.com", "jan@12.com", "UTS-46 4: circled digits are mapped"),
    ("jan@ﬁ.com", "jan@fi.com", "UTS-46 4: ligatures are mapped"),
    ("jan@☃.net", "jan@xn--n3h.net", "UTS-46 takes symbols, IDNA2008 does not"),
    ("jan@i❤.ws", "jan@xn--i-7iq.ws", "UTS-46 takes symbols, IDNA2008 does not"),
    ("jan@क्\u{200d}ष.com", "jan@xn--11b2ezcw70k.com", "RFC 5892 A.2: a joiner after a virama"),
    ("jan@a.xn--fiqs8s", "jan@a.xn--fiqs8s", "an IDN top-level domain"),
    ("jan@例.中国", "jan@xn--fsq.xn--fiqs8s", "an IDN top-level domain"),
];

/// Input, normalized form, canonical form, source.
pub(crate) const PROVIDERS: &[(&str, &str, &str, &str)] = &[
    // Gmail
    (
        "janbarasek@gmail.com",
        "janbarasek@gmail.com",
        "janbarasek@gmail.com",
        "specification.md#email-addresses",
    ),
    (
        "jan.barasek@gmail.com",
        "jan.barasek@gmail.com",
        "janbarasek@gmail.com",
        "support.google.com 7436150: dots",
    ),
    (
        "j.a.n.b.a.r.a.s.e.k@gmail.com",
        "j.a.n.b.a.r.a.s.e.k@gmail.com",
        "janbarasek@gmail.com",
        "support.google.com 7436150",
    ),
    ("Jan.Barasek@Gmail.com", "jan.barasek@gmail.com", "janbarasek@gmail.com", "support.google.com 7436150"),
    ("jan+shop@gmail.com", "jan+shop@gmail.com", "jan@gmail.com", "support.google.com 22370: tags"),
    ("jan+shop+more@gmail.com", "jan+shop+more@gmail.com", "jan@gmail.com", "the first plus separates"),
    ("a+@gmail.com", "a+@gmail.com", "a@gmail.com", "specification.md#email-addresses"),
    ("a++@gmail.com", "a++@gmail.com", "a@gmail.com", "specification.md#email-addresses"),
    ("j.a.n+a.b.c@gmail.com", "j.a.n+a.b.c@gmail.com", "jan@gmail.com", "dots and tag"),
    ("a.+b@gmail.com", "a.+b@gmail.com", "a@gmail.com", "dots and tag"),
    ("jan@googlemail.com", "jan@googlemail.com", "jan@gmail.com", "specification.md#email-addresses"),
    ("j.a.n+x@GoogleMail.com", "j.a.n+x@googlemail.com", "jan@gmail.com", "specification.md#email-addresses"),
    ("a-b@gmail.com", "a-b@gmail.com", "a-b@gmail.com", "a hyphen is no tag there"),
    ("a_b@gmail.com", "a_b@gmail.com", "a_b@gmail.com", "an underscore is no tag there"),
    ("jan@ＧＭＡＩＬ.com", "jan@gmail.com", "jan@gmail.com", "the rule looks at the A-labels"),
    ("j.an@gmail。com", "j.an@gmail.com", "jan@gmail.com", "the rule looks at the A-labels"),
    (
        "\u{1100}.\u{1161}@gmail.com",
        "\u{1100}.\u{1161}@gmail.com",
        "가@gmail.com",
        "NFC once the dot is gone",
    ),
    // Not Gmail
    ("j.a.n@gmail.co", "j.a.n@gmail.co", "j.a.n@gmail.co", "another domain"),
    ("j.a.n@gmail.cz", "j.a.n@gmail.cz", "j.a.n@gmail.cz", "another domain"),
    (
        "j.a.n+x@mail.gmail.com",
        "j.a.n+x@mail.gmail.com",
        "j.a.n+x@mail.gmail.com",
        "a subdomain is another domain",
    ),
    ("j.a.n+x@notgmail.com", "j.a.n+x@notgmail.com", "j.a.n+x@notgmail.com", "another domain"),
    ("j.a.n+x@gmail.com.evil.cz", "j.a.n+x@gmail.com.evil.cz", "j.a.n+x@gmail.com.evil.cz", "another domain"),
    ("j.a.n+x@gmaıl.com", "j.a.n+x@xn--gmal-nza.com", "j.a.n+x@xn--gmal-nza.com", "it merely looks alike"),
    // Microsoft
    (
        "j.an+x@outlook.com",
        "j.an+x@outlook.com",
        "j.an@outlook.com",
        "learn.microsoft.com plus addressing; dots count",
    ),
    ("jan+x@hotmail.com", "jan+x@hotmail.com", "jan@hotmail.com", "specification.md#email-addresses"),
    ("jan+x@live.com", "jan+x@live.com", "jan@live.com", "specification.md#email-addresses"),
    ("jan+x@msn.com", "jan+x@msn.com", "jan@msn.com", "specification.md#email-addresses"),
    ("jan+x@hotmail.co.uk", "jan+x@hotmail.co.uk", "jan@hotmail.co.uk", "country domains"),
    ("jan+x@outlook.de", "jan+x@outlook.de", "jan@outlook.de", "country domains"),
    ("jan+x@outlook.cz", "jan+x@outlook.cz", "jan@outlook.cz", "country domains"),
    ("jan+x@hotmail.cz", "jan+x@hotmail.cz", "jan@hotmail.cz", "country domains"),
    ("jan+x@hotmail.fr", "jan+x@hotmail.fr", "jan@hotmail.fr", "country domains"),
    ("jan+x@hotmail.com.br", "jan+x@hotmail.com.br", "jan@hotmail.com.br", "country domains"),
    ("jan+x@outlook.com.au", "jan+x@outlook.com.au", "jan@outlook.com.au", "country domains"),
    ("jan+x@outlook.co.th", "jan+x@outlook.co.th", "jan@outlook.co.th", "country domains"),
    ("jan+x@live.nl", "jan+x@live.nl", "jan@live.nl", "country domains"),
    ("jan+x@live.co.uk", "jan+x@live.co.uk", "jan@live.co.uk", "country domains"),
    ("jan-x@outlook.com", "jan-x@outlook.com", "jan-x@outlook.com", "a hyphen is no tag there"),
    ("a.+x@outlook.com", "a.+x@outlook.com", "a@outlook.com", "no mailbox ends in a dot"),
    ("jan+x@hotmail.evil.com", "jan+x@hotmail.evil.com", "jan+x@hotmail.evil.com", "another domain"),
    ("jan+x@hotmail.co.evil", "jan+x@hotmail.co.evil", "jan+x@hotmail.co.evil", "another domain"),
    (
        "jan+x@hotmail.com.evil.com",
        "jan+x@hotmail.com.evil.com",
        "jan+x@hotmail.com.evil.com",
        "another domain",
    ),
    ("jan+x@hotmail.xx", "jan+x@hotmail.xx", "jan+x@hotmail.xx", "no such country (IANA root zone)"),
    ("jan+x@hotmail.net", "jan+x@hotmail.net", "jan+x@hotmail.net", "no country"),
    ("jan+x@myhotmail.com", "jan+x@myhotmail.com", "jan+x@myhotmail.com", "another domain"),
    (
        "jan+x@mail.hotmail.com",
        "jan+x@mail.hotmail.com",
        "jan+x@mail.hotmail.com",
        "a subdomain is another domain",
    ),
    ("jan+x@msn.de", "jan+x@msn.de", "jan+x@msn.de", "specification.md#email-addresses names msn.com alone"),
    // Yahoo
    ("jan-x@yahoo.com", "jan-x@yahoo.com", "jan@yahoo.com", "help.yahoo.com: disposable addresses"),
    ("jan-x-y@yahoo.com", "jan-x-y@yahoo.com", "jan@yahoo.com", "the first hyphen separates"),
    ("jan+x@yahoo.com", "jan+x@yahoo.com", "jan+x@yahoo.com", "-tag alone"),
    ("j.an@yahoo.com", "j.an@yahoo.com", "j.an@yahoo.com", "dots count"),
    ("jan-@yahoo.com", "jan-@yahoo.com", "jan@yahoo.com", "an empty tag"),
    ("jan-x@ymail.com", "jan-x@ymail.com", "jan@ymail.com", "help.yahoo.com"),
    ("jan-x@rocketmail.com", "jan-x@rocketmail.com", "jan@rocketmail.com", "help.yahoo.com"),
    ("jan-x@yahoo.co.uk", "jan-x@yahoo.co.uk", "jan@yahoo.co.uk", "help.yahoo.com"),
    ("jan-x@yahoo.fr", "jan-x@yahoo.fr", "jan@yahoo.fr", "help.yahoo.com"),
    ("jan-x@yahoo.co.jp", "jan-x@yahoo.co.jp", "jan-x@yahoo.co.jp", "Yahoo Japan is another company"),
    // Apple
    ("jan+x@icloud.com", "jan+x@icloud.com", "jan@icloud.com", "specification.md#email-addresses"),
    ("jan+x@me.com", "jan+x@me.com", "jan@me.com", "the domain keeps its name"),
    ("jan+x@mac.com", "jan+x@mac.com", "jan@mac.com", "specification.md#email-addresses"),
    ("j.an@icloud.com", "j.an@icloud.com", "j.an@icloud.com", "dots count"),
    ("jan+x@me.cz", "jan+x@me.cz", "jan+x@me.cz", "another domain"),
    // Proton
    ("jan+x@proton.me", "jan+x@proton.me", "jan@proton.me", "specification.md#email-addresses"),
    (
        "jan+x@protonmail.com",
        "jan+x@protonmail.com",
        "jan@protonmail.com",
        "specification.md#email-addresses",
    ),
    ("jan+x@pm.me", "jan+x@pm.me", "jan@pm.me", "specification.md#email-addresses"),
    ("j.an@proton.me", "j.an@proton.me", "j.an@proton.me", "+tag alone"),
    // Fastmail
    ("jan+x@fastmail.com", "jan+x@fastmail.com", "jan@fastmail.com", "specification.md#email-addresses"),
    ("jan+x@fastmail.fm", "jan+x@fastmail.fm", "jan@fastmail.fm", "specification.md#email-addresses"),
    (
        "x@jan.fastmail.com",
        "x@jan.fastmail.com",
        "x@jan.fastmail.com",
        "specification.md#email-addresses names +tag alone",
    ),
    // Yandex
    ("jan+x@yandex.ru", "jan+x@yandex.ru", "jan@yandex.ru", "specification.md#email-addresses"),
    ("jan+x@yandex.com", "jan+x@yandex.com", "jan@yandex.com", "specification.md#email-addresses"),
    ("jan+x@ya.ru", "jan+x@ya.ru", "jan@ya.ru", "specification.md#email-addresses"),
    ("jan+x@yandex.com.tr", "jan+x@yandex.com.tr", "jan@yandex.com.tr", "yandex.*"),
    ("jan+x@yandex.kz", "jan+x@yandex.kz", "jan@yandex.kz", "yandex.*"),
    ("jan+x@yandex.by", "jan+x@yandex.by", "jan@yandex.by", "yandex.*"),
    ("jan-x@yandex.ru", "jan-x@yandex.ru", "jan-x@yandex.ru", "+tag alone"),
    ("jan+x@yandex.evil.com", "jan+x@yandex.evil.com", "jan+x@yandex.evil.com", "another domain"),
    ("jan+x@ya.com", "jan+x@ya.com", "jan+x@ya.com", "another domain"),
    // Nobody known
    ("jan+x@seznam.cz", "jan+x@seznam.cz", "jan+x@seznam.cz", "unknown provider"),
    ("jan-x@centrum.cz", "jan-x@centrum.cz", "jan-x@centrum.cz", "unknown provider"),
    ("j.an+x@example.com", "j.an+x@example.com", "j.an+x@example.com", "unknown provider"),
];

#[test]
fn plain_addresses() {
    for (input, normalized, source) in PLAIN {
        let email =
            EmailAddress::parse(input).unwrap_or_else(|error| panic!("{input:?}: {error} ({source})"));
        assert_eq!(email.normalized(), *normalized, "{input:?} ({source})");
        assert_eq!(email.canonical(), *normalized, "{input:?} ({source})");
        assert!(email.canonical_rule().is_none(), "{input:?} ({source})");
    }
}

#[test]
fn provider_addresses() {
    for (input, normalized, canonical, source) in PROVIDERS {
        let email =
            EmailAddress::parse(input).unwrap_or_else(|error| panic!("{input:?}: {error} ({source})"));
        assert_eq!(email.normalized(), *normalized, "{input:?} ({source})");
        assert_eq!(email.canonical(), *canonical, "{input:?} ({source})");
        assert_eq!(email.canonical_rule().is_some(), normalized != canonical, "{input:?} ({source})");
    }
}

#[test]
fn the_edges_of_every_length() {
    let label = "a".repeat(63);
    let local = "l".repeat(64);
    for input in [
        format!("{local}@example.com"),
        format!("jan@{label}.com"),
        // 64 + 1 + 63 + 1 + 63 + 1 + 61 = 254
        format!("{local}@{label}.{label}.{}", "b".repeat(61)),
        // 1 + 1 + 252 = 254
        format!("x@{label}.{label}.{label}.{}", "b".repeat(60)),
        // Measured on the normalized form: white space does not count, and full-width letters
        // become one octet each.
        format!("   {local}@{label}.{label}.{}   ", "b".repeat(61)),
        format!("jan@{}.com", "ａ".repeat(63)),
        // 32 times e and U+0301 is 96 octets, 64 in NFC.
        format!("{}@example.com", "e\u{301}".repeat(32)),
        // As an A-label it has `xn--`, `tda` and 56 more: 63 octets.
        format!("jan@{}.com", "ü".repeat(57)),
    ] {
        let email = EmailAddress::parse(&input).unwrap_or_else(|error| panic!("{input}: {error}"));
        assert!(email.normalized().len() <= 254);
    }
}

#[test]
fn parts_and_forms() {
    let email = EmailAddress::parse("Jan.Barášek@Háčky.cz").unwrap();
    assert_eq!(email.local_part(), "jan.barášek");
    assert_eq!(email.domain(), "xn--hky-ela4t.cz");
    assert_eq!(email.domain_unicode(), "háčky.cz");
    assert_eq!(email.to_unicode(), "jan.barášek@háčky.cz");
    assert_eq!(email.to_string(), "jan.barášek@xn--hky-ela4t.cz");
    assert_eq!(email.masked().to_string(), "j***@xn--hky-ela4t.cz");
    assert_eq!(format!("{email:?}"), "EmailAddress(j***@xn--hky-ela4t.cz)");
    assert_eq!(email.clone().into_normalized(), email.normalized());
    let plain = EmailAddress::parse("x@example.com").unwrap();
    assert_eq!(plain.to_unicode(), "x@example.com");
    assert_eq!(plain.masked().to_string(), "x***@example.com");
    assert_eq!(EmailAddress::parse("žofie@example.com").unwrap().masked().to_string(), "ž***@example.com");
}

#[test]
fn equality_is_of_the_address_and_not_of_the_mailbox() {
    let [a, b, c] = ["jan+x@gmail.com", "JAN+X@gmail.com", "jan@googlemail.com"]
        .map(|text| EmailAddress::parse(text).unwrap());
    assert_eq!(a, b);
    assert_ne!(a, c);
    assert!(a.same_mailbox(&c) && c.same_mailbox(&a) && a.same_mailbox(&a));
    assert!(!a.same_mailbox(&EmailAddress::parse("jan@gmail.cz").unwrap()));
}

#[test]
fn conversions() {
    let text = "jan@example.com";
    let parsed: EmailAddress = text.parse().unwrap();
    assert_eq!(EmailAddress::try_from(text), Ok(parsed.clone()));
    assert_eq!(EmailAddress::try_from(text.to_owned()), Ok(parsed));
}
