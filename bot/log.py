"""Logs: lines for people on a terminal, JSON otherwise. Secrets never get in."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO
from urllib.parse import quote

import structlog

HIDDEN = "‹hidden›"
#: Libraries that log full URLs, and with them tokens, or what people wrote.
CHATTY = (
    *("httpx", "httpcore", "telegram", "slack_sdk", "slack_bolt", "aiohttp"),
    *("asyncio", "markdown_it", "aiosqlite"),
)


class Redactor:
    """Replaces known secrets in the finished line, wherever they came from."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets: list[str] = []
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Replace these, too, from now on."""
        forms = {form for secret in filter(None, secrets) for form in _forms(secret)}
        self._secrets = sorted(forms.union(self._secrets), key=len, reverse=True)

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def _forms(secret: str) -> Iterator[str]:
    """As it is, and as it stands in JSON and in an address."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote(secret)
    yield quote(secret, safe="")


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, redactor: Redactor, **options: Any) -> None:
        super().__init__(**options)
        self.redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self.redactor.clean(super().format(record))


def set_up(secrets: Iterable[str] = (), *, stream: TextIO = sys.stderr) -> None:
    """Send every log line, ours and the libraries', through one redacted handler."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    person = stream.isatty()
    render: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if person
        else structlog.processors.JSONRenderer()
    )
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if not person:
        last.append(structlog.processors.format_exc_info)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        _Formatter(
            Redactor(secrets), foreign_pre_chain=shared, processors=[*last, render]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def hide(secrets: Iterable[str]) -> None:
    """Take these out of every line, too: they were made after `set_up`."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _Formatter):
            handler.formatter.redactor.hide(secrets)
