"""What agents may always do in a project, until somebody revokes it. Pure."""

import re
import time
from collections.abc import Sequence

from adapters.language import say
from adapters.scrub import one_line
from bot.cards import Asker
from bot.menus import Menu, MenuChoice
from store.rules import RuleRecord

COMMAND = "rules"
REVOKE = "revoke"

_RULE = 40  # characters that a button shows


def allowed_tools(rules: Sequence[RuleRecord]) -> tuple[str, ...]:
    """As a session's spec takes them."""
    return tuple(rule.pattern for rule in rules)


def rules_text(rules: Sequence[RuleRecord], *, project: str, language: str) -> str:
    if not project:
        return say(language, "questions-rules-nowhere")
    if not rules:
        return say(language, "questions-rules-none", project=project)
    lines = (_line(rule, language) for rule in rules)
    return "\n".join((say(language, "questions-rules", project=project), "", *lines))


def rules_menu(
    rules: Sequence[RuleRecord], *, project: str, asker: Asker, language: str
) -> Menu | None:
    """The list, each to be revoked with a press; None: there is nothing to revoke."""
    if not rules:
        return None
    return Menu(
        kind=COMMAND,
        title=say(language, "questions-rules-title"),
        body=rules_text(rules, project=project, language=language),
        choices=[_choice(rule, language) for rule in rules],
        asker=asker,
        language=language,
    )


def _choice(rule: RuleRecord, language: str) -> MenuChoice:
    label = say(language, "questions-rules-revoke", rule=one_line(rule.pattern, _RULE))
    return MenuChoice(label, COMMAND, f"{REVOKE} {rule.id}", style="danger")


def _line(rule: RuleRecord, language: str) -> str:
    day = time.strftime("%Y-%m-%d", time.localtime(rule.added_at))
    name = one_line(rule.added_by.partition(" ")[2] or rule.added_by, _RULE)
    said = say(
        language, "questions-rules-line", rule=_code(rule.pattern), name=name, day=day
    )
    return f"- {said}"


def _code(text: str) -> str:
    """A code span of CommonMark, whatever backticks are in it."""
    runs = {len(run) for run in re.findall("`+", text)}
    fence = "`" * next(n for n in range(1, len(text) + 2) if n not in runs)
    room = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{room}{text}{room}{fence}"
