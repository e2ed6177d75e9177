"""Markdown that is still being written, as it would stand if its author stopped here.

Rule: only the last block changes, so what stands above stays as it is.
"""

import re

_FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})(.*)$")
_TICKS = re.compile(r"`+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*$")
_STARS = re.compile(r"(?:^|(?<=[\s(]))([*_])(?=[^\s*_])[^*_]*$")
_DANGLING = re.compile(r"(?:^|(?<=\s))(?:[*_~]{1,3}|!?\[)$")


def finished(text: str) -> str:
    """*text* with code, emphasis and links closed that are open at its end."""
    text = text.rstrip()
    if fence := _open_fence(text):
        return _without_half_fence(text, fence)
    start = text.rfind("\n\n") + 1
    return text[:start] + _closed(text[start:])


def _open_fence(text: str) -> str:
    """The marks that opened the code block in which *text* ends, or nothing."""
    fence = ""
    if "```" not in text and "~~~" not in text:
        return fence
    for line in text.split("\n"):
        if not (found := _FENCE.match(line)):
            continue
        if not fence:
            fence = found[1]
        elif found[1].startswith(fence) and not found[2].strip():
            fence = ""
    return fence


def _without_half_fence(text: str, fence: str) -> str:
    head, _, last = text.rpartition("\n")
    half = last.strip()
    return head if half and half != fence and fence.startswith(half) else text


def _closed(block: str) -> str:
    opened, prose = _open_code(block)
    if opened is not None:
        return _close_code(block, opened)
    if link := _LINK.search(prose):
        label = block[link.start(1) : link.end(1)]
        block = block[: link.start()] + (label or "…")
        prose = prose[: link.start()] + "." * len(label)
    if dangling := _DANGLING.search(prose):
        return block[: dangling.start()].rstrip()
    return block + _open_emphasis(prose)


def _open_code(block: str) -> tuple[re.Match[str] | None, str]:
    """The marks of code open at the end, and the block with all its code blanked."""
    prose, opened = list(block), None
    for run in _TICKS.finditer(block):
        if opened is None:
            opened = run
        elif len(run[0]) == len(opened[0]):
            width = run.end() - opened.start()
            prose[opened.start() : run.end()] = "." * width
            opened = None
    return opened, "".join(prose)


def _close_code(block: str, opened: re.Match[str]) -> str:
    if opened.end() == len(block):
        return block[: opened.start()].rstrip()
    half = len(block) - len(block.rstrip("`"))
    return block + "`" * max(0, len(opened[0]) - half)


def _open_emphasis(prose: str) -> str:
    """The marks that close what is open, innermost first."""
    for mark in ("**", "__", "~~"):
        if prose.count(mark) % 2:
            if prose.endswith(mark[0]):
                return mark[0]  # half of the closing mark is there
            inner = _open_emphasis(prose.replace(mark, "  "))
            return inner + mark
    single = _STARS.search(prose)
    return single[1] if single else ""
