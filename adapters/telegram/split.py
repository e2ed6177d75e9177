"""Cuts a text with entities into messages that Telegram takes.

Rule: only white space is lost. The messages one after another, without their white
space, are the text without its own. Where a cut falls depends only on what is above it
and one message's worth below, so earlier messages stay as they are while a text grows.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from adapters.characters import whole
from adapters.telegram.entities import SOLID, Entity, Rich, blank, place, units

MAX_UNITS = 4096
MAX_ENTITIES = 100


def split(
    rich: Rich, *, limit: int = MAX_UNITS, entities: int = MAX_ENTITIES
) -> list[Rich]:
    """The text as messages of at most *limit* units, none of them blank."""
    raw = rich.text.encode("utf-16-le")
    starts = _starts(rich.entities)
    cuts = _cuts(raw, rich, starts, limit, entities)
    parts = (tidy(_slice(raw, rich.entities, *cut)) for cut in cuts)
    return [part for part in parts if not blank(part.text)]


def clip(rich: Rich, *, limit: int, entities: int = MAX_ENTITIES) -> tuple[Rich, int]:
    """As much as fits one message, and how many characters that leaves out."""
    parts = split(rich, limit=limit, entities=entities)
    if not parts:
        return Rich(""), 0
    return parts[0], sum(len(part.text) for part in parts[1:])


def tidy(rich: Rich) -> Rich:
    """The same message as Telegram will keep it, so that it compares equal."""
    raw = rich.text.encode("utf-16-le")
    entities = [_hugging(raw, entity) for entity in rich.entities]
    entities = sorted((one for one in entities if one.start < one.end), key=place)
    for entity in entities:
        if entity.kind == "pre" and _unit(raw, entity.start) == " ":
            # Telegram strips spaces there, and a first line must keep its indent.
            at = 2 * entity.start
            raw = raw[:at] + "\u00a0".encode("utf-16-le") + raw[at + 2 :]
    text = raw.decode("utf-16-le")
    lead = len(text) - len(text.lstrip(" \n"))
    moved = (one.over(one.start - lead, one.end - lead) for one in entities)
    return Rich(text.strip(" \n"), tuple(moved))


def _hugging(raw: bytes, entity: Entity) -> Entity:
    """Without the white space at its ends, except a code block's first indent."""
    start, end = entity.start, entity.end
    while start < end and _unit(raw, end - 1) in " \n":
        end -= 1
    around = "\n" if entity.kind == "pre" else " \n"
    while start < end and _unit(raw, start) in around:
        start += 1
    return entity.over(start, end)


def _unit(raw: bytes, at: int) -> str:
    return raw[2 * at : 2 * at + 2].decode("utf-16-le", "surrogatepass")


def _slice(raw: bytes, entities: Sequence[Entity], start: int, end: int) -> Rich:
    inside = (
        one.over(max(one.start, start) - start, min(one.end, end) - start)
        for one in entities
        if one.start < end and one.end > start
    )
    return Rich(raw[2 * start : 2 * end].decode("utf-16-le"), tuple(inside))


# --- where to cut -------------------------------------------------------------


def _starts(entities: Sequence[Entity]) -> list[int]:
    """Where entities start as Telegram counts: at every edge inside a style, too."""
    edges = sorted({edge for one in entities for edge in (one.start, one.end)})
    starts = [one.start for one in entities]
    for one in entities:
        if one.kind not in SOLID and "quote" not in one.kind:
            inside = slice(bisect_right(edges, one.start), bisect_left(edges, one.end))
            starts += edges[inside]
    return sorted(starts)


def _cuts(
    raw: bytes, rich: Rich, starts: Sequence[int], limit: int, most: int
) -> Iterator[tuple[int, int]]:
    start, length = 0, len(raw) // 2
    while start < length:
        end = min(length, start + limit)
        carried = sum(one.start < start < one.end for one in rich.entities)
        next_entity = bisect_left(starts, start) + most - carried
        if next_entity < len(starts):
            end = max(start + 1, min(end, starts[next_entity]))
        if end < length:
            end = _gentle(raw, rich.breaks, start, end)
        yield start, end
        start = end


def _gentle(raw: bytes, breaks: Sequence[int], start: int, end: int) -> int:
    """The best place in the second half of what would fit."""
    middle = start + (end - start) // 2
    last = bisect_right(breaks, end) - 1
    if last >= 0 and breaks[last] > middle:
        return breaks[last]
    half = raw[2 * middle : 2 * end].decode("utf-16-le", "surrogatepass")
    for space in ("\n\n", "\n", " "):
        found = half.rfind(space)
        if found > 0:
            return middle + _width(half[: found + len(space)])
    return _between_characters(raw, start, end)


def _width(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _between_characters(raw: bytes, start: int, end: int) -> int:
    """*end*, or a little before it if that would cut what people see as one."""
    around = raw[2 * start : 2 * end + 4].decode("utf-16-le", "replace")
    before = raw[2 * start : 2 * end].decode("utf-16-le", "ignore")
    return start + units(before[: whole(around, len(before))])
