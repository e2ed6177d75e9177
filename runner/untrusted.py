"""JSON from outside, read so that what comes of it can be kept and shown. Pure."""

import json
import math
from typing import Any


def parsed(line: bytes) -> Any:
    """Raises `ValueError`, and nothing else, for what is not JSON.

    A number that nobody can count with (NaN, 1e999) is None.
    """
    text = line.decode(errors="replace")
    try:
        given = _READER.decode(text)
        return (
            _READER.decode(_mended(given))
            if "\\ud" in text or "\\uD" in text
            else given
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _mended(given: object) -> str:
    """As JSON again, without halves of characters.

    Agents cut their texts between the two units of an emoji; what is left of it fits
    into no database and no pipe.
    """
    text = json.dumps(given, ensure_ascii=False)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _finite(number: str) -> float | None:
    value = float(number)
    return value if math.isfinite(value) else None


def _nothing(_: str) -> None:
    return None


#: Made once: `json.loads` makes one for each line, which takes as long as to read it.
_READER = json.JSONDecoder(parse_float=_finite, parse_constant=_nothing)
