"""Logs: lines for people on a terminal, JSON otherwise. Secrets never get in."""

import logging
import sys
from collections.abc import Collection
from typing import Any, TextIO

import structlog

HIDDEN = "‹hidden›"
#: Libraries that log full URLs, and with them tokens, or what people wrote.
CHATTY = (
    *("httpx", "httpcore", "telegram", "slack_sdk", "slack_bolt", "aiohttp"),
    *("asyncio", "markdown_it", "aiosqlite"),
)


class Redactor:
    """Replaces known secrets in the finished line, wherever they came from."""

    def __init__(self, secrets: Collection[str]) -> None:
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, redactor: Redactor, **options: Any) -> None:
        super().__init__(**options)
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        return self._redactor.clean(super().format(record))


def set_up(secrets: Collection[str] = (), *, stream: TextIO = sys.stderr) -> None:
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
