"""Which telephone number is this? Any way of writing it gives one value: E.164, with the extension if there is one."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from servewell.apps.base import cleaning

_LONGEST = 250  # characters; the library reads no more
_BEGINNING = re.compile(r"[+(]?[\d\s().-]+")
_EXTENSION = re.compile(r"\s*(?:转接|转|轉|分机号?|分機|内线)\s*[:.]?\s*(?=\d)")


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number."""

    value: str  # what is compared: E.164, `;ext=` and the extension behind it
    shown: str  # as one writes it for people abroad


def read(text: str, region: str) -> Phone | None:
    """Return the number `text` is, dialled from `region` (ISO 3166) when it names no country; None when it is none.

    A number with its country's code only needs a length that is possible there: numbering plans grow faster than
    lists of them. One without must be in the plan, or any figure of eleven digits would be somebody's telephone.
    """
    written = unicodedata.normalize("NFKC", cleaning.short_line(text, most=_LONGEST + 1).text)
    if len(written) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(_EXTENSION.sub(" ext. ", written), region)
    except phonenumbers.NumberParseException:
        return None
    names_country = written.lstrip("(tel: ").startswith("+")
    fits = phonenumbers.is_valid_number(number) or (names_country and phonenumbers.is_possible_number(number))
    return _phone(number) if fits else None


def _phone(number: PhoneNumber) -> Phone:
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    return Phone(f"{value};ext={number.extension}" if number.extension else value, shown)


def beginnings(text: str, region: Callable[[], str]) -> list[str]:
    """Return the digits, with the country's code, that a number begins with when its writing begins with `text`.

    [] when that cannot be the beginning of a number. `138` is `86138` in China, or `138`, if it names the country.
    """
    written = unicodedata.normalize("NFKC", cleaning.short_line(text, most=_LONGEST).text)
    if not _BEGINNING.fullmatch(written):
        return []
    digits = re.sub(r"\D", "", written)
    if not 3 <= len(digits) <= 15:
        return []
    home = str(phonenumbers.country_code_for_region(region())) + digits.lstrip("0")
    return [digits] if "+" in written else [home, digits]
