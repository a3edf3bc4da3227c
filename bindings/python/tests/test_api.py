"""What Python adds to the rules: classes that compare, hash, pickle and validate as Python's own do."""

import copy
import datetime
import ipaddress
import pickle
import unittest

from resetd_domain import (
    ApiKey,
    ApiKeyError,
    CustomerIp,
    CustomerIpError,
    EmailAddress,
    EmailError,
    Expiry,
    ExpiryError,
    ProviderRule,
    ProviderRules,
    RuleError,
)

KEY = "DEV_abcdefghijklmnopqrstuvwxyz01"


class Emails(unittest.TestCase):
    def test_two_spellings_are_one_value(self) -> None:
        email = EmailAddress(" Jan@Example.com ")
        self.assertEqual(email, EmailAddress("jan@example.com"))
        self.assertEqual(len({email, EmailAddress("JAN@example.com")}), 1)
        self.assertNotEqual(email, "jan@example.com")
        self.assertLess(email, EmailAddress("petr@example.com"))
        self.assertEqual((str(email), repr(email)), ("jan@example.com", "<EmailAddress j***@example.com>"))

    def test_two_addresses_of_a_mailbox_are_two_values(self) -> None:
        one, other = EmailAddress("j.an@gmail.com"), EmailAddress("jan+x@googlemail.com")
        self.assertNotEqual(one, other)
        self.assertTrue(one.same_mailbox(other))
        self.assertEqual(other.provider, "Gmail")
        self.assertIsNone(EmailAddress("jan@gmail.com").provider)

    def test_international_parts(self) -> None:
        email = EmailAddress("JAN@HÁČKY.cz")
        self.assertEqual((email.local_part, email.domain), ("jan", "xn--hky-ela4t.cz"))
        self.assertEqual((email.domain_unicode, email.unicode), ("háčky.cz", "jan@háčky.cz"))

    def test_a_value_stays_as_it_is(self) -> None:
        with self.assertRaises(AttributeError):
            EmailAddress("jan@example.com").normalized = "petr@example.com"  # type: ignore[misc]

    def test_own_rules_go_where_the_address_goes(self) -> None:
        rules = ProviderRules(
            ProviderRule("Shop", "their postmaster", ["shop.example"], ignores_dots=True, tag="-"),
            ProviderRule("Late", "nobody", ("shop.example",)),
            ProviderRule("Two", "their page", ["two.example"], maps_to="one.example"),
        )
        self.assertEqual((len(rules), rules.rule_for("shop.example"), rules.rule_for("gmail.com")), (3, "Shop", "Gmail"))
        email = EmailAddress("j.an-x@shop.example", rules)
        self.assertEqual((email.canonical, email.provider), ("jan@shop.example", "Shop"))
        self.assertEqual(EmailAddress("jan@two.example", rules).canonical, "jan@one.example")
        for again in (pickle.loads(pickle.dumps(email)), copy.deepcopy(email)):
            self.assertEqual((again, again.canonical), (email, email.canonical))
        self.assertEqual(pickle.loads(pickle.dumps(rules)), rules)
        self.assertEqual(EmailAddress(email.normalized).canonical, "j.an-x@shop.example")

    def test_a_rule_of_ones_own_says_what_it_is(self) -> None:
        rule = ProviderRule("Shop", "their postmaster", ["Shop.example"], tag="+", maps_to="b.example")
        self.assertEqual((rule.name, rule.source), ("Shop", "their postmaster"))
        self.assertEqual(rule.domains, ("shop.example", "b.example"))
        self.assertEqual((rule.ignores_dots, rule.tag, rule.maps_to), (False, "+", "b.example"))
        self.assertTrue(rule.covers("shop.example") and rule.covers("b.example"))
        with self.assertRaises(EmailError) as refused:
            ProviderRule("Bad", "", ["fine.example", "a..b"])
        self.assertEqual((refused.exception.code, refused.exception.position), ("empty-label", 2))
        with self.assertRaises(ValueError):
            ProviderRule("Bad", "", [], tag="x")  # type: ignore[arg-type]


