from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address
from typing import Any, ClassVar, Final, Literal, final

RULES_VERSION: Final[str]
"""Since which year and month every input has had the answer it has now. Store it beside a canonical form."""

UNICODE_VERSION: Final[str]
"""The version of Unicode by whose tables the rules were tested."""

@final
class EmailAddress:
    """A deliverable e-mail address and the identity of its mailbox.

    Equality, order and hash are those of the normalized form, which ``str()`` gives; ``repr()`` shows the masked one.
    """

    def __new__(cls, text: str, rules: ProviderRules | None = None) -> EmailAddress:
        """Reads an address by the built-in provider rules, or by ``rules`` and then the built-in ones.

        Raises :class:`EmailError`.
        """

    @property
    def normalized(self) -> str:
        """The deliverable form: NFC, lower case, the domain in A-labels. Mail goes there."""

    @property
    def canonical(self) -> str:
        """The identity of the mailbox: without the dots and tags that its provider ignores."""

    @property
    def provider(self) -> str | None:
        """The provider whose rule made the canonical form differ from the normalized one, such as ``Gmail``."""

    @property
    def masked(self) -> str:
        """As logs may show it: ``j***@example.com``."""

    @property
    def local_part(self) -> str:
        """The normalized part before the ``@``."""

    @property
    def domain(self) -> str:
        """The normalized part after the ``@``, in A-labels."""

    @property
    def domain_unicode(self) -> str:
        """The domain as people read it."""

    @property
    def unicode(self) -> str:
        """The address with its domain as people read it. For showing alone: mail goes to ``normalized``."""

    def same_mailbox(self, other: EmailAddress) -> bool:
        """Whether both addresses lead to the same mailbox: whether their canonical forms are equal."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __lt__(self, other: EmailAddress, /) -> bool: ...
    def __le__(self, other: EmailAddress, /) -> bool: ...
    def __gt__(self, other: EmailAddress, /) -> bool: ...
    def __ge__(self, other: EmailAddress, /) -> bool: ...
    def __getnewargs__(self) -> tuple[str, ProviderRules | None]: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...

@final
class ProviderRule:
    """What one mail provider ignores in its addresses, and where it says so."""

    def __new__(
        cls,
        name: str,
        source: str,
        domains: list[str] | tuple[str, ...],
        ignores_dots: bool = False,
        tag: Literal["+", "-"] | None = None,
        maps_to: str | None = None,
    ) -> ProviderRule:
        """A rule for these domains. Raises :class:`EmailError` for a domain that could not stand in an address.

        ``maps_to`` is the domain that the others are names of; the rule covers it as well.
        """

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def domains(self) -> tuple[str, ...]:
        """The domains it covers, in A-labels, ``maps_to`` among them."""

    @property
    def ignores_dots(self) -> bool: ...
    @property
    def tag(self) -> str | None: ...
    @property
    def maps_to(self) -> str | None: ...
    def covers(self, domain: str) -> bool:
        """Whether the rule speaks for a domain in A-labels. Subdomains are other domains."""

    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs__(self) -> tuple[str, str, list[str], bool, str | None, str | None]: ...

@final
class ProviderRules:
    """Rules of one's own before the built-in ones. The first that covers a domain decides."""

    def __new__(cls, *rules: ProviderRule) -> ProviderRules: ...
    def rule_for(self, domain: str) -> str | None:
        """The name of the provider whose rule, built-in or not, covers a domain in A-labels."""

    def __len__(self) -> int:
        """The number of one's own rules."""

    def __eq__(self, other: object, /) -> bool: ...
    def __getnewargs__(self) -> tuple[ProviderRule, ...]: ...

@final
class ApiKey:
    """An API key in plain text. ``str()`` and ``repr()`` show it masked; two keys are compared by ``sha256``."""

    def __new__(cls, text: str, *, refuse_sample: bool = False) -> ApiKey:
        """Reads a key, on demand refusing the sample key of the reference. Raises :class:`ApiKeyError`."""

    @property
    def kind(self) -> Literal["production", "development", "system"]: ...
    @property
    def requests_per_minute(self) -> int | None:
        """How many requests a key of this kind may make within a minute; ``None``: as many as it likes."""

    @property
    def is_sample(self) -> bool:
        """Whether it is the sample key of the reference, which works nowhere but in ``resetd demo``."""

    @property
    def masked(self) -> str:
        """As logs may show it: ``DEV_…01``."""

    @property
    def sha256(self) -> bytes:
        """The SHA-256 of the key, 32 bytes: the only form of it that is stored."""

    def expose(self) -> str:
        """The plain key. Never log it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...

@final
class CustomerIp:
    """The IP address a customer acts from: one value and one spelling (RFC 5952) per address.

    ``::1``, ``0.0.0.0``, ``localhost`` and the empty text are ``127.0.0.1``; IPv4-mapped IPv6 is the IPv4 in it.
    """

    def __new__(cls, address: str | IPv4Address | IPv6Address) -> CustomerIp:
        """Reads an address. Raises :class:`CustomerIpError`."""

    @property
    def address(self) -> IPv4Address | IPv6Address: ...
    @property
    def scope(
        self,
    ) -> Literal[
        "global",
        "loopback",
        "unspecified",
        "this-network",
        "private",
        "shared",
        "link-local",
        "documentation",
        "benchmarking",
        "multicast",
        "broadcast",
        "reserved",
    ]:
        """Where the address lies, by IANA's special-purpose address registries."""

    @property
    def is_global(self) -> bool:
        """Whether it can belong to someone on the public internet."""

    @property
    def budget_key(self) -> CustomerIp:
        """What a budget counts for this address: an IPv6 address as its /64."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __lt__(self, other: CustomerIp, /) -> bool: ...
    def __le__(self, other: CustomerIp, /) -> bool: ...
    def __gt__(self, other: CustomerIp, /) -> bool: ...
    def __ge__(self, other: CustomerIp, /) -> bool: ...
    def __getnewargs__(self) -> tuple[str]: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...

@final
class Expiry:
    """How long a reset link lives: whole seconds, from one minute to seven days. ``str()`` gives ``3h 20m``."""

    MIN: ClassVar[Expiry]
    """One minute."""
    DEFAULT: ClassVar[Expiry]
    """One hour."""
    MAX: ClassVar[Expiry]
    """Seven days."""

    def __new__(cls, duration: str | timedelta) -> Expiry:
        """Reads ``3h 20m`` or ``PT3H20M``, or takes a ``timedelta`` without its parts of a second.

        Raises :class:`ExpiryError`.
        """

    @staticmethod
    def from_seconds(seconds: int) -> Expiry:
        """An expiry of so many seconds, 60 to 604,800. Raises :class:`ExpiryError`."""

    @property
    def seconds(self) -> int: ...
    @property
    def timedelta(self) -> timedelta: ...
    @property
    def iso8601(self) -> str:
        """In ISO 8601, without weeks: ``PT3H20M``, ``P7D``."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __lt__(self, other: Expiry, /) -> bool: ...
    def __le__(self, other: Expiry, /) -> bool: ...
    def __gt__(self, other: Expiry, /) -> bool: ...
    def __ge__(self, other: Expiry, /) -> bool: ...
    def __getnewargs__(self) -> tuple[str]: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any, /) -> Any: ...
