"""Words that are too many for messages: how much of them is shown.

Rule: pure; and while words grow, what is shown of them only grows, since a stream takes
nothing back.
"""

from adapters.document import NAME
from adapters.language import say
from adapters.slack.split import seam
from adapters.views import Said, TurnView

MAX_SAID = 40_000  # characters of one text: five messages, more if not of one byte
_LINE = 1_000  # more, in which a line may end


def beginning(text: str) -> str:
    """Up to the end of a line, if there is one in time."""
    line = text.find("\n", MAX_SAID, MAX_SAID + _LINE)
    return text[: line if line >= 0 else MAX_SAID + _LINE]


def is_long(said: Said) -> bool:
    return len(said.text) > MAX_SAID and len(beginning(said.text)) < len(
        said.text.rstrip()
    )


def is_cut(view: TurnView) -> bool:
    """Whether a file has to hold what messages do not show."""
    return any(isinstance(part, Said) and is_long(part) for part in view.parts)


def broken_off(words: str, language: str) -> str:
    """*words*, and that there are more to come."""
    more = say(language, "turn-getting-long", file=f"`{NAME}`")
    return f"{words}{seam(words, '')[0]}\n\n{more}"
