"""What one open page shows of a conversation, and the patches that bring it up to date.

Rule: pure. A patch says the whole of one element, so a page may get any of them twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.views import FileView, Notice, QuestionView
from adapters.web.tags import NOTHING, Html
from adapters.web.turns import (
    loose_card_html,
    loose_file_html,
    notice_html,
    turn_blocks,
    turn_html,
)
from adapters.web.values import Entry

TURNS = "turns"


@dataclass(frozen=True, slots=True)
class Patch:
    """Bring the element *id* up to date. If there is none, it goes behind *after*, or
    else to the end of *into*. Empty *html*: it goes away.
    """

    id: str
    html: Html
    after: str = ""
    into: str = ""


@dataclass(slots=True)
class Pane:
    conversation: int
    language: str
    _sent: dict[str, dict[str, int]] = field(default_factory=dict)  # turn, block: look

    def turn(self, entry: Entry) -> Iterator[Patch]:
        """What is new about it."""
        id_ = entry.view.id
        blocks = turn_blocks(self.conversation, entry, self.language)
        sent, now = self._sent.get(id_), {one.id: hash(one.html) for one in blocks}
        if entry.view.final:
            self._sent.pop(id_, None)  # hardly anything of it changes any more
        else:
            self._sent[id_] = now
        if sent is None:
            html = turn_html(self.conversation, entry, self.language)
            yield Patch(id_, html, into=TURNS)
            return
        before = ""
        for block in blocks:
            if sent.get(block.id) != now[block.id]:
                yield Patch(block.id, block.html, after=before, into=id_)
            before = block.id
        for gone in sent.keys() - now.keys():
            yield Patch(gone, NOTHING)

    def loose(self, view: QuestionView | FileView | Notice) -> Patch:
        """What belongs to no turn: it stands where it came."""
        number, language = self.conversation, self.language
        match view:
            case QuestionView():
                html = loose_card_html(number, view, language)
            case FileView():
                html = loose_file_html(number, view, language)
            case Notice():
                html = notice_html(view, language)
        return Patch(view.id, html, into=TURNS)
