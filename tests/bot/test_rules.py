"""The list of what is always allowed, and how one of it is revoked."""

import re
from pathlib import Path

from bot.menus import MenuChoice
from bot.outcomes import Ordered
from bot.rules import allowed_tools, rules_menu, rules_text
from store.rules import RuleRecord
from tests.bot.menu import ASKER
from tests.bot.requesting import RUN
from tests.bot.table import table


def rule(number: int, pattern: str) -> RuleRecord:
    return RuleRecord(
        id=number, project="shop", pattern=pattern, added_by="fake:1 Ada", added_at=0.0
    )


def test_rules_are_listed_with_who_added_them_and_when() -> None:
    text = rules_text([rule(1, "Bash(ls:*)")], project="shop", language="en")

    assert re.fullmatch(
        r"Always allowed in \*\*shop\*\*:\n\n- `Bash\(ls:\*\)` — Ada, \d{4}-\d\d-\d\d",
        text,
    )


def test_backticks_do_not_end_the_code_they_are_in() -> None:
    text = rules_text([rule(1, "Bash(echo `id`)")], project="shop", language="en")

    assert "``Bash(echo `id`)``" in text


def test_no_rules_and_no_project_are_told_apart() -> None:
    assert "Nothing" in rules_text([], project="shop", language="en")
    assert "no project" in rules_text([], project="", language="en")
    assert rules_menu([], project="shop", asker=ASKER, language="en") is None


def test_each_rule_has_its_button() -> None:
    rules = [rule(3, "Bash(ls:*)"), rule(7, "Edit")]

    menu = rules_menu(rules, project="shop", asker=ASKER, language="ko")

    assert menu is not None
    assert menu.choices == [
        MenuChoice("🗑 취소: Bash(ls:*)", "rules", "revoke 3", "danger"),
        MenuChoice("🗑 취소: Edit", "rules", "revoke 7", "danger"),
    ]


async def test_a_rule_holds_from_the_press_until_it_is_revoked(tmp_path: Path) -> None:
    async with table(tmp_path) as at:
        await at.questions.permission(
            RUN, await at.turn(), project="shop", language="en"
        )
        await at.press("wider")
        rules = await at.store.rules("shop")
        assert allowed_tools(rules) == ("Bash(npm test:*)",)
        menu = rules_menu(rules, project="shop", asker=ASKER, language="en")
        assert menu is not None
        await at.questions.menu(menu)

        assert await at.press("o1") == Ordered("rules", f"revoke {rules[0].id}")
