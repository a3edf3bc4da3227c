"""Why a text was refused. No exception holds the text itself."""

from __future__ import annotations


class RuleError(ValueError):
    """A rule refused a text: what for (`code`), and where (`position`)."""

    code: str
    """The refusal's machine-readable name, such as ``trailing-dot``. It never changes."""

    position: int
    """The index of the character in the ``str`` that was given; 0 where the value as a whole is refused."""

    byte_position: int
    """The same place as an offset into the text's UTF-8, which other languages and the message count in."""

    def __init__(self, message: str, code: str, position: int, byte_position: int) -> None:
        super().__init__(message)
        self.code = code
        self.position = position
        self.byte_position = byte_position

    def __reduce__(self) -> tuple[type[RuleError], tuple[str, str, int, int]]:
        return type(self), (str(self), self.code, self.position, self.byte_position)


class EmailError(RuleError):
    """No e-mail address that resetd takes."""


class ApiKeyError(RuleError):
    """No API key."""


class CustomerIpError(RuleError):
    """No IP address."""


class ExpiryError(RuleError):
    """No expiry."""
