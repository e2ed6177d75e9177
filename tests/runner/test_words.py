"""Everything a runner says to people is in the catalogue, in every language."""

import re
from pathlib import Path

import pytest

import runner
from adapters.language import ENGLISH, languages, say

SOURCES = "".join(
    file.read_text() for file in Path(runner.__file__).parent.glob("*.py")
)
KEYS = sorted(set(re.findall(r'"(agent-[a-z-]+)"', SOURCES)))
LOCALES = Path(__file__).parents[2] / "adapters" / "locales"
VALUE = re.compile(r"\$([a-z]+)")


def values(language: str, key: str) -> set[str]:
    text = (LOCALES / language / "agent.ftl").read_text(encoding="utf-8")
    found = re.search(rf"^{key} =(.*?)(?=^[a-z#]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{key} is missing"
    return set(VALUE.findall(found[1]))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("language", languages())
def test_each_key_has_words_with_the_same_values(language: str, key: str) -> None:
    wanted = values(ENGLISH, key)

    assert values(language, key) == wanted
    assert say(language, key, **dict.fromkeys(wanted, "x")) != key


def test_no_words_are_left_that_nobody_says() -> None:
    for language in languages():
        text = (LOCALES / language / "agent.ftl").read_text(encoding="utf-8")
        assert sorted(re.findall(r"^(agent-[a-z-]+) =", text, re.MULTILINE)) == KEYS
