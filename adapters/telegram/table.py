"""A table in a monospaced block, if it is narrow enough for a phone. Pure."""

from wcwidth import wcswidth

from adapters.markup import Image, Inlines, Link, Marked, Table, words_of

MAX_WIDTH = 44  # columns; what is wider wraps on a phone, and nobody can read it
_GAP = " │ "


def aligned(table: Table) -> str:
    """The table as aligned text; "" if that would be too wide, or lose a link."""
    if any(_has_link(cell) for row in table.rows for cell in row):
        return ""
    rows = [[words_of(cell).strip() for cell in row] for row in table.rows]
    columns = list(zip(*rows, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    if sum(widths) + len(_GAP) * (len(widths) - 1) > MAX_WIDTH:
        return ""
    lines = [_line(row, widths, table.right) for row in rows]
    lines.insert(1, "─┼─".join("─" * width for width in widths))
    return "\n".join(lines)


def _line(row: list[str], widths: list[int], right: tuple[bool, ...]) -> str:
    cells = []
    for cell, width, to_the_right in zip(row, widths, right, strict=True):
        padding = " " * (width - _width(cell))
        cells.append(padding + cell if to_the_right else cell + padding)
    return _GAP.join(cells).rstrip()


def _width(text: str) -> int:
    width = wcswidth(text)
    return width if width >= 0 else len(text)


def _has_link(content: Inlines) -> bool:
    return any(
        isinstance(inline, Link | Image)
        or (isinstance(inline, Marked) and _has_link(inline.content))
        for inline in content
    )