class Errors(unittest.TestCase):
    def test_positions_are_of_characters_and_of_bytes(self) -> None:
        text = "žluťoučký@kůň.cz."
        with self.assertRaises(EmailError) as refused:
            EmailAddress(text)
        error = refused.exception
        self.assertEqual((error.code, text[error.position :]), ("trailing-dot", "."))
        self.assertEqual(text.encode()[error.byte_position :], b".")
        self.assertNotIn("kůň", str(error))

    def test_half_a_surrogate_pair_is_refused_by_every_rule(self) -> None:
        for rule, error in (
            (EmailAddress, EmailError),
            (ApiKey, ApiKeyError),
            (CustomerIp, CustomerIpError),
            (Expiry, ExpiryError),
        ):
            with self.assertRaises(error) as refused:
                rule("é\ud800@example.com")
            found = refused.exception
            self.assertEqual((found.code, found.position, found.byte_position), ("not-unicode", 1, 2))

    def test_they_are_value_errors_and_go_through_pickle(self) -> None:
        with self.assertRaises(ValueError) as refused:
            Expiry("1.5h")
        error = refused.exception
        assert isinstance(error, RuleError)
        again = pickle.loads(pickle.dumps(error))
        self.assertIs(type(again), ExpiryError)
        self.assertEqual((str(again), again.code, again.position), (str(error), "fraction", 1))

    def test_no_text_is_no_value(self) -> None:
        for rule in (EmailAddress, ApiKey, CustomerIp, Expiry):
            for value in (None, 3, b"jan@example.com", ["1h"]):
                with self.subTest(rule=rule.__name__, value=value), self.assertRaises(TypeError):
                    rule(value)  # type: ignore[arg-type]


class Keys(unittest.TestCase):
    def test_a_key_does_not_print_itself(self) -> None:
        key = ApiKey(KEY)
        self.assertEqual((str(key), repr(key), f"{key}"), ("DEV_…01", "<ApiKey DEV_…01>", "DEV_…01"))
        self.assertEqual((key.expose(), key.kind, key.requests_per_minute), (KEY, "development", 1000))
        self.assertFalse(key.is_sample)
        self.assertEqual(len(key.sha256), 32)
        with self.assertRaises(TypeError):
            pickle.dumps(key)

    def test_its_refusal_does_not_print_it(self) -> None:
        with self.assertRaises(ApiKeyError) as refused:
            ApiKey(KEY + "2")
        self.assertNotIn(KEY[4:], repr(refused.exception))
        self.assertEqual(refused.exception.code, "wrong-length")


class Ips(unittest.TestCase):
    def test_pythons_own_addresses(self) -> None:
        self.assertEqual(CustomerIp("::ffff:10.0.0.1").address, ipaddress.ip_address("10.0.0.1"))
        self.assertEqual(str(CustomerIp(ipaddress.ip_address("::ffff:1.1.1.1"))), "1.1.1.1")
        self.assertEqual(CustomerIp("2001:DB8::1").address, ipaddress.ip_address("2001:db8::1"))
        with self.assertRaises(CustomerIpError) as refused:
            CustomerIp(ipaddress.ip_address("fe80::1%eth0"))
        self.assertEqual(refused.exception.code, "zone-id")

    def test_what_it_tells(self) -> None:
        ip = CustomerIp("2001:db8:1:2::7")
        self.assertEqual((ip.scope, ip.is_global, str(ip.budget_key)), ("documentation", False, "2001:db8:1:2::"))
        self.assertEqual(pickle.loads(pickle.dumps(ip)), ip)
        self.assertEqual((repr(ip), len({ip, CustomerIp("2001:DB8:1:2::7")})), ("CustomerIp('2001:db8:1:2::7')", 1))
        self.assertLess(CustomerIp("9.9.9.9"), CustomerIp("10.0.0.1"))


class Expiries(unittest.TestCase):
    def test_durations(self) -> None:
        expiry = Expiry("3h 20m")
        self.assertEqual(expiry, Expiry(datetime.timedelta(hours=3, minutes=20, milliseconds=5)))
        self.assertEqual((expiry.timedelta, expiry.seconds), (datetime.timedelta(seconds=12000), 12000))
        self.assertEqual((str(expiry), expiry.iso8601, repr(expiry)), ("3h 20m", "PT3H20M", "Expiry('3h 20m')"))
        self.assertEqual(pickle.loads(pickle.dumps(expiry)), expiry)

    def test_the_range(self) -> None:
        self.assertEqual((str(Expiry.MIN), str(Expiry.DEFAULT), str(Expiry.MAX)), ("1m", "1h", "1w"))
        self.assertTrue(Expiry.MIN < Expiry.from_seconds(61) < Expiry.MAX)
        for value, code in (
            (datetime.timedelta(days=8), "too-long"),
            (datetime.timedelta(seconds=-1), "signed"),
            (datetime.timedelta(), "zero"),
        ):
            with self.subTest(value=value), self.assertRaises(ExpiryError) as refused:
                Expiry(value)
            self.assertEqual(refused.exception.code, code)


if __name__ == "__main__":
    unittest.main()
