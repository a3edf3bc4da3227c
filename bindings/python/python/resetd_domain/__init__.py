"""The four rules of resetd: e-mail addresses, API keys, customer IPs and expiries.

Every class is made from a text and raises a :class:`RuleError` with ``code`` and ``position`` when it refuses it.
The rules are those of the Rust crate ``resetd-domain``, which this package links.
"""

from ._errors import ApiKeyError, CustomerIpError, EmailError, ExpiryError, RuleError
from ._native import RULES_VERSION, UNICODE_VERSION, ApiKey, CustomerIp, EmailAddress, Expiry, ProviderRule, ProviderRules

__all__ = [
    "RULES_VERSION",
    "UNICODE_VERSION",
    "ApiKey",
    "ApiKeyError",
    "CustomerIp",
    "CustomerIpError",
    "EmailAddress",
    "EmailError",
    "Expiry",
    "ExpiryError",
    "ProviderRule",
    "ProviderRules",
    "RuleError",
]
