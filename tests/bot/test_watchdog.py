import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.language import languages
from bot.errors import in_words
from bot.watchdog import Patience, Watch, Watchdog, WatchKind
from runner.events import (
    LastWordSaid,
    PermissionRequested,
    PermissionWithdrawn,
    Phrase,
    RunnerEvent,
    SessionEnded,
    TextDelta,
    TextFinished,
    ToolCalled,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from tests.virtual_time import in_virtual_time, ticks

STARTED = TurnStarted("1")
TEXT = TextDelta("m", "word")
SAID = TextFinished("m", "words")
DONE = TurnFinished(turn="1", stop_reason="end_turn")
ENDED = LastWordSaid()
ASKED = PermissionRequested("r", "Bash", "execute", Phrase("ask-run"))


def tool(call_id: str = "t", parent: str = "") -> ToolStarted:
    return ToolStarted(call_id, "Bash", "execute", Phrase(f"step-{call_id}"), parent)


class Seen:
    """What the watchdog said, and when: (second, kind, seconds), or (second, kind)."""

    def __init__(self, patience: Patience | None = None) -> None:
        self.all: list[tuple[float, str, float] | tuple[float, str]] = []
        self.watches: list[Watch] = []
        self.dog = Watchdog(self._report, self._over, patience=patience)

    def _report(self, watch: Watch) -> None:
        self.watches.append(watch)
        self.all.append((ticks(), watch.kind, watch.seconds))

    def _over(self, kind: WatchKind) -> None:
        self.all.append((ticks(), kind))

    async def hear(self, *events: RunnerEvent, after: float = 0) -> None:
        await asyncio.sleep(after)
        for event in events:
            self.dog.heard(event)


@in_virtual_time
async def test_an_agent_that_does_not_begin_is_told_of_once_until_it_speaks() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, after=500)

    assert seen.all == [(60, "silent_start", 60), (500, "silent_start")]


@in_virtual_time
async def test_an_agent_that_falls_silent_is_told_of_each_time() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, TEXT)
    await seen.hear(TEXT, after=299)
    await seen.hear(TEXT, after=301)
    await seen.hear(DONE, after=400)

    assert seen.all == [
        (599, "silent_stream", 300),
        (600, "silent_stream"),
        (900, "silent_stream", 300),
        (1000, "silent_stream"),
    ]


@in_virtual_time
async def test_nobody_is_told_while_a_person_is_asked() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, tool(), ASKED)
    await asyncio.sleep(24 * 3600)
    assert not seen.all

    seen.dog.answered("r")
    await seen.hear(ToolFinished("t", ok=True), after=599)
    await seen.hear(ASKED, ToolCalled("s", "send_file", {}))
    await seen.hear(PermissionWithdrawn("r"), after=3600)
    seen.dog.answered("s")
    assert not seen.all
    await asyncio.sleep(300)
    assert [each[1] for each in seen.all] == ["silent_stream"]


@in_virtual_time
async def test_a_question_that_is_withdrawn_took_no_time_of_the_tools() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, tool(), ASKED)
    await seen.hear(PermissionWithdrawn("r"), after=3600)
    await asyncio.sleep(599)

    assert not seen.all


@in_virtual_time
async def test_a_tool_that_runs_very_long_is_told_of_twice() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, tool())
    await seen.hear(ToolFinished("t", ok=True), after=5000)

    assert seen.all == [
        (600, "long_tool", 600),
        (1800, "long_tool", 1800),
        (5000, "long_tool"),
    ]
    assert seen.watches[0].title == Phrase("step-t")


@in_virtual_time
async def test_a_tool_beside_others_is_watched_for_itself() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, tool("slow"))
    for _ in range(7):
        await seen.hear(tool("quick"), after=50)
        await seen.hear(ToolFinished("quick", ok=True), after=50)

    assert seen.all == [(600, "long_tool", 600)]
    assert seen.watches[0].title == Phrase("step-slow")


@in_virtual_time
async def test_what_a_subagent_does_is_its_sign_of_life() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, tool("outer"), tool("inner", "outer"))
    for _ in range(5):
        await seen.hear(tool("leaf", "inner"), after=300)
        await seen.hear(ToolFinished("leaf", ok=True), after=250)
    assert not seen.all

    await asyncio.sleep(600)
    assert [each[1] for each in seen.all] == ["long_tool"]


@in_virtual_time
async def test_an_agent_that_has_answered_but_does_not_end_is_told_of() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, SAID, ENDED)
    await seen.hear(DONE, after=45)

    assert seen.all == [(30, "no_end", 30), (45, "no_end")]


@in_virtual_time
async def test_words_after_the_last_word_are_a_sign_of_life() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, SAID, ENDED)
    await seen.hear(TEXT, after=29)
    await asyncio.sleep(200)

    assert not seen.all


@in_virtual_time
async def test_nothing_is_said_of_a_turn_that_is_over() -> None:
    for last in (DONE, SessionEnded("gone", expected=False)):
        seen = Seen()
        seen.dog.began()
        await seen.hear(STARTED, tool(), ASKED, last, TEXT)
        await asyncio.sleep(7200)
        assert not seen.all


@in_virtual_time
async def test_the_next_turn_begins_with_a_clean_slate() -> None:
    seen = Seen(Patience(start_s=(5,)))
    seen.dog.began()
    await seen.hear(STARTED, tool(), ENDED)
    seen.dog.ended()
    seen.dog.began()
    await asyncio.sleep(6)

    assert [each[1] for each in seen.all] == ["silent_start"]


@in_virtual_time
async def test_every_watch_has_words() -> None:
    seen = Seen()
    seen.dog.began()
    await seen.hear(STARTED, TEXT, after=100)
    await seen.hear(tool(), after=400)
    await seen.hear(ToolFinished("t", ok=True), ENDED, after=700)
    await asyncio.sleep(60)

    assert len({watch.kind for watch in seen.watches}) == 4
    for language in languages():
        said = [in_words(watch.words, language) for watch in seen.watches]
        assert len(set(said)) == 4
        assert not any(words.startswith("limits-") for words in said)


events = st.sampled_from(
    [
        *(STARTED, TEXT, SAID, ENDED, DONE),
        *(ASKED, PermissionWithdrawn("r")),
        *(tool("a"), tool("b", "a")),
        *(ToolFinished("a", ok=True), ToolFinished("b", ok=False)),
    ]
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 700), events), max_size=30))
def test_every_episode_that_was_told_of_ends_before_another_is(
    story: list[tuple[float, RunnerEvent]],
) -> None:
    seen = Seen()

    @in_virtual_time
    async def play() -> None:
        seen.dog.began()
        for pause, event in story:
            await seen.hear(event, after=pause)
        seen.dog.ended()

    play()
    told = None
    for entry in seen.all:
        kind, over = entry[1], len(entry) == 2
        assert told is None or told == kind
        told = None if over else kind
    assert told is None
