from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.mentions import neutralise
from adapters.slack.script import Card, Script, chunks_of, script_of
from adapters.slack.split import seam
from adapters.views import Part, Said, Step, TurnStatus, TurnView

TURN = TurnView(id="t1", status=TurnStatus.RUNNING)
RUN = Step("s1", "Run npm test", "execute")


def script(*parts: Part) -> Script:
    return script_of(replace(TURN, parts=parts))


def test_words_and_cards_keep_their_order() -> None:
    told = script(Said("One"), RUN, Said("Two"), Said("Three"))

    assert told.words == "One\n\nTwo\n\nThree"
    assert told.cards == ((3, Card("s1", "🔧 Run npm test", "in_progress")),)


def test_a_card_says_how_its_step_went() -> None:
    passed = script(replace(RUN, ok=True, output="12 passed"))
    failed = script(replace(RUN, ok=False, output="1 failed\nE assert"))

    assert passed.cards[0][1].chunk() == {
        "type": "task_update",
        "id": "s1",
        "title": "🔧 Run npm test",
        "status": "complete",
    }
    assert failed.cards[0][1].state == "error"
    assert failed.cards[0][1].output == "1 failed E assert"


def test_what_a_subagent_does_is_counted_on_its_card() -> None:
    agent = Step("a", "Look around", "delegate")
    inside = [Step(f"i{n}", "Read", "read", parent="a") for n in range(3)]
    deeper = Step("d", "Read", "read", parent="i0")

    told = script(agent, *inside, deeper)

    ((_, card),) = told.cards
    assert (card.id, card.details) == ("a", "4 steps")


def test_a_long_title_and_output_are_cut() -> None:
    step = Step("s1", "t" * 1000, ok=False, output="o" * 1000)

    (chunk,) = chunks_of([script(step).cards[0][1]])

    assert len(chunk["title"]) <= 250
    assert len(chunk["output"]) <= 500


def test_what_may_become_a_ping_is_held_back_until_it_is_known() -> None:
    assert script(Said("Ask <@U0", complete=False)).words == "Ask "
    assert script(Said("Ask <@U0AD", complete=False)).words == "Ask <@U0AD"
    assert script(Said("Ask <@U0")).words == "Ask <@U0"


def test_nothing_is_held_back_once_the_turn_is_over() -> None:
    over = replace(
        TURN, status=TurnStatus.CANCELLED, parts=(Said("Ask <", complete=False),)
    )

    assert script_of(over).words == "Ask <"


def test_code_that_nobody_closed_does_not_swallow_what_follows() -> None:
    told = script(Said("```py\nprint()"), RUN, Said("Done."))

    assert told.words == "```py\nprint()\n```\n\nDone."


def test_words_that_cannot_be_seen_are_none() -> None:
    assert script(Said(" \n"), Said("\x1b[31m")) == Script("", ())


texts = st.text(
    st.sampled_from("ab \n`|-<@!U0&lt;#\x1b[31m\r\tä"), min_size=1, max_size=60
)


@given(texts, st.lists(texts, max_size=2))
def test_while_a_turn_grows_its_earlier_words_stay(
    text: str, others: list[str]
) -> None:
    """Except where a terminal's code, or a tab, is cut in the middle."""
    text = text.replace("\x1b", "").replace("[31m", "")
    before: list[Part] = [Said(other) for other in others]
    shown = ""

    for end in range(1, len(text) + 1):
        words = script(*before, Said(text[:end], complete=False)).words
        assert words.startswith(shown)
        shown = words
    for last in (script(*before, Said(text)), script(*before, Said(text), RUN)):
        assert last.words.startswith(shown)
        shown = last.words


@given(texts, st.integers(0, 60))
def test_piece_by_piece_no_ping_comes_alive(text: str, at: int) -> None:
    first = script(Said(text[:at], complete=False)).words if text[:at].strip() else ""
    whole = script(Said(text)).words

    if whole.startswith(first):
        pieces = neutralise(first) + neutralise(whole[len(first) :])
        assert neutralise(pieces) == pieces


@given(st.lists(texts, min_size=2, max_size=4))
def test_no_part_leaves_code_open_for_the_next(parts: list[str]) -> None:
    *_, last = parts
    words = script(*(Said(part) for part in parts[:-1]), Said("end")).words

    assert seam(words, "")[0] == "" or "```" in last or "~~~" in words
