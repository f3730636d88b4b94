"""Personal data in texts: what looks like a telephone or identity number is masked before it is shown anywhere.

Names of persons stand in a role of their own (``persons``) and never reach a finding. A number can still turn up in a
wrong column, and such a cell is quoted in findings and problems as ``138****1234``.

Source: mobile numbers are eleven digits beginning with 13 … 19; identity numbers of GB 11643-1999 have 17 digits and
a check character, of which digits 7 to 14 are the day of birth.
"""

from __future__ import annotations

import re

_MOBILE = re.compile(r"(?<![0-9])(?:(?:\+|00)?86[- ]?)?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?![0-9])")
_IDENTITY = re.compile(r"(?<![0-9])([1-9][0-9]{5})((?:19|20)[0-9]{6})([0-9]{3}[0-9Xx])(?![0-9A-Za-z])")
_HALF_WIDTH = {
    ord(full): half for full, half in zip("０１２３４５６７８９Ｘｘ＋－", "0123456789Xx+-", strict=True)
}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def masked(text: str) -> str:
    """The text with every mobile and identity number in it masked: first three and last four characters stay. Numbers
    in full-width digits are numbers too."""
    plain = text.translate(_HALF_WIDTH)
    hidden = _IDENTITY.sub(lambda found: _stars(found) if _is_identity(found) else found[0], plain)
    hidden = _MOBILE.sub(lambda found: f"{found[1]}****{found[3]}", hidden)
    return text if hidden == plain else hidden


def is_personal_number(text: str) -> bool:
    """Does the text hold a mobile or identity number?"""
    return masked(text) != text


def _stars(found: re.Match[str]) -> str:
    return f"{found[0][:3]}{'*' * 11}{found[0][-4:]}"


def _is_identity(found: re.Match[str]) -> bool:
    digits, check = found[0][:17], found[0][17].upper()
    month, day = int(found[2][4:6]), int(found[2][6:8])
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return 1 <= month <= 12 and 1 <= day <= 31 and _CHECK[total % 11] == check
