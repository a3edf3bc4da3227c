use super::{Changed, Phrases, Reset};

pub(super) const PHRASES: Phrases = Phrases {
    language: "sk",
    greeting: "Dobrý deň,",
    reset: Reset {
        subject: "Nastavenie nového hesla – {{ organisationName }}",
        preheader: "Odkaz platí do: {{ expiresAt }}.",
        title: "Nastavenie nového hesla",
        intro: "v službe {{ organisationName }} sme{% if customerName %} pre účet na meno {{ customerName }}{% endif %} dostali žiadosť o nové heslo.",
        action: "Nové heslo si nastavíte kliknutím na tlačidlo:",
        button: "Nastaviť nové heslo",
        action_text: "Nové heslo si nastavíte na tejto adrese:",
        validity: "Odkaz platí do: {{ expiresAt }}. Použiť ho možno iba raz.",
        origin: "Odkiaľ žiadosť prišla: {{ requestedFrom }}",
        unwanted: "Ak ste o nové heslo nežiadali, nemusíte robiť nič – Vaše heslo zostáva bez zmeny.",
        cancel: "Nebola to moja žiadosť, zrušiť odkaz",
        cancel_text: "Ak to nebola Vaša žiadosť, odkaz zrušíte tu:",
        fallback: "Ak tlačidlo nefunguje, skopírujte túto adresu do prehliadača:",
    },
    changed: Changed {
        subject: "Vaše heslo bolo zmenené – {{ organisationName }}",
        preheader: "Ak ste heslo nezmenili Vy, čítajte, prosím, ďalej.",
        title: "Vaše heslo bolo zmenené",
        intro: "heslo k Vášmu účtu{% if customerName %} na meno {{ customerName }}{% endif %} v službe {{ organisationName }} bolo zmenené.",
        when: "Čas zmeny: {{ changedAt }}",
        origin: "Miesto: {{ requestedFrom }}",
        sessions: "Na všetkých zariadeniach sme Vás odhlásili. Prihláste sa, prosím, novým heslom.",
        unwanted: "Ak ste heslo nezmenili Vy, ihneď si, prosím, nastavte nové cez „Zabudnuté heslo“ a kontaktujte nás.",
    },
};
