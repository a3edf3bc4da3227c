use super::{Notice, Texts};

pub(super) const TEXTS: Texts = Texts {
    language: "en",
    form_title: "Set a new password",
    form_lead: "Choose a new password for your account at {org}.",
    password: "New password",
    confirmation: "New password again",
    show: "Show",
    hide: "Hide",
    rules: "The password needs",
    submit: "Set password",
    not_me_link: "I did not ask for this",
    error_prefix: "Error",
    broken_rules: "The password does not meet the rules yet. It needs:",
    mismatch: "The two passwords are not the same. Please type them again.",
    used_before: "You have used this password before. Please choose another one.",
    ours: "Something went wrong on our side and the password was not changed. Your link is still good: please try again in a moment.",
    busy: "Too many passwords are being set just now, so yours was not changed. Your link is still good: please try again in a moment.",
    changed: Notice {
        title: "Your password has been changed",
        text: "You can sign in with your new password now. You have been signed out everywhere else, and we have sent you a confirmation by e-mail.",
    },
    expired: Notice {
        title: "This link has expired",
        text: "For your safety a link works for a limited time only. Have a new one sent to you.",
    },
    used: Notice {
        title: "This link has been used",
        text: "A link works once. If you want to change your password again, have a new one sent to you.",
    },
    superseded: Notice {
        title: "This link is no longer valid",
        text: "It was replaced or cancelled. If there is a newer e-mail from us, use the link in that one, or have a new one sent to you.",
    },
    unknown: Notice {
        title: "This link is not valid",
        text: "The address may have been cut off while copying: open the link straight from the e-mail. If that does not help, ask for a new password where you sign in.",
    },
    resend_button: "Send me a new link",
    resend_hint: "It goes to the e-mail address of your account.",
    resend_done: Notice {
        title: "Check your mailbox",
        text: "A new link is on its way to the e-mail address of your account. If it is not there within a few minutes, look into the spam folder.",
    },
    not_me: Notice {
        title: "You did not ask for a new password?",
        text: "Cancel the request, and its link can no longer be used by anybody. Your password stays as it is.",
    },
    not_me_button: "Cancel the request",
    not_me_back: "It was me: set a new password",
    cancelled: Notice {
        title: "The request has been cancelled",
        text: "Its link no longer works. Your password stays as it is; there is nothing else for you to do.",
    },
    too_many: Notice { title: "Too many attempts", text: "Please wait a minute and then try again." },
    too_many_attempts: Notice {
        title: "Too many attempts",
        text: "This link has been tried too often. It is still good: please wait ten minutes and then open it again.",
    },
    unavailable: Notice {
        title: "We cannot open this page just now",
        text: "The error is on our side. Your link is not lost: please try again in a moment.",
    },
    not_understood: Notice {
        title: "This did not work",
        text: "The form did not reach us as we expected it. Please open the link from the e-mail again and repeat your entry.",
    },
    at_least: "at least {n} characters",
    at_most: "at most {n} bytes (about as many letters)",
    upper: "an upper-case letter",
    lower: "a lower-case letter",
    digit: "a digit",
    common: "something less common: this one is among the first that are guessed",
    nul: "no NUL character",
};
