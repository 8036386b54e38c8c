"""What values a parameter or an option may have."""

import math
import re
from dataclasses import dataclass, field

from .errors import UserError, did_you_mean, quoted, shown

Value = bool | int | float | str

LARGEST_WINDOW = 65535  # M of a pattern N:M
LARGEST_NUMBER = 1e300  # beyond it are infinities, and integers that are no floating-point number


def text_of(value: Value) -> str:
    """As the command line and the tables write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@dataclass(frozen=True)
class Domain:
    kind: str  # integer, real, boolean, choice, pattern (of weights: "8:128", "u5"), text
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = field(default=())
    unit: str = ""

    @staticmethod
    def of_parameter(kind: str, range_text: str, unit: str) -> "Domain":
        """From a row of `nonzero params --json`: "1 .. 64", "0 .. 1", "h1 | h2"."""
        if kind in ("integer", "real"):
            low, high = (float(end) for end in range_text.split(" .. "))
            return Domain(kind, low, high, unit=unit)
        if kind == "choice":
            return Domain(kind, choices=tuple(range_text.split(" | ")))
        return Domain(kind)

    @property
    def numeric(self) -> bool:
        return self.kind in ("integer", "real")

    def check(self, value: object, where: str) -> Value:
        """The value in the one form that it has everywhere (4.0 is 4), or a UserError that begins with `where`."""
        if self.numeric:
            return self._check_number(value, where)
        if self.kind == "boolean":
            if not isinstance(value, bool):
                raise UserError(f"{where}: {_shown(value)} is neither true nor false")
            return value
        if self.kind == "choice":
            if not isinstance(value, str) or value not in self.choices:
                near = did_you_mean(value, self.choices) if isinstance(value, str) else ""
                raise UserError(f"{where}: {_shown(value)} is not one of {' | '.join(self.choices)}{near}")
            return value
        if self.kind == "pattern":
            if not isinstance(value, str) or not _is_pattern(value):
                forms = f"N:M with 1 <= N <= M <= {LARGEST_WINDOW}, or u1 .. u100"
                raise UserError(f"{where}: {_shown(value)} is no pattern of weights ({forms})")
            return value
        if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
            raise UserError(f"{where}: {_shown(value)} is neither a text nor a number")
        if isinstance(value, str) and not _can_be_given(value):
            raise UserError(f"{where}: {_shown(value)} has a character that no text in UTF-8 or no argument can have")
        if not isinstance(value, str) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            raise UserError(f"{where}: the number is too large")
        return value

    def _check_number(self, value: object, where: str) -> Value:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise UserError(f"{where}: {_shown(value)} is not a number{self._range()}")
        if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            raise UserError(f"{where}: the number is too large{self._range()}")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if self.kind == "integer" and not isinstance(value, int):
            raise UserError(f"{where}: {value} is not an integer{self._range()}")
        if not self.low <= value <= self.high:
            raise UserError(f"{where}: {value} is outside {self._bounds()}")
        return value

    def _bounds(self) -> str:
        return f"{self.low:.15g} .. {self.high:.15g}"

    def _range(self) -> str:
        return f" ({self._bounds()})" if math.isfinite(self.low) else ""


def _can_be_given(text: str) -> bool:
    """To a program as an argument: without the zero character, and without half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_pattern(text: str) -> bool:
    if found := re.fullmatch("u([0-9]{1,9})", text):
        return 1 <= int(found[1]) <= 100
    found = re.fullmatch("([0-9]{1,9}):([0-9]{1,9})", text)
    return found is not None and 1 <= int(found[1]) <= int(found[2]) <= LARGEST_WINDOW


def _shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return quoted(value) if isinstance(value, str) else shown(value)
