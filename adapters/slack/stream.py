"""A turn as streamed messages, one after another: what to call next. Pure.

Slack ends a stream that is old or long, and tells nobody. So we end each message
before that, and the next one goes on. Rule: every word is in one message, once; where
it is not known what arrived, the message is rewritten as a whole.
"""

from dataclasses import dataclass, field

from adapters.inbound import MessageRef
from adapters.language import ENGLISH
from adapters.slack.batch import Batch, Filling
from adapters.slack.message import MAX_BYTES, size
from adapters.slack.moves import Append, Move, Phase, Reason, Rewrite, Start, Stop
from adapters.slack.script import Script
from adapters.slack.segment import Segment, weigh
from adapters.slack.split import seam

MAX_AGE_S = 240.0  # Slack's own limit is about 300
QUIET_S = 90.0  # then a sign of life
LEAST_BYTES = 500  # of a message; a Slack that takes less is none for streams
MAX_CONFLICTS = 3
MARGIN = 300  # bytes that ending a message may add


@dataclass(slots=True)
class Stream:
    """What was told of a turn so far, and where."""

    language: str = ENGLISH
    open: Segment | None = None
    last: Segment | None = None  # that was ended
    told: str = ""  # words of the script
    told_cards: list[tuple[int, str]] = field(default_factory=list)
    carried: list[str] = field(default_factory=list)  # ran when the last one ended
    reopening: str = ""  # before the next words
    count: int = 0  # messages begun
    limit: int = MAX_BYTES
    conflicts: int = 0

    def follows(self, script: Script) -> bool:
        """Whether what was told is still true."""
        told = script.cards[: len(self.told_cards)]
        return script.words.startswith(self.told) and self.told_cards == [
            (place, card.id) for place, card in told
        ]

    def next(self, script: Script, phase: Phase, now: float) -> Move | None:
        """The call that brings the screen closer to *script*; None: it is there."""
        if self.open is None:
            return self._begin(script, phase)
        segment, batch = self.open, self._fill(script)
        if segment.unsure and segment.streaming:
            return Stop(segment, Batch(), reason_for(phase), bare=True)
        reason = self._reason(segment, batch, phase, now)
        if segment.unsure:
            ends = self._seam(segment, batch, script)
            return Rewrite(segment, batch, reason or "full", ends)
        if reason:
            return Stop(segment, batch, reason, self._seam(segment, batch, script))
        if batch.items:
            return Append(segment.ref, batch)
        if now - segment.touched >= QUIET_S:
            running = next(card for card in segment.cards.values() if card.runs)
            return Append(segment.ref, Batch((running,)))
        return None

    def _begin(self, script: Script, phase: Phase) -> Move | None:
        batch = self._fill(script)
        if phase == "over" and not batch.fresh:
            return self._farewell(script)
        if not batch.items or (phase == "waiting" and not batch.fresh):
            return None
        return Start(f"s{self.count}", batch)

    def _farewell(self, script: Script) -> Rewrite | None:
        """Nothing follows the last message: it says how the turn ended."""
        if self.last is None or self.last.ended:
            return None
        now = {card.id: card for _, card in script.cards}
        batch = Batch(tuple(now[id_] for id_ in self.carried if id_ in now))
        return Rewrite(self.last, batch, "over")

    def _reason(
        self, segment: Segment, batch: Batch, phase: Phase, now: float
    ) -> Reason | None:
        """Why the message ends with *batch*; None: it does not."""
        if batch.more:
            return "full"
        if phase != "running":
            return phase
        silent = now - segment.touched >= QUIET_S and not batch.items
        alive = any(card.runs for card in segment.cards.values())
        if now - segment.born >= MAX_AGE_S or (silent and not alive):
            return "full"
        return None

    def _seam(self, segment: Segment, batch: Batch, script: Script) -> tuple[str, str]:
        words = segment.words + "".join(
            item for item in batch.items if isinstance(item, str)
        )
        told = len(self.told) + len(batch.words)
        closing, reopening = seam(words, script.words[told:])
        fits = size(reopening) < self.limit // 3
        return closing, reopening if fits else ""

    # --- what fits ------------------------------------------------------------

    def _fill(self, script: Script) -> Batch:
        now = {card.id: card for _, card in script.cards}
        filling = Filling(self.open, limit=self.limit, reopening=self.reopening)
        filling.change(now)
        filling.carry(now[id_] for id_ in self.carried)
        at = len(self.told)
        for place, card in script.cards[len(self.told_cards) :]:
            if not filling.say(script.words[at:place]) or not filling.show(place, card):
                return filling.batch(more=True)
            at = place
        said = filling.say(script.words[at:])
        return filling.batch(more=not said)

    # --- what calls taught us -------------------------------------------------

    def started(self, move: Start, ref: MessageRef, now: float) -> None:
        self.open = Segment(
            move.part, ref, now, now, self.language, full=move.batch.more
        )
        self.count += 1
        self.carried = []
        self._tell(move.batch, self.open)

    def adopted(self, move: Start, ref: MessageRef, now: float) -> None:
        """It had been started; nobody told us. What it says is not known."""
        self.started(move, ref, now)
        assert self.open
        self.open.unsure = True

    def done(self, move: Append | Stop | Rewrite, now: float) -> None:
        """The call did what it should."""
        match move:
            case Append(batch=batch):
                assert self.open
                self._tell(batch, self.open)
                self.open.touched = now
            case Stop(segment=segment, bare=True):
                segment.streaming = False
            case Stop(segment, batch) | Rewrite(segment, batch):
                self._tell(batch, segment)
                self._end(move)

    def expired(self, move: Append | Stop) -> None:
        """The stream had ended before."""
        self.uncertain(move)
        if self.open:
            self.open.streaming = False

    def uncertain(self, move: Append | Stop) -> None:
        """Whether it happened is not known."""
        assert self.open
        if not isinstance(move, Stop) or not move.bare:
            self._tell(move.batch, self.open)
        self.open.unsure = True

    def streams(self, move: Rewrite) -> bool:
        """Slack says that it still streams; False: as often as it is stopped."""
        move.segment.streaming = move.segment.unsure = True
        self.open = move.segment
        self.conflicts += 1
        return self.conflicts < MAX_CONFLICTS

    def too_long(self, move: Start | Append | Stop) -> bool:
        """Slack takes less than we thought; False: too little."""
        if isinstance(move, Stop) and not move.batch.items:
            self.uncertain(move)  # what ends it can still be written
            return True
        weight = self.open.weight if self.open else 0
        asked = weight + sum(map(weigh, move.batch.items))
        self.limit = max(weight, asked // 2) - MARGIN
        return self.limit >= LEAST_BYTES

    def _tell(self, batch: Batch, segment: Segment) -> None:
        segment.add(batch.items)
        self.told += batch.words
        self.told_cards += batch.cards
        if any(isinstance(item, str) for item in batch.items):
            self.reopening = ""

    def _end(self, move: Stop | Rewrite) -> None:
        segment = move.segment
        self.carried = [card.id for card in segment.cards.values() if card.runs]
        if segment.words:
            self.reopening = move.seam[1]
        segment.add((move.seam[0],) if move.seam[0] else ())
        segment.streaming = segment.unsure = False
        segment.ended = move.reason == "over"
        self.open, self.last = None, segment


def reason_for(phase: Phase) -> Reason:
    return "full" if phase == "running" else phase
