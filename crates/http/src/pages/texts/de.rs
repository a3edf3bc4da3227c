use super::{Notice, Texts};

pub(super) const TEXTS: Texts = Texts {
    language: "de",
    form_title: "Neues Passwort festlegen",
    form_lead: "Wählen Sie ein neues Passwort für Ihr Konto bei {org}.",
    password: "Neues Passwort",
    confirmation: "Neues Passwort wiederholen",
    show: "Anzeigen",
    hide: "Verbergen",
    rules: "Das Passwort braucht",
    submit: "Passwort festlegen",
    not_me_link: "Ich habe das nicht angefordert",
    error_prefix: "Fehler",
    broken_rules: "Das Passwort erfüllt die Regeln noch nicht. Es braucht:",
    mismatch: "Die beiden Passwörter stimmen nicht überein. Bitte geben Sie sie noch einmal ein.",
    used_before: "Dieses Passwort haben Sie schon einmal verwendet. Bitte wählen Sie ein anderes.",
    ours: "Bei uns ist ein Fehler aufgetreten, das Passwort wurde nicht geändert. Ihr Link ist weiterhin gültig: Bitte versuchen Sie es gleich noch einmal.",
    busy: "Gerade werden zu viele Passwörter gesetzt, Ihres wurde nicht geändert. Ihr Link gilt weiterhin: Bitte versuchen Sie es gleich noch einmal.",
    changed: Notice {
        title: "Ihr Passwort wurde geändert",
        text: "Sie können sich jetzt mit dem neuen Passwort anmelden. Auf allen anderen Geräten wurden Sie abgemeldet; eine Bestätigung haben wir Ihnen per E-Mail geschickt.",
    },
    expired: Notice {
        title: "Dieser Link ist abgelaufen",
        text: "Zu Ihrer Sicherheit gilt ein Link nur für begrenzte Zeit. Lassen Sie sich einen neuen schicken.",
    },
    used: Notice {
        title: "Dieser Link wurde schon verwendet",
        text: "Ein Link gilt nur einmal. Wenn Sie Ihr Passwort noch einmal ändern möchten, lassen Sie sich einen neuen schicken.",
    },
    superseded: Notice {
        title: "Dieser Link ist nicht mehr gültig",
        text: "Er wurde ersetzt oder zurückgezogen. Wenn Sie eine neuere E-Mail von uns haben, verwenden Sie den Link darin, oder lassen Sie sich einen neuen schicken.",
    },
    unknown: Notice {
        title: "Dieser Link ist ungültig",
        text: "Vielleicht wurde die Adresse beim Kopieren abgeschnitten: Öffnen Sie den Link direkt aus der E-Mail. Hilft das nicht, fordern Sie dort, wo Sie sich anmelden, ein neues Passwort an.",
    },
    resend_button: "Neuen Link schicken",
    resend_hint: "Er geht an die E-Mail-Adresse Ihres Kontos.",
    resend_done: Notice {
        title: "Sehen Sie in Ihr Postfach",
        text: "Ein neuer Link ist unterwegs an die E-Mail-Adresse Ihres Kontos. Wenn er in einigen Minuten nicht da ist, sehen Sie bitte auch im Spam-Ordner nach.",
    },
    not_me: Notice {
        title: "Sie haben kein neues Passwort angefordert?",
        text: "Ziehen Sie die Anforderung zurück, dann kann niemand ihren Link mehr verwenden. Ihr Passwort bleibt, wie es ist.",
    },
    not_me_button: "Anforderung zurückziehen",
    not_me_back: "Das war ich: neues Passwort festlegen",
    cancelled: Notice {
        title: "Die Anforderung wurde zurückgezogen",
        text: "Ihr Link funktioniert nicht mehr. Ihr Passwort bleibt, wie es ist; Sie müssen nichts weiter tun.",
    },
    too_many: Notice {
        title: "Zu viele Versuche",
        text: "Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.",
    },
    too_many_attempts: Notice {
        title: "Zu viele Versuche",
        text: "Mit diesem Link gab es zu viele Versuche. Er gilt weiterhin: Bitte warten Sie zehn Minuten und öffnen Sie ihn dann erneut.",
    },
    unavailable: Notice {
        title: "Diese Seite ist gerade nicht erreichbar",
        text: "Der Fehler liegt bei uns. Ihr Link ist nicht verloren: Bitte versuchen Sie es gleich noch einmal.",
    },
    not_understood: Notice {
        title: "Das hat nicht geklappt",
        text: "Das Formular kam nicht so bei uns an wie erwartet. Bitte öffnen Sie den Link aus der E-Mail noch einmal und wiederholen Sie Ihre Eingabe.",
    },
    at_least: "mindestens {n} Zeichen",
    at_most: "höchstens {n} Bytes (etwa so viele Buchstaben)",
    upper: "einen Großbuchstaben",
    lower: "einen Kleinbuchstaben",
    digit: "eine Ziffer",
    common: "etwas Ausgefalleneres: Dieses wird als eines der ersten geraten",
    nul: "kein NUL-Zeichen",
};
