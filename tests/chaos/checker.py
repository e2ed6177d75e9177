"""Was anything lost, done twice, or left behind? Asks nobody but people and disks.

Rule: knows nothing of the product but what people were promised: each message one
answer, in order; a tool once, and only if it was allowed; no question nobody can
answer; nothing left running. What cannot be decided (a message was sent, and a kill
came before Telegram's answer) is counted apart, and there is at most one for a kill.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields

from tests.chaos.evidence import Evidence, Said, Seen
from tests.chaos.model import Kind, done

GIVEN_UP = "Try this once more?"
RUN: tuple[Kind, ...] = ("tool", "slow", "held")  # that anybody allows


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What went wrong, each as a sentence; *undecidable* alone is no fault."""

    lost: list[str] = field(default_factory=list)
    run_twice: list[str] = field(default_factory=list)
    run_unasked: list[str] = field(default_factory=list)
    answered_twice: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    open_prompts: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    unbounded: list[str] = field(default_factory=list)  # more undecidable than kills
    undecidable: int = 0

    @property
    def counts(self) -> dict[str, int]:
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: len(v) for k, v in found.items() if isinstance(v, list)}

    @property
    def faults(self) -> list[str]:
        found = {f.name: getattr(self, f.name) for f in fields(self)}
        return [
            f"{name}: {what}"
            for name, whats in found.items()
            if isinstance(whats, list)
            for what in whats
        ]


def check(evidence: Evidence) -> Verdict:
    known = [seen for seen in evidence.seen if seen.known]
    strays = len(evidence.seen) - len(known)
    return Verdict(
        lost=list(_lost(evidence)),
        run_twice=[
            f"{mark} ran {n} times" for mark, n in _repeated(evidence.ran).items()
        ],
        run_unasked=list(_unasked(evidence)),
        answered_twice=list(_answered_twice(evidence)),
        out_of_order=[*_disorder(evidence), *_called_in_disorder(evidence)],
        orphans=list(evidence.orphans),
        open_prompts=list(_open_prompts(evidence, known)),
        unfinished=[
            *evidence.unfinished,
            *(f"{s.place}: still at work: {s.text!r}" for s in known if s.working),
        ],
        refusals=list(evidence.refusals),
        unbounded=_unbounded(strays, evidence.bridge_kills),
        undecidable=strays,
    )


def _answers(evidence: Evidence, said: Said) -> list[Seen]:
    """The messages in its place that hold its answer, strays too."""
    marks = filter(None, (said.mark, said.instead_of))
    return [
        seen
        for mark in marks
        for seen in evidence.seen
        if seen.place == said.place and done(mark) in seen.text
    ]


def _lost(evidence: Evidence) -> Iterator[str]:
    for said in evidence.said:
        if said.excused:
            continue
        if not evidence.heard & {said.mark, said.instead_of}:
            yield f"{said.mark} ({said.kind}) never reached the model"
        elif not _answers(evidence, said):
            yield f"{said.mark} ({said.kind}) has no answer in {said.place}"
        elif said.kind == "give" and not _file_or_failure(evidence, said):
            yield f"{said.mark}: its file never came"


def _answered_twice(evidence: Evidence) -> Iterator[str]:
    for said in evidence.said:
        if (n := len(_answers(evidence, said))) > 1:
            yield f"{said.mark} ({said.kind}) is answered in {n} messages"
        if said.kind == "give" and (n := _copies(evidence, said)) > 1:
            yield f"{said.mark}: its file came {n} times"


def _file_or_failure(evidence: Evidence, said: Said) -> bool:
    """The agent need not try again what a kill has cut; that it failed is shown."""
    cut = f"Send {said.mark}.txt ✗"
    told = (cut in seen.text for seen in evidence.seen if seen.place == said.place)
    return _copies(evidence, said) > 0 or any(told)


def _copies(evidence: Evidence, said: Said) -> int:
    return sum(
        seen.files.count(f"{said.mark}.txt")
        for seen in evidence.seen
        if seen.place == said.place
    )


def _repeated(marks: Iterable[str]) -> dict[str, int]:
    return {mark: n for mark, n in Counter(marks).items() if n > 1}


def _unasked(evidence: Evidence) -> Iterator[str]:
    allowed = {s.mark for s in evidence.said if s.kind in RUN}
    for mark in sorted(set(evidence.ran) - allowed):
        yield f"{mark} ran, and nobody allowed that"


def _disorder(evidence: Evidence) -> Iterator[str]:
    """Answers stand in the order of what they answer; steered words have no place.

    What was given up and tried again, as its person pressed, comes after what was said
    since; a screen does not tell which that was, so its place is not judged.
    """
    place_of = {id(seen): at for at, seen in enumerate(evidence.seen)}
    for place in _judged(evidence):
        marks = [
            (place_of[id(found[0])], said.mark)
            for said in _in_line(evidence, place)
            if (found := _answers(evidence, said))
        ]
        if marks != sorted(marks):
            yield f"{place}: answered as {[mark for _, mark in sorted(marks)]}"


def _called_in_disorder(evidence: Evidence) -> Iterator[str]:
    first = {mark: at for at, mark in reversed(list(enumerate(evidence.prompted)))}
    for place in _judged(evidence):
        line = _in_line(evidence, place)
        calls = [(first[s.mark], s.mark) for s in line if s.mark in first]
        if calls != sorted(calls):
            yield f"{place}: the model got {[mark for _, mark in sorted(calls)]}"


def _judged(evidence: Evidence) -> set[str]:
    """Places where nothing was tried again as its person pressed."""
    again = {seen.place for seen in evidence.seen if GIVEN_UP in seen.text}
    return {said.place for said in evidence.said} - again


def _in_line(evidence: Evidence, place: str) -> list[Said]:
    return [
        s
        for s in evidence.said
        if s.place == place and not s.excused and s.kind != "steer"
    ]


def _open_prompts(evidence: Evidence, known: list[Seen]) -> Iterator[str]:
    """A question that is open has a button, and a button something that is open."""
    asked = {button.about for seen in known for button in seen.buttons}
    for question, place in evidence.open_questions.items():
        if question not in asked:
            yield f"{place}: {question} is open, and there is no button for it"
    for seen in known:
        dead = {b.label for b in seen.buttons if b.about not in evidence.open_questions}
        if dead:
            yield f"{seen.place}: nobody waits for {sorted(dead)} of {seen.text!r}"


def _unbounded(strays: int, kills: int) -> list[str]:
    if strays <= kills:
        return []
    return [f"{strays} messages nobody knows of, after {kills} kills"]
