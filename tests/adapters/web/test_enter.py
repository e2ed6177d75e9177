import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.responses import HTMLResponse

from adapters.web.doorman import COOKIE_S, LINK_S, Doorman
from adapters.web.entrance import link
from tests.adapters.web.serving import House, client, house, serving
from tests.browser import browser


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as home:
        yield home


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_a_link_lets_its_first_visitor_in_for_ninety_days(home: House) -> None:
    url = link(home.doorman, home.server.url)

    answer = await home.stranger.get(url)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{home.doorman.cookie_name}=")
    for word in ("httponly", "samesite=strict", "path=/", f"max-age={90 * 24 * 3600}"):
        assert word in cookie
    assert "secure" not in cookie  # this is not https
    assert (await home.stranger.get("/")).status_code == 200


async def test_behind_https_the_cookie_stays_there(home: House) -> None:
    headers = {"X-Forwarded-Proto": "https"}  # by a proxy on this machine
    url = link(home.doorman, home.server.url)

    answer = await home.stranger.get(url, headers=headers)

    assert "; secure" in answer.headers["set-cookie"].lower()


async def test_a_link_works_once(home: House) -> None:
    url = link(home.doorman, home.server.url)
    await home.stranger.get(url)

    async with client(home.server) as second:
        answer = await second.get(url)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert "run <code>parley link</code>" in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_of_many_who_use_a_link_at_once_one_gets_in(home: House) -> None:
    url = link(home.doorman, home.server.url)
    browsers = [client(home.server) for _ in range(10)]

    answers = await asyncio.gather(*(browser.get(url) for browser in browsers))

    assert sorted(answer.status_code for answer in answers) == [303, *[403] * 9]
    for each in browsers:
        await each.aclose()


async def test_who_is_in_already_may_use_a_spent_link(home: House) -> None:
    url = link(home.doorman, home.server.url)
    await home.stranger.get(url)

    assert (await home.stranger.get(url)).status_code == 303


@pytest.mark.parametrize("query", ["", "?code=", "?code=../web.secret", "?code=%00"])
async def test_a_link_that_is_none_lets_nobody_in(home: House, query: str) -> None:
    assert (await home.stranger.get(f"/enter{query}")).status_code == 403


async def test_looking_at_a_link_does_not_spend_it(home: House) -> None:
    url = link(home.doorman, home.server.url)
    await home.stranger.head(url)

    assert (await home.stranger.get(url)).status_code == 303


async def test_whoever_follows_a_link_of_another_site_gets_in_too(home: House) -> None:
    """Browsers keep a SameSite=Strict cookie back from the redirect."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}

    answer = await home.stranger.get(
        link(home.doorman, home.server.url), headers=headers
    )

    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in answer.text
    assert "set-cookie" in answer.headers


async def test_going_on_from_another_site_stays_on_ours(home: House) -> None:
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Accept": "text/html",
    }
    path = '//evil.example/"><script>?a=1&b=2'

    answer = await home.stranger.get(f"{home.server.url}{path}", headers=headers)

    assert answer.status_code == 401
    assert f'content="0; url={home.server.url}//evil.example/%22' in answer.text
    assert "a=1&amp;b=2" in answer.text
    assert "<script>" not in answer.text


async def test_a_browser_that_comes_from_another_site_gets_to_where_it_wanted(
    home: House,
) -> None:
    deep = f"{home.server.url}/c/3"
    links = {"in": link(home.doorman, home.server.url), "deep": deep}
    page = "".join(f'<a id={name} href="{url}">.</a>' for name, url in links.items())

    async with serving(HTMLResponse(page)) as other, browser() as chromium:
        visitor = await chromium.new_page()
        other_site = other.url.replace("127.0.0.1", "localhost")

        await visitor.goto(other_site)
        await visitor.click("#deep")
        await visitor.get_by_text("You are not signed in").wait_for()
        await visitor.goto(other_site)
        await visitor.click("#in")
        await visitor.get_by_text("hello").wait_for()
        await visitor.goto(other_site)
        await visitor.click("#deep")
        await visitor.get_by_text("hello").wait_for()

        assert visitor.url == deep


# --- the doorman ----------------------------------------------------------------


def test_a_code_is_good_for_a_quarter_of_an_hour(tmp_path: Path) -> None:
    clock = Clock()
    doorman = Doorman(tmp_path, clock=clock)
    early, late = doorman.new_code(), doorman.new_code()

    clock.now += LINK_S - 1
    assert doorman.redeem(early)
    clock.now += 1
    assert not doorman.redeem(late)


def test_a_spent_code_is_spent_after_a_restart_too(tmp_path: Path) -> None:
    code = Doorman(tmp_path).new_code()

    assert Doorman(tmp_path).redeem(code)
    assert not Doorman(tmp_path).redeem(code)


def test_old_codes_are_swept_away(tmp_path: Path) -> None:
    clock = Clock()
    doorman = Doorman(tmp_path, clock=clock)
    for _ in range(3):
        doorman.new_code()

    clock.now += LINK_S + 1
    doorman.new_code()

    assert len(list((tmp_path / "web.links").iterdir())) == 1


def test_a_cookie_is_good_after_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    cookie = Doorman(tmp_path, clock=clock).new_cookie()

    clock.now += COOKIE_S - 1
    assert Doorman(tmp_path, clock=clock).knows_cookie(cookie)
    clock.now += 1
    assert not Doorman(tmp_path, clock=clock).knows_cookie(cookie)


def test_a_cookie_is_good_in_one_house_only(tmp_path: Path) -> None:
    ours, theirs = Doorman(tmp_path / "a"), Doorman(tmp_path / "b")

    assert not ours.knows_cookie(theirs.new_cookie())
    assert ours.cookie_name != theirs.cookie_name


def test_a_token_is_made_once_and_a_configured_one_goes_first(tmp_path: Path) -> None:
    made = Doorman(tmp_path).token

    assert len(made) >= 32
    assert Doorman(tmp_path).token == made
    configured = Doorman(tmp_path, token="from the configuration")
    assert configured.knows_token("from the configuration")
    assert not configured.knows_token(made)
    assert not configured.knows_token("")


def test_what_is_kept_is_for_the_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "web.secret").write_text("made by hand")
    (tmp_path / "web.secret").chmod(0o644)

    code = Doorman(tmp_path).new_code()

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "web.links").stat().st_mode) == 0o700
    assert not any(code in file.name + file.read_text() for file in files)


def test_a_link_says_where_the_server_is(tmp_path: Path) -> None:
    url = urlsplit(link(Doorman(tmp_path), "http://127.0.0.1:8642"))

    assert (url.netloc, url.path) == ("127.0.0.1:8642", "/enter")
    assert url.query.startswith("code=")


async def test_a_link_made_before_the_first_run_leaves_nothing_open(
    tmp_path: Path,
) -> None:
    state = tmp_path / "some" / "state"

    Doorman(state).new_code()

    assert state.stat().st_mode & 0o777 == 0o700
    files = [file for file in state.rglob("*") if file.is_file()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
