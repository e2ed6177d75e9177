"""Parley's own questions: menus for commands, and what becomes of a turn. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from adapters.language import ENGLISH, say
from adapters.views import Option
from bot.access import Decider
from bot.cards import (
    AGAIN,
    ANYBODY,
    END,
    LEAVE,
    OTHER,
    REDO,
    WAIT,
    Asker,
    Card,
    new_card,
)
from store.decisions import OWN

Style: TypeAlias = Literal["plain", "good", "danger"]

ORDER = "order"
RETRY = "retry"
WATCH = "watch"


@dataclass(frozen=True, slots=True)
class MenuChoice:
    """Choosing it is like typing the command."""

    label: str
    command: str
    argument: str = ""
    style: Style = "plain"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    kind: str  # ORDER, "memory", "budget", …: what it is withdrawn by
    title: str
    choices: Sequence[MenuChoice]
    body: str = ""  # CommonMark
    words_to: str = ""  # the command that other words are the argument of; "": none
    asker: Asker = ANYBODY
    decider: Decider = "asker"
    language: str = ENGLISH


def menu_card(menu: Menu) -> Card:
    numbered = {f"o{nth}": one for nth, one in enumerate(menu.choices, start=1)}
    options = [
        Option(id_, one.label, one.style, one.description)
        for id_, one in numbered.items()
    ]
    if menu.words_to:
        options.append(Option(OTHER, say(menu.language, "questions-other")))
    card = new_card(
        OWN + menu.kind,
        menu.asker,
        title=menu.title,
        body=menu.body,
        options=options,
        decider=menu.decider,
        language=menu.language,
    )
    orders = {id_: (one.command, one.argument) for id_, one in numbered.items()}
    meaning = replace(card.meaning, orders=orders, words_to=menu.words_to)
    return replace(card, meaning=meaning)


def retry_card(asker: Asker, *, attempts: int, language: str) -> Card:
    return new_card(
        OWN + RETRY,
        asker,
        title=say(language, "questions-retry-title"),
        body=say(language, "questions-retry-body", attempts=attempts),
        options=_options(language, {AGAIN: "good", LEAVE: "plain"}),
        language=language,
    )


def watch_card(asker: Asker, *, words: str, language: str) -> Card:
    """*words*: what was seen of the turn that runs."""
    return new_card(
        OWN + WATCH,
        asker,
        title=say(language, "questions-watch-title"),
        body=words,
        options=_options(language, {WAIT: "good", END: "danger", REDO: "plain"}),
        language=language,
    )


def _options(language: str, styles: Mapping[str, Style]) -> list[Option]:
    return [
        Option(id_, say(language, f"questions-{id_}"), style)
        for id_, style in styles.items()
    ]
