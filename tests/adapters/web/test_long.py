"""Words too long for a page: their beginning, a file, and nobody waits for them."""

import threading

import pytest

from adapters.aside import aside
from adapters.views import Said, Step, TurnStatus, TurnView
from adapters.web.turns import MAX_SAID, turn_html
from adapters.web.values import Entry
from tests.adapters.web.api import Api

PARAGRAPHS = "\n\n".join(f"word{number} and more" for number in range(10_000))
LONG = PARAGRAPHS * 28


async def test_an_answer_of_megabytes_is_a_beginning_and_a_file(web: Api) -> None:
    card = web.desk.add()
    turn = await web.desk.say(card.id, "Go", key="1")
    assert turn
    web.desk.grow(card.id, turn, Said("I look."), Step("s", "Read a", ok=True))
    web.desk.finish(card.id, turn, LONG)

    html = turn_html(card.id, web.desk.turn(card.id), "en")
    url = f"/api/sessions/{card.id}/turns/{turn}/answer"
    answer = await web.get(url)

    assert len(LONG) > 5_000_000
    assert len(html) < 10 * MAX_SAID
    assert "word0 and more" in html
    assert "word9999 and more" not in html
    assert answer.text.endswith(LONG[-99:])
    assert f'href="{url}"' in html
    assert answer.text.startswith("I look.\n\n- ⚙️ Read a ✓\n\nword0")
    assert answer.text.endswith(LONG)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["content-disposition"] == "attachment; filename=answer.md"


async def test_the_file_of_a_turn_that_is_not_there_is_not_there(web: Api) -> None:
    card = web.desk.add()

    answer = await web.get(f"/api/sessions/{card.id}/turns/t9/answer")

    assert answer.status_code == 404


def test_while_it_grows_past_that_only_its_beginning_is_drawn() -> None:
    def drawn(length: int) -> str:
        said = Said(PARAGRAPHS[:length], complete=False)
        view = TurnView(id="t1", status=TurnStatus.RUNNING, parts=(said,))
        return turn_html(1, Entry(view=view), "en")

    assert drawn(2 * MAX_SAID) == drawn(3 * MAX_SAID)


@pytest.mark.parametrize(("words", "beside"), [("short", False), (LONG, True)])
async def test_nobody_waits_while_a_long_turn_is_drawn(
    words: str, beside: bool
) -> None:
    view = TurnView(id="t1", status=TurnStatus.DONE, parts=(Said(words),))

    drawn_in = await aside([view], threading.current_thread)

    assert (drawn_in is not threading.current_thread()) == beside
