import io
import json
import logging
from collections.abc import Iterator

import httpx
import pytest
import structlog

from bot import log

TOKEN = "123456:AAF-canary"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    log.set_up([TOKEN], stream=stream)
    yield stream
    root.handlers = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_json_away_from_a_terminal(lines: io.StringIO) -> None:
    structlog.get_logger().info("turn.finished", turn=7)

    line = json.loads(lines.getvalue())
    assert (line["event"], line["turn"], line["level"]) == ("turn.finished", 7, "info")


def test_the_token_is_hidden_wherever_it_comes_from(lines: io.StringIO) -> None:
    url = f"https://api.telegram.org/bot{TOKEN}/sendMessage"
    logger = structlog.get_logger()

    logger.error("call.failed", url=url)
    logging.getLogger("somebody").error("HTTP Request: POST %s", url)
    try:
        raise httpx.ConnectError(f"no route to {url}")
    except httpx.ConnectError:
        logger.exception("call.failed")
        logging.getLogger("somebody").exception("again")

    assert lines.getvalue().count(log.HIDDEN) >= 4
    assert TOKEN not in lines.getvalue()


def test_a_secret_is_hidden_as_it_stands_in_json_and_in_addresses(
    lines: io.StringIO,
) -> None:
    log.hide(['a"secret\\with/everything:é'])
    logger = structlog.get_logger()

    logger.info("one", words='a"secret\\with/everything:é')
    logger.info("two", url="http://x/a%22secret%5Cwith/everything%3A%C3%A9")
    logger.info("three", url=f"https://x/bot{TOKEN.replace(':', '%3A')}/getMe")

    assert lines.getvalue().count(log.HIDDEN) == 3
    assert "secret" not in lines.getvalue()
    assert "canary" not in lines.getvalue()


def test_what_is_hidden_later_joins_what_was_hidden_before(lines: io.StringIO) -> None:
    logger = structlog.get_logger()

    log.hide(["made-just-now"])
    logger.info("begun", words=f"made-just-now {TOKEN}")

    assert "made-just-now" not in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_libraries_that_log_urls_are_quiet(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST %s", TOKEN)

    assert lines.getvalue() == ""
