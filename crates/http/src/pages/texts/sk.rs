use super::{Notice, Texts};

pub(super) const TEXTS: Texts = Texts {
    language: "sk",
    form_title: "Nastavenie nového hesla",
    form_lead: "Zvoľte si nové heslo k svojmu účtu v službe {org}.",
    password: "Nové heslo",
    confirmation: "Nové heslo znova",
    show: "Zobraziť",
    hide: "Skryť",
    rules: "Heslo musí obsahovať",
    submit: "Nastaviť heslo",
    not_me_link: "O nové heslo som nežiadal(a)",
    error_prefix: "Chyba",
    broken_rules: "Heslo zatiaľ nespĺňa pravidlá. Musí obsahovať:",
    mismatch: "Zadané heslá sa nezhodujú. Zadajte ich, prosím, znova.",
    used_before: "Toto heslo ste už používali. Zvoľte si, prosím, iné.",
    ours: "Na našej strane nastala chyba a heslo sa nezmenilo. Odkaz stále platí: skúste to, prosím, o chvíľu znova.",
    busy: "Práve teraz sa nastavuje príliš veľa hesiel, to vaše sa nezmenilo. Odkaz stále platí: skúste to o chvíľu znova.",
    changed: Notice {
        title: "Vaše heslo bolo zmenené",
        text: "Teraz sa môžete prihlásiť novým heslom. Na ostatných zariadeniach sme Vás odhlásili a potvrdenie sme Vám poslali e-mailom.",
    },
    expired: Notice {
        title: "Platnosť odkazu vypršala",
        text: "Z bezpečnostných dôvodov platí odkaz len obmedzený čas. Nechajte si poslať nový.",
    },
    used: Notice {
        title: "Odkaz už bol použitý",
        text: "Každý odkaz možno použiť len raz. Ak chcete heslo zmeniť znova, nechajte si poslať nový.",
    },
    superseded: Notice {
        title: "Odkaz už neplatí",
        text: "Bol nahradený novším alebo zrušený. Ak máte od nás novší e-mail, použite odkaz z neho, alebo si nechajte poslať nový.",
    },
    unknown: Notice {
        title: "Odkaz nie je platný",
        text: "Adresa sa mohla pri kopírovaní skrátiť: otvorte odkaz priamo z e-mailu. Ak to nepomôže, požiadajte o nové heslo na prihlasovacej stránke.",
    },
    resend_button: "Poslať nový odkaz",
    resend_hint: "Príde na e-mailovú adresu Vášho účtu.",
    resend_done: Notice {
        title: "Skontrolujte si e-mail",
        text: "Nový odkaz je na ceste na e-mailovú adresu Vášho účtu. Ak nepríde v priebehu niekoľkých minút, pozrite sa aj do priečinka s nevyžiadanou poštou.",
    },
    not_me: Notice {
        title: "Nežiadali ste o nové heslo?",
        text: "Zrušte žiadosť a jej odkaz už nikto nebude môcť použiť. Vaše heslo zostane bez zmeny.",
    },
    not_me_button: "Zrušiť žiadosť",
    not_me_back: "Žiadosť je moja: nastaviť nové heslo",
    cancelled: Notice {
        title: "Žiadosť bola zrušená",
        text: "Odkaz už nefunguje. Vaše heslo zostáva bez zmeny a nič ďalšie nemusíte robiť.",
    },
    too_many: Notice {
        title: "Príliš veľa pokusov", text: "Počkajte, prosím, minútu a skúste to znova."
    },
    too_many_attempts: Notice {
        title: "Príliš veľa pokusov",
        text: "S týmto odkazom prebehlo príliš veľa pokusov. Stále platí: počkajte desať minút a otvorte ho znova.",
    },
    unavailable: Notice {
        title: "Stránku teraz nemožno otvoriť",
        text: "Chyba je na našej strane. O odkaz ste neprišli: skúste to, prosím, o chvíľu znova.",
    },
    not_understood: Notice {
        title: "To sa nepodarilo",
        text: "Formulár k nám neprišiel v očakávanej podobe. Otvorte, prosím, odkaz z e-mailu znova a zadanie zopakujte.",
    },
    at_least: "najmenej {n} znakov",
    at_most: "najviac {n} bajtov (asi toľko písmen)",
    upper: "veľké písmeno",
    lower: "malé písmeno",
    digit: "číslicu",
    common: "niečo menej obvyklé: toto heslo sa skúša medzi prvými",
    nul: "žiadny znak NUL",
};
