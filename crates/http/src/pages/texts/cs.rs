use super::{Notice, Texts};

pub(super) const TEXTS: Texts = Texts {
    language: "cs",
    form_title: "Nastavení nového hesla",
    form_lead: "Zvolte si nové heslo ke svému účtu ve službě {org}.",
    password: "Nové heslo",
    confirmation: "Nové heslo znovu",
    show: "Zobrazit",
    hide: "Skrýt",
    rules: "Heslo musí obsahovat",
    submit: "Nastavit heslo",
    not_me_link: "O nové heslo jsem nežádal(a)",
    error_prefix: "Chyba",
    broken_rules: "Heslo zatím nesplňuje pravidla. Musí obsahovat:",
    mismatch: "Zadaná hesla se neshodují. Zadejte je prosím znovu.",
    used_before: "Toto heslo jste již používali. Zvolte si prosím jiné.",
    ours: "Na naší straně došlo k chybě a heslo se nezměnilo. Odkaz stále platí: zkuste to prosím za chvíli znovu.",
    busy: "Právě teď se nastavuje příliš mnoho hesel, to vaše se nezměnilo. Odkaz stále platí: zkuste to za chvíli znovu.",
    changed: Notice {
        title: "Vaše heslo bylo změněno",
        text: "Nyní se můžete přihlásit novým heslem. Na ostatních zařízeních jsme Vás odhlásili a potvrzení jsme Vám poslali e-mailem.",
    },
    expired: Notice {
        title: "Platnost odkazu vypršela",
        text: "Z bezpečnostních důvodů platí odkaz jen omezenou dobu. Nechte si poslat nový.",
    },
    used: Notice {
        title: "Odkaz již byl použit",
        text: "Každý odkaz lze použít jen jednou. Pokud chcete heslo změnit znovu, nechte si poslat nový.",
    },
    superseded: Notice {
        title: "Odkaz již neplatí",
        text: "Byl nahrazen novějším nebo zrušen. Pokud máte od nás novější e-mail, použijte odkaz z něj, nebo si nechte poslat nový.",
    },
    unknown: Notice {
        title: "Odkaz není platný",
        text: "Adresa se mohla při kopírování zkrátit: otevřete odkaz přímo z e-mailu. Pokud to nepomůže, požádejte o nové heslo na přihlašovací stránce.",
    },
    resend_button: "Poslat nový odkaz",
    resend_hint: "Přijde na e-mailovou adresu Vašeho účtu.",
    resend_done: Notice {
        title: "Zkontrolujte si e-mail",
        text: "Nový odkaz je na cestě na e-mailovou adresu Vašeho účtu. Pokud nepřijde během několika minut, podívejte se i do složky s nevyžádanou poštou.",
    },
    not_me: Notice {
        title: "Nežádali jste o nové heslo?",
        text: "Zrušte žádost a její odkaz už nikdo nebude moci použít. Vaše heslo zůstane beze změny.",
    },
    not_me_button: "Zrušit žádost",
    not_me_back: "Žádost je moje: nastavit nové heslo",
    cancelled: Notice {
        title: "Žádost byla zrušena",
        text: "Odkaz už nefunguje. Vaše heslo zůstává beze změny a nic dalšího nemusíte dělat.",
    },
    too_many: Notice {
        title: "Příliš mnoho pokusů", text: "Počkejte prosím minutu a zkuste to znovu."
    },
    too_many_attempts: Notice {
        title: "Příliš mnoho pokusů",
        text: "S tímto odkazem proběhlo příliš mnoho pokusů. Stále platí: počkejte deset minut a otevřete ho znovu.",
    },
    unavailable: Notice {
        title: "Stránku teď nelze otevřít",
        text: "Chyba je na naší straně. O odkaz jste nepřišli: zkuste to prosím za chvíli znovu.",
    },
    not_understood: Notice {
        title: "To se nepodařilo",
        text: "Formulář k nám nedorazil v očekávané podobě. Otevřete prosím odkaz z e-mailu znovu a zadání zopakujte.",
    },
    at_least: "nejméně {n} znaků",
    at_most: "nejvýše {n} bajtů (asi tolik písmen)",
    upper: "velké písmeno",
    lower: "malé písmeno",
    digit: "číslici",
    common: "něco méně obvyklého: toto heslo se zkouší mezi prvními",
    nul: "žádný znak NUL",
};
