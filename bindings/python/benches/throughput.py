"""Addresses a second, ours and email-validator's, in turns: the ratio is what counts on a busy machine.

    pip install email-validator
    python benches/throughput.py
"""

import statistics
import time
from collections.abc import Callable

from email_validator import validate_email

from resetd_domain import EmailAddress

DOMAINS = ("gmail.com", "Outlook.com", "example.com", "shop.example.co.uk")
ASCII = [f"First.Last{number}+tag@{DOMAINS[number % 4]}" for number in range(1_000)]
INTERNATIONAL = [f"žluťoučký.kůň{number}@háčkyčárky{number % 97}.cz" for number in range(1_000)]
ROUNDS = 15


def ours(address: str) -> str:
    return EmailAddress(address).canonical


def theirs(address: str) -> str:
    # Without DNS, and as its documentation says for a database: the normalized form.
    return validate_email(address, check_deliverability=False).normalized


def per_second(function: Callable[[str], str], addresses: list[str], repeat: int) -> float:
    start = time.perf_counter()
    for _ in range(repeat):
        for address in addresses:
            function(address)
    return repeat * len(addresses) / (time.perf_counter() - start)


def main() -> None:
    for name, addresses in (("ASCII", ASCII), ("international", INTERNATIONAL)):
        rounds = [(per_second(ours, addresses, 20), per_second(theirs, addresses, 1)) for _ in range(ROUNDS)]
        best = (max(a for a, _ in rounds), max(b for _, b in rounds))
        ratio = statistics.median(a / b for a, b in rounds)
        print(f"{name:>13}: {best[0]:>9,.0f}/s, email-validator {best[1]:>7,.0f}/s, ratio {ratio:.0f}")


if __name__ == "__main__":
    main()
