use super::{Changed, Phrases, Reset};

pub(super) const PHRASES: Phrases = Phrases {
    language: "cs",
    greeting: "Dobrý den,",
    reset: Reset {
        subject: "Nastavení nového hesla – {{ organisationName }}",
        preheader: "Odkaz platí do: {{ expiresAt }}.",
        title: "Nastavení nového hesla",
        // "na jméno" takes the name as it is; a vocative cannot be derived from it.
        intro: "ve službě {{ organisationName }} jsme{% if customerName %} pro účet na jméno {{ customerName }}{% endif %} obdrželi žádost o nové heslo.",
        action: "Nové heslo si nastavíte kliknutím na tlačítko:",
        button: "Nastavit nové heslo",
        action_text: "Nové heslo si nastavíte na této adrese:",
        validity: "Odkaz platí do: {{ expiresAt }}. Použít ho lze jen jednou.",
        origin: "Odkud žádost přišla: {{ requestedFrom }}",
        unwanted: "Pokud jste o nové heslo nežádali, nemusíte nic dělat – Vaše heslo zůstává beze změny.",
        cancel: "Nebyla to moje žádost, zrušit odkaz",
        cancel_text: "Pokud to nebyla Vaše žádost, odkaz zrušíte zde:",
        fallback: "Pokud tlačítko nefunguje, zkopírujte tuto adresu do prohlížeče:",
    },
    changed: Changed {
        subject: "Vaše heslo bylo změněno – {{ organisationName }}",
        preheader: "Pokud jste heslo nezměnili Vy, čtěte prosím dál.",
        title: "Vaše heslo bylo změněno",
        intro: "heslo k Vašemu účtu{% if customerName %} na jméno {{ customerName }}{% endif %} ve službě {{ organisationName }} bylo změněno.",
        when: "Čas změny: {{ changedAt }}",
        origin: "Místo: {{ requestedFrom }}",
        sessions: "Na všech zařízeních jsme Vás odhlásili. Přihlaste se prosím novým heslem.",
        unwanted: "Pokud jste heslo nezměnili Vy, nastavte si prosím ihned nové přes „Zapomenuté heslo“ a kontaktujte nás.",
    },
};
