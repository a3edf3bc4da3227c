use super::{Changed, Phrases, Reset};

pub(super) const PHRASES: Phrases = Phrases {
    language: "pl",
    greeting: "Dzień dobry,",
    reset: Reset {
        subject: "Ustawienie nowego hasła – {{ organisationName }}",
        preheader: "Link jest ważny do: {{ expiresAt }}.",
        title: "Ustawienie nowego hasła",
        // The name stands in apposition, in quotes, since a vocative cannot be derived from it.
        intro: "w serwisie {{ organisationName }} otrzymaliśmy prośbę o ustawienie nowego hasła do {% if customerName %}konta „{{ customerName }}”{% else %}Państwa konta{% endif %}.",
        action: "Aby ustawić nowe hasło, prosimy kliknąć przycisk:",
        button: "Ustaw nowe hasło",
        action_text: "Nowe hasło można ustawić pod tym adresem:",
        validity: "Link jest ważny do: {{ expiresAt }}. Można go użyć tylko raz.",
        origin: "Skąd wysłano prośbę: {{ requestedFrom }}",
        unwanted: "Jeśli to nie Państwo prosili o nowe hasło, nie trzeba nic robić – dotychczasowe hasło pozostaje bez zmian.",
        cancel: "To nie była moja prośba, unieważnij link",
        cancel_text: "Jeśli to nie była Państwa prośba, link można unieważnić tutaj:",
        fallback: "Jeśli przycisk nie działa, prosimy skopiować ten adres do przeglądarki:",
    },
    changed: Changed {
        subject: "Hasło zostało zmienione – {{ organisationName }}",
        preheader: "Jeśli to nie Państwo zmienili hasło, prosimy czytać dalej.",
        title: "Hasło zostało zmienione",
        intro: "hasło do konta{% if customerName %} „{{ customerName }}”{% endif %} w serwisie {{ organisationName }} zostało zmienione.",
        when: "Czas zmiany: {{ changedAt }}",
        origin: "Miejsce: {{ requestedFrom }}",
        sessions: "Na wszystkich urządzeniach nastąpiło wylogowanie. Prosimy zalogować się nowym hasłem.",
        unwanted: "Jeśli to nie Państwo zmienili hasło, prosimy niezwłocznie ustawić nowe przez opcję „Nie pamiętam hasła” i skontaktować się z nami.",
    },
};
