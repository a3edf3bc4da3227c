use super::{Notice, Texts};

pub(super) const TEXTS: Texts = Texts {
    language: "pl",
    form_title: "Ustawianie nowego hasła",
    form_lead: "Wybierz nowe hasło do swojego konta w serwisie {org}.",
    password: "Nowe hasło",
    confirmation: "Powtórz nowe hasło",
    show: "Pokaż",
    hide: "Ukryj",
    rules: "Hasło musi zawierać",
    submit: "Ustaw hasło",
    not_me_link: "To nie ja prosiłem(-am) o nowe hasło",
    error_prefix: "Błąd",
    broken_rules: "Hasło nie spełnia jeszcze wymagań. Musi zawierać:",
    mismatch: "Podane hasła różnią się od siebie. Wpisz je ponownie.",
    used_before: "To hasło było już używane. Wybierz inne.",
    ours: "Wystąpił błąd po naszej stronie i hasło nie zostało zmienione. Link jest nadal ważny: spróbuj ponownie za chwilę.",
    busy: "Właśnie ustawianych jest zbyt wiele haseł, Twoje nie zostało zmienione. Link jest nadal ważny: spróbuj ponownie za chwilę.",
    changed: Notice {
        title: "Hasło zostało zmienione",
        text: "Możesz teraz zalogować się nowym hasłem. Na pozostałych urządzeniach nastąpiło wylogowanie, a potwierdzenie wysłaliśmy e-mailem.",
    },
    expired: Notice {
        title: "Link stracił ważność",
        text: "Ze względów bezpieczeństwa link działa tylko przez ograniczony czas. Poproś o nowy.",
    },
    used: Notice {
        title: "Link został już wykorzystany",
        text: "Każdego linku można użyć tylko raz. Aby ponownie zmienić hasło, poproś o nowy.",
    },
    superseded: Notice {
        title: "Link jest już nieaktualny",
        text: "Został zastąpiony nowszym lub anulowany. Jeśli masz od nas nowszą wiadomość, użyj linku z niej albo poproś o nowy.",
    },
    unknown: Notice {
        title: "Link jest nieprawidłowy",
        text: "Adres mógł zostać ucięty podczas kopiowania: otwórz link bezpośrednio z wiadomości. Jeśli to nie pomoże, poproś o nowe hasło na stronie logowania.",
    },
    resend_button: "Wyślij nowy link",
    resend_hint: "Link przyjdzie na adres e-mail przypisany do konta.",
    resend_done: Notice {
        title: "Sprawdź swoją skrzynkę",
        text: "Nowy link jest w drodze na adres e-mail przypisany do konta. Jeśli nie dotrze w ciągu kilku minut, sprawdź folder ze spamem.",
    },
    not_me: Notice {
        title: "Nie prosiłeś(-aś) o nowe hasło?",
        text: "Anuluj prośbę, a nikt nie będzie mógł użyć jej linku. Hasło pozostanie bez zmian.",
    },
    not_me_button: "Anuluj prośbę",
    not_me_back: "To moja prośba: ustaw nowe hasło",
    cancelled: Notice {
        title: "Prośba została anulowana",
        text: "Jej link już nie działa. Hasło pozostaje bez zmian i nie musisz nic więcej robić.",
    },
    too_many: Notice { title: "Zbyt wiele prób", text: "Odczekaj minutę i spróbuj ponownie." },
    too_many_attempts: Notice {
        title: "Zbyt wiele prób",
        text: "Z tym linkiem podjęto zbyt wiele prób. Jest nadal ważny: odczekaj dziesięć minut i otwórz go ponownie.",
    },
    unavailable: Notice {
        title: "Nie możemy teraz otworzyć tej strony",
        text: "Błąd leży po naszej stronie. Link nie przepadł: spróbuj ponownie za chwilę.",
    },
    not_understood: Notice {
        title: "Coś poszło nie tak",
        text: "Formularz nie dotarł do nas w oczekiwanej postaci. Otwórz link z wiadomości jeszcze raz i powtórz wpis.",
    },
    at_least: "co najmniej {n} znaków",
    at_most: "najwyżej {n} bajtów (mniej więcej tyle liter)",
    upper: "wielką literę",
    lower: "małą literę",
    digit: "cyfrę",
    common: "coś mniej typowego: to hasło jest jednym z pierwszych, które się zgaduje",
    nul: "żadnego znaku NUL",
};
