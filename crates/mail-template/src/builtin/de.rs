use super::{Changed, Phrases, Reset};

pub(super) const PHRASES: Phrases = Phrases {
    language: "de",
    greeting: "Guten Tag{% if customerName %} {{ customerName }}{% endif %},",
    reset: Reset {
        subject: "Neues Passwort festlegen – {{ organisationName }}",
        preheader: "Der Link ist gültig bis: {{ expiresAt }}.",
        title: "Neues Passwort festlegen",
        intro: "für Ihr Konto bei {{ organisationName }} wurde ein neues Passwort angefordert.",
        action: "Über diese Schaltfläche legen Sie es fest:",
        button: "Neues Passwort festlegen",
        action_text: "Unter dieser Adresse legen Sie es fest:",
        validity: "Der Link ist gültig bis: {{ expiresAt }}. Er kann nur einmal verwendet werden.",
        origin: "Ort der Anfrage: {{ requestedFrom }}",
        unwanted: "Falls Sie kein neues Passwort angefordert haben, müssen Sie nichts tun – Ihr Passwort bleibt unverändert.",
        cancel: "Das war ich nicht, Link ungültig machen",
        cancel_text: "Falls Sie das nicht waren, können Sie den Link hier ungültig machen:",
        fallback: "Falls die Schaltfläche nicht funktioniert, kopieren Sie bitte diese Adresse in Ihren Browser:",
    },
    changed: Changed {
        subject: "Ihr Passwort wurde geändert – {{ organisationName }}",
        preheader: "Falls Sie es nicht selbst geändert haben, lesen Sie bitte weiter.",
        title: "Ihr Passwort wurde geändert",
        intro: "das Passwort Ihres Kontos bei {{ organisationName }} wurde geändert.",
        when: "Zeitpunkt: {{ changedAt }}",
        origin: "Ort: {{ requestedFrom }}",
        sessions: "Wir haben Sie auf allen Geräten abgemeldet. Bitte melden Sie sich mit dem neuen Passwort an.",
        unwanted: "Falls Sie es nicht selbst geändert haben, legen Sie bitte sofort über „Passwort vergessen“ ein neues fest und wenden Sie sich an uns.",
    },
};
