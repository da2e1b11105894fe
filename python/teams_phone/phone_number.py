"""Owns telephone numbers: every spelling in use is read, one is kept; knows no call."""

from __future__ import annotations

from dataclasses import dataclass

from . import _native
from .models.base import Model


@dataclass(frozen=True, slots=True, order=True)
class PhoneNumber(Model):
    """A telephone number in E.164 form, perhaps with an extension. Calls take it as they take text.

    >>> from teams_phone import PhoneNumber
    >>> number = PhoneNumber.parse("tel:+1 (206) 555-0100;ext=17")
    >>> str(number), number.e164, number.extension
    ('+12065550100;ext=17', '+12065550100', '17')
    """

    text: str
    """The number as Microsoft Graph writes it: `+`, digits, and `;ext=` if there is an extension."""
    e164: str
    """The number without its extension."""
    extension: str | None
    """The digits of the extension."""

    @staticmethod
    def parse(text: str) -> PhoneNumber:
        """Reads a number with or without `+`, as a `tel:` URI, and with the usual separators.

        Without a `+` the digits must begin with the country code all the same: national numbers cannot be told
        from international ones. A resource account may refuse a number with an extension.

        Raises `ConfigError` that says what is wrong with the text.

        >>> from teams_phone import PhoneNumber
        >>> PhoneNumber.parse("1 206.555.0100") == PhoneNumber.parse("+12065550100")
        True
        """
        return _native.phone_number(text)

    def __str__(self) -> str:
        return self.text
