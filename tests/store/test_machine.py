"""Whatever is called in whatever order, with kills between: the ledger's promises."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from store.errors import TurnOver
from store.records import ConversationRecord, TurnId, TurnState
from store.store import Store
from tests.store.scene import HERE, Clock, conversation
from tests.store.turns import Expected

T = TypeVar("T")

event_ids = st.sampled_from("abcdef")
batches = st.lists(event_ids, min_size=1, max_size=3, unique=True)
answers = st.sampled_from(["one", "two"])
ends = st.sampled_from([TurnState.ANSWERED, TurnState.FAILED, TurnState.CANCELLED])


class Ledger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.lives = 0
        self.clock = Clock()
        self.pending: list[str] = []
        self.seen: set[str] = set()
        self.turn_of: dict[str, TurnId] = {}
        self.turns: dict[TurnId, Expected] = {}
        self.store = self.call(self.open())
        self.home: ConversationRecord = self.call(conversation(self.store))

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(coroutine)

    @property
    def path(self) -> Path:
        return self.folder / str(self.lives) / "parley.db"

    async def open(self) -> Store:
        self.life = AsyncExitStack()
        return await self.life.enter_async_context(Store.open(self.path, self.clock))

    def teardown(self) -> None:
        self.call(self.life.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)

    # --- what may happen ------------------------------------------------------

    @rule(batch=batches)
    def keep(self, batch: list[str]) -> None:
        kept = self.call(self.store.keep(HERE.platform, [(id_, id_) for id_ in batch]))

        new = [id_ for id_ in batch if id_ not in self.seen]
        assert [record.event_id for record in kept] == new
        self.seen.update(new)
        self.pending += new

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def queue(self, data: st.DataObject) -> None:
        batch = data.draw(
            st.lists(
                st.sampled_from(sorted(self.seen)), min_size=1, max_size=3, unique=True
            )
        )
        turn = self.call(
            self.store.queue_turn(
                self.home.id,
                platform=HERE.platform,
                events=batch,
                prompt=batch[0],
                asked_by="1001",
                address=HERE,
                reply_to=batch[0],
                prompt_uuid="uuid",
            )
        )

        assert (turn is None) == (batch[0] in self.turn_of)
        self.pending = [id_ for id_ in self.pending if id_ not in batch]
        if turn:
            assert turn.id not in self.turns
            self.turns[turn.id] = Expected()
            for id_ in batch:
                self.turn_of.setdefault(id_, turn.id)

    @rule(id_=event_ids)
    def discard(self, id_: str) -> None:
        self.call(self.store.discard(HERE.platform, [id_]))

        self.pending = [other for other in self.pending if other != id_]

    @precondition(lambda self: self.turns)
    @rule(data=st.data(), id_=event_ids)
    def amend(self, data: st.DataObject, id_: str) -> None:
        turn, expected = self.draw(data)
        amended = self.call(
            self.store.amend_turn(
                turn,
                prompt="other",
                prompt_uuid="uuid",
                platform=HERE.platform,
                events=[id_],
            )
        )

        assert (amended is None) == expected.state.final
        if amended:
            self.turns[turn] = Expected()
            self.pending = [other for other in self.pending if other != id_]
            if id_ in self.seen:
                self.turn_of.setdefault(id_, turn)

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def submit(self, data: st.DataObject) -> None:
        turn, expected = self.draw(data)
        try:
            record = self.call(
                self.store.submit_turn(turn, prompt_uuid="uuid", session_id="session")
            )
        except TurnOver:
            assert expected.state.final
        else:
            expected.state, expected.joined_to = TurnState.SUBMITTED, None
            expected.attempts += 1
            assert record.attempts == expected.attempts

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def consume(self, data: st.DataObject) -> None:
        turn, expected = self.draw(data)
        self.call(self.store.consume_turn(turn))

        if expected.state is TurnState.SUBMITTED:
            expected.attempts += expected.steered
            expected.state, expected.joined_to = TurnState.CONSUMED, None

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def steer(self, data: st.DataObject) -> None:
        turn, expected = self.draw(data)
        into, _ = self.draw(data)
        try:
            self.call(
                self.store.steer_turn(
                    turn, into=into, prompt_uuid="uuid", session_id="session"
                )
            )
        except TurnOver:
            assert expected.state.final
        else:
            expected.state, expected.joined_to = TurnState.SUBMITTED, into

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def join(self, data: st.DataObject) -> None:
        turn, expected = self.draw(data)
        joined = self.call(self.store.join_turn(turn, view="{}"))

        assert joined is expected.steered
        if joined:
            expected.state, expected.answer = TurnState.JOINED, ""

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        turn, expected = self.draw(data)
        released = self.call(self.store.release_turn(turn))

        assert (released is not None) is expected.steered
        if released:
            expected.state, expected.joined_to = TurnState.QUEUED, None

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def hold(self, data: st.DataObject) -> None:
        turn, expected = self.draw(data)
        held = self.call(self.store.hold_turn(turn))

        taken = expected.state in {TurnState.SUBMITTED, TurnState.CONSUMED}
        assert (held is not None) is taken
        if held:
            charged = 0 if expected.steered else 1
            self.turns[turn] = Expected(attempts=max(0, expected.attempts - charged))

    @precondition(lambda self: self.turns)
    @rule(data=st.data(), state=ends, answer=answers)
    def finish(self, data: st.DataObject, state: TurnState, answer: str) -> None:
        turn, expected = self.draw(data)
        finished = self.call(
            self.store.finish_turn(
                turn, state=state, view="{}", answer=answer, cost_usd=None, tokens=None
            )
        )

        assert finished is not expected.state.final
        if finished:
            expected.state, expected.answer = state, answer
            expected.joined_to = None

    @precondition(lambda self: self.turns)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        turn, expected = self.draw(data)
        self.call(self.store.deliver_turn(turn))

        if expected.state.final:
            expected.delivered = True
        if expected.state is TurnState.ANSWERED:
            expected.state = TurnState.DELIVERED

    @precondition(lambda self: self.turns)
    @rule(data=st.data(), forgive=st.booleans())
    def requeue(self, data: st.DataObject, forgive: bool) -> None:
        turn, expected = self.draw(data)
        record = self.call(self.store.requeue_turn(turn, forgive=forgive))

        over = {TurnState.ANSWERED, TurnState.DELIVERED, TurnState.JOINED}
        assert (record is None) == (expected.state in over)
        if record:
            attempts = 0 if forgive else expected.attempts
            self.turns[turn] = Expected(attempts=attempts)

    @rule()
    def restart(self) -> None:
        self.call(self.life.aclose())
        self.store = self.call(self.open())

    @rule()
    def kill(self) -> None:
        """Go on from the files as they are on disk now, as after SIGKILL."""
        before = self.path
        self.lives += 1
        self.path.parent.mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(f"{before}{suffix}", f"{self.path}{suffix}")
        self.call(self.life.aclose())
        self.store = self.call(self.open())

    def draw(self, data: st.DataObject) -> tuple[TurnId, Expected]:
        turn = data.draw(st.sampled_from(sorted(self.turns)))
        return turn, self.turns[turn]

    # --- what must hold -------------------------------------------------------

    @invariant()
    def nothing_that_was_kept_disappears(self) -> None:
        pending = self.call(self.store.pending(HERE.platform))

        assert [(kept.event_id, kept.payload) for kept in pending] == [
            (id_, id_) for id_ in self.pending
        ]

    @invariant()
    def an_event_makes_at_most_one_turn(self) -> None:
        for id_ in self.seen:
            turn = self.call(self.store.turn_of_event(HERE.platform, id_))
            assert (turn.id if turn else None) == self.turn_of.get(id_)

    @invariant()
    def every_turn_is_where_it_came_to(self) -> None:
        for id_, expected in self.turns.items():
            turn = self.call(self.store.turn(id_))
            assert turn is not None
            assert expected == Expected(
                state=turn.state,
                answer=turn.answer,
                attempts=turn.attempts,
                delivered=turn.delivered_at is not None,
                joined_to=turn.joined_to,
            )

    @invariant()
    def a_start_would_find_all_that_is_not_over(self) -> None:
        unfinished = self.call(self.store.unfinished_turns())
        undelivered = self.call(self.store.undelivered_turns())

        assert [turn.id for turn in unfinished] == [
            id_ for id_, turn in sorted(self.turns.items()) if not turn.state.final
        ]
        assert [turn.id for turn in undelivered] == [
            id_
            for id_, turn in sorted(self.turns.items())
            if turn.state.final and not turn.delivered
        ]


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, derandomize=True
)
