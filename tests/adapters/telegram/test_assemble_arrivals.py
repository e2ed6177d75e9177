"""However messages arrive, each word ends in one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.assemble import LONG, Assembly
from adapters.telegram.inbound import Message
from tests.adapters.telegram.assembled import events, messages, played, replayed
from tests.adapters.telegram.incoming import NOON, forward, picture, said, steadily


@dataclass(frozen=True)
class Arrival:
    gap: float
    kind: str
    length: int = field(default=5)


kinds = st.sampled_from(["text", "long", "g", "h", "forward", "forwarded album"])

arrivals = st.lists(
    st.builds(
        Arrival,
        gap=st.sampled_from([0, 0.1, 0.5, 1.0, 1.2, 1.5, 3.0, 9.0]),
        kind=kinds,
        length=st.integers(1, 4096),
    ),
    max_size=25,
)


def arriving(script: Sequence[Arrival]) -> list[Message]:
    rows, at = [], float(NOON)
    for number, arrival in enumerate(script, start=1):
        at += arrival.gap
        match arrival.kind:
            case "text":
                rows.append(said(number, text=f"<{number}>", at=at))
            case "long":
                body = f"<{number}>".ljust(LONG + arrival.length % 97, "x")
                rows.append(said(number, text=body, at=at))
            case "forward":
                rows.append(forward(number, text=f"<{number}>", at=at))
            case "forwarded album":
                rows.append(
                    forward(
                        number, caption=f"<{number}>", media_group_id="f", at=at,
                        photo=[{"file_id": "p"}],
                    )
                )  # fmt: skip
            case group:
                caption = f"<{number}>"
                rows.append(
                    picture(number, media_group_id=group, caption=caption, at=at)
                )
    return messages(*rows)


@steadily
@given(arrivals)
def test_every_message_ends_in_exactly_one_batch_in_order(
    script: list[Arrival],
) -> None:
    sent = arriving(script)

    for batches in (played(sent), replayed(sent)):
        assert [*chain.from_iterable(events(batches))] == [m.event for m in sent]


@steadily
@given(arrivals)
def test_no_word_is_lost(script: list[Arrival]) -> None:
    sent = arriving(script)

    for batches in (played(sent), replayed(sent)):
        text = "\n".join(batch.text for batch in batches)
        places = [text.find(f"<{m.id}>") for m in sent]
        assert -1 not in places
        assert places == sorted(places)


@steadily
@given(arrivals, st.integers(0, 25))
def test_a_replay_gives_the_same_or_more_at_once(
    script: list[Arrival], taken: int
) -> None:
    before = played(arriving(script))[taken:]  # what a crash left undelivered
    left = [message for batch in before for message in batch.messages]

    again = events(replayed(left))

    for batch in before:
        assert sum(set(batch.events) <= set(batch_) for batch_ in again) == 1


@steadily
@given(arrivals)
def test_only_what_may_go_on_waits_and_never_long(script: list[Arrival]) -> None:
    assembly = Assembly()
    opened = 0.0
    for message in arriving(script):
        if assembly.due is not None and assembly.due < message.arrived_at:
            assembly.flush()
        waiting = assembly.due is not None
        done = assembly.add(message)
        opened = opened if waiting and not done else message.arrived_at
        if message.plain and message.length < LONG:
            assert assembly.due is None
        if assembly.due is not None:
            assert assembly.due <= min(message.arrived_at + 1.5, opened + 8)
