"""Errors of the domain: each carries a message key and values, and can say itself in both languages."""

from __future__ import annotations

from .messages import render


class OverdraftError(Exception):
    """Something the user can mend: what is wrong, the value found, the value allowed, what to do.

    Args:
        key: message key in ``resources/messages``.
        values: what the message names.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def text(self, language: str = "en") -> str:
        """The sentence in ``language`` (``en`` or ``zh``)."""
        return render(self.key, self.values, language)

    def __str__(self) -> str:
        return self.text("en")


class Cancelled(Exception):  # noqa: N818 - cancelling is a wish of the user, not an error
    """Raised by a progress callable when the user cancelled; no output is left behind."""
