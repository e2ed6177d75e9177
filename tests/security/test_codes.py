"""Threat 4: codes are guessed."""

import secrets
from pathlib import Path

from adapters.inbound import Address
from adapters.web.doorman import Doorman
from bot.linking import GUESSES, LASTS_S, LENGTH, LETTERS, Links
from store.records import ConversationId
from tests.adapters.web.serving import house

ADA, BOB, EVE = (("telegram", who) for who in ("1", "2", "3"))
HOME = Address("telegram", "1")
MANY = 1000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def guess() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def test_a_thousand_guesses_find_no_code_and_then_not_even_the_right_one_helps() -> (
    None
):
    clock = Clock()
    links = Links(clock)
    code = links.offer(ConversationId(1), HOME, *ADA)

    assert not any(links.take(guess(), EVE) for _ in range(MANY))

    assert links.take(code, EVE) is None
    assert links.take(code, BOB) is not None


def test_who_mistyped_a_few_times_gets_in_and_so_does_everybody_later() -> None:
    clock = Clock()
    links = Links(clock)
    code = links.offer(ConversationId(1), HOME, *ADA)
    for _ in range(GUESSES - 1):
        assert links.take(guess(), BOB) is None
    assert links.take(f" {code.lower()} ", BOB) is not None
    for _ in range(MANY):
        links.take(guess(), EVE)

    clock.now += LASTS_S + 1
    code = links.offer(ConversationId(1), HOME, *ADA)

    assert links.take(code, EVE) is not None


async def test_a_thousand_guesses_of_a_link_to_the_page_open_nothing(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as home:
        code = home.doorman.new_code()
        guesses = [secrets.token_urlsafe(24) for _ in range(MANY - 4)]
        near = [code[:-1], code + "A", code.swapcase(), "../" + code]

        for wrong in [*guesses, *near]:
            answer = await home.stranger.get("/enter", params={"code": wrong})
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers

        right = await home.stranger.get("/enter", params={"code": code})
        assert right.status_code == 303
        assert home.doorman.cookie_name in right.cookies


def test_a_code_is_nowhere_on_disk(tmp_path: Path) -> None:
    code = Doorman(tmp_path).new_code()

    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not any(code in str(file) or code in file.read_text() for file in files)
