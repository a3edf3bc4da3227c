"""Values a second, ours and its peers', in turns: the ratio is what counts on a busy machine.

    pip install email-validator django pytimeparse
    python benches/throughput.py

A peer that is not installed is left out.
"""

import contextlib
import ipaddress
import statistics
import time
from collections.abc import Callable, Iterator

from resetd_domain import CustomerIp, EmailAddress, Expiry

DOMAINS = ("gmail.com", "Outlook.com", "example.com", "shop.example.co.uk")
ASCII = [f"First.Last{number}+tag@{DOMAINS[number % 4]}" for number in range(1_000)]
INTERNATIONAL = [f"žluťoučký.kůň{number}@háčkyčárky{number % 97}.cz" for number in range(1_000)]
EXPIRIES = [f"{1 + number % 5}h {number % 60}m" for number in range(1_000)]
IPS = [f"2001:DB8:0:0::{number:x}" if number % 2 else f"192.0.2.{number % 256}" for number in range(1_000)]
ROUNDS = 15
#: Of one measurement, in seconds.
LENGTH = 0.03

Rule = Callable[[str], object]


def peers() -> Iterator[tuple[str, list[str], Rule, str, Rule]]:
    """What, on which values: our way and the peer's."""

    def email(text: str) -> str:
        return EmailAddress(text).canonical

    with contextlib.suppress(ImportError):
        from email_validator import validate_email

        def normalized(text: str) -> str:
            # Without DNS, and as its documentation says for a database: the normalized form.
            return validate_email(text, check_deliverability=False).normalized

        yield "ASCII e-mail", ASCII, email, "email-validator", normalized
        yield "international e-mail", INTERNATIONAL, email, "email-validator", normalized

    with contextlib.suppress(ImportError):
        from django.core.validators import validate_email as validate

        yield "ASCII e-mail", ASCII, email, "Django's validator, no forms", validate

    with contextlib.suppress(ImportError):
        from pytimeparse.timeparse import timeparse

        yield "expiry", EXPIRIES, Expiry, "pytimeparse", timeparse

    yield "customer IP", IPS, lambda text: str(CustomerIp(text)), "ipaddress", lambda text: str(ipaddress.ip_address(text))


def per_second(rule: Rule, values: list[str]) -> float:
    done, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < LENGTH:
        for value in values:
            rule(value)
        done += len(values)
    return done / passed


def main() -> None:
    for what, values, ours, peer, theirs in peers():
        rounds = [(per_second(ours, values), per_second(theirs, values)) for _ in range(ROUNDS)]
        best, their_best = max(a for a, _ in rounds), max(b for _, b in rounds)
        ratio = statistics.median(a / b for a, b in rounds)
        print(f"{what:>20}: {best:>9,.0f}/s, {peer} {their_best:>9,.0f}/s, ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
