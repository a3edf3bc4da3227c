use super::{Changed, Phrases, Reset};

pub(super) const PHRASES: Phrases = Phrases {
    language: "en",
    greeting: "Hello{% if customerName %} {{ customerName }}{% endif %},",
    reset: Reset {
        subject: "Set a new password – {{ organisationName }}",
        preheader: "The link is valid until {{ expiresAt }}.",
        title: "Set a new password",
        intro: "We received a request to set a new password for your {{ organisationName }} account.",
        action: "To set it, please click the button:",
        button: "Set a new password",
        action_text: "You can set it at this address:",
        validity: "The link is valid until {{ expiresAt }} and can be used only once.",
        origin: "Where the request came from: {{ requestedFrom }}",
        unwanted: "If you did not ask for a new password, you need not do anything: your password stays as it is.",
        cancel: "This was not me, cancel the link",
        cancel_text: "If this was not you, you can cancel the link here:",
        fallback: "If the button does not work, copy this address into your browser:",
    },
    changed: Changed {
        subject: "Your password was changed – {{ organisationName }}",
        preheader: "If it was not you who changed it, please read on.",
        title: "Your password was changed",
        intro: "The password of your account at {{ organisationName }} was changed.",
        when: "Time of the change: {{ changedAt }}",
        origin: "Place: {{ requestedFrom }}",
        sessions: "We have signed you out on all devices. Please sign in with your new password.",
        unwanted: "If it was not you who changed it, please set a new one right away through “Forgotten password” and contact us.",
    },
};
