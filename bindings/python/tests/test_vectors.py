"""The vectors of `conformance`: every member of every answer, and code and position of every refusal."""

import json
import pathlib
import unittest
from typing import Any

from resetd_domain import RULES_VERSION, UNICODE_VERSION, ApiKey, CustomerIp, EmailAddress, Expiry, ProviderRule, ProviderRules, RuleError

VECTORS = pathlib.Path(__file__).parents[3] / "conformance"

Json = dict[str, Any]


def email(text: str, options: Json) -> Json:
    rules = ProviderRules(
        *(
            ProviderRule(
                provider["name"],
                provider["source"],
                provider["domains"],
                ignores_dots=provider["ignoresDots"],
                tag=provider["tag"],
                maps_to=provider["mapsTo"],
            )
            for provider in options.get("providers", ())
        )
    )
    address = EmailAddress(text, rules)
    return {
        "normalized": address.normalized,
        "canonical": address.canonical,
        "provider": address.provider,
        "masked": address.masked,
        "localPart": address.local_part,
        "domain": address.domain,
        "unicode": address.unicode,
    }


def same_mailbox(pair: list[str], options: Json) -> Json:
    one, other = map(EmailAddress, pair)
    return {"same": one.same_mailbox(other)}


def ip(text: str, options: Json) -> Json:
    address = CustomerIp(text)
    return {"normalized": str(address), "scope": address.scope, "budgetKey": str(address.budget_key)}


def expiry(text: str, options: Json) -> Json:
    lives = Expiry(text)
    return {"seconds": lives.seconds, "text": str(lives), "iso8601": lives.iso8601}


def api_key(text: str, options: Json) -> Json:
    key = ApiKey(text, refuse_sample=options.get("refuseSample", False))
    return {"kind": key.kind, "masked": key.masked, "sha256": key.sha256.hex(), "sample": key.is_sample}


class Vectors(unittest.TestCase):
    def check(self, name: str, rule: Any) -> None:
        document = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
        self.assertGreater(len(document["vectors"]), 20)
        self.assertEqual((RULES_VERSION, UNICODE_VERSION), (document["rules"], document["unicode"]))
        for vector in document["vectors"]:
            with self.subTest(id=vector["id"], because=vector["because"]):
                try:
                    answer = {"gives": rule(vector["input"], vector.get("options", {}))}
                except RuleError as error:
                    before = vector["input"][: error.position]
                    self.assertEqual(len(before.encode()), error.byte_position)
                    utf16 = len(before.encode("utf-16-le")) // 2
                    refused = {"code": error.code, "position": error.byte_position, "utf16": utf16}
                    answer = {"refused": refused}
                self.assertEqual(answer, {key: vector[key] for key in ("gives", "refused") if key in vector})

    def test_email(self) -> None:
        self.check("email", email)

    def test_same_mailbox(self) -> None:
        self.check("same-mailbox", same_mailbox)

    def test_ip(self) -> None:
        self.check("ip", ip)

    def test_expiry(self) -> None:
        self.check("expiry", expiry)

    def test_api_key(self) -> None:
        self.check("api-key", api_key)


if __name__ == "__main__":
    unittest.main()
