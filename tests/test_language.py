"""The catalogue of words and the code that says them fit together."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent
from fluent.syntax.visitor import Visitor

from adapters.language import ENGLISH, languages, say
from bot.cards import AGAIN, END, LEAVE, REDO, WAIT

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "adapters" / "locales"
#: Calls whose first word is a key; of `say` it is the second, after the language.
SAYING = {"Phrase", "announce", "note", "tell", "words"}
KEY = re.compile(r"[a-z]+(-[a-zA-Z0-9]+)+")


class _Names(Visitor):
    """What a message needs: values, and other messages."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.messages: set[str] = set()

    def visit_VariableReference(  # noqa: N802 - the library looks for this name
        self, node: fluent.VariableReference
    ) -> None:
        self.values.add(node.id.name)

    def visit_MessageReference(  # noqa: N802
        self, node: fluent.MessageReference
    ) -> None:
        self.messages.add(node.id.name)


def _catalogue(language: str) -> Mapping[str, _Names]:
    found: dict[str, _Names] = {}
    for file in sorted((LOCALES / language).glob("*.ftl")):
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, fluent.Junk), f"{file}: {entry.content}"
            if isinstance(entry, fluent.Message):
                key = entry.id.name
                assert key not in found, f"{key} is there twice in {language}"
                found[key] = _Names()
                found[key].visit(entry)
    return found


CATALOGUES = {language: _catalogue(language) for language in languages()}
OURS = CATALOGUES[ENGLISH]


def _values(language: str, key: str) -> set[str]:
    """Those of the messages in it, too."""
    names = CATALOGUES[language][key]
    return names.values.union(*(_values(language, one) for one in names.messages))


# --- what the code says -------------------------------------------------------


@dataclass(frozen=True)
class Place:
    file: str
    line: int


@dataclass(frozen=True)
class Said:
    """A key that the code names, with the values it gives; None: not seen here."""

    key: str
    values: frozenset[str] | None
    place: Place


def _parsed() -> Iterator[tuple[str, ast.AST]]:
    for package in ("adapters", "bot", "runner"):
        for file in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                yield str(file.relative_to(ROOT)), node


CODE = list(_parsed())


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _key_of(call: ast.Call) -> ast.expr | None:
    place = 1 if _name(call) == "say" else 0 if _name(call) in SAYING else None
    if place is None or len(call.args) <= place:
        return None
    return call.args[place]


def _constants(expression: ast.AST) -> Iterator[str]:
    """The strings it may be: both of `"a" if x else "b"`."""
    match expression:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _constants(one)
            yield from _constants(other)
        case _:
            return


def _said() -> Iterator[Said]:
    for file, node in CODE:
        if isinstance(node, ast.Call) and (key := _key_of(node)):
            values = frozenset(str(k.arg) for k in node.keywords if k.arg)
            whole = all(k.arg for k in node.keywords) and _name(node) != "Phrase"
            for text in _constants(key):
                if KEY.fullmatch(text):
                    place = Place(file, node.lineno)
                    yield Said(text, values if whole else None, place)


def _families() -> set[str]:
    """Of the keys that are made from parts: `f"mode-{mode}-means"`, as patterns."""
    found = set()
    for _, node in CODE:
        if isinstance(node, ast.JoinedStr):
            parts = [
                str(part.value) if isinstance(part, ast.Constant) else ".+"
                for part in node.values
            ]
            if parts[0].partition("-")[0] in AREAS and "-" in parts[0]:
                found.add("".join(parts))
    return found


AREAS = {key.partition("-")[0] for key in OURS}
#: Families whose members would be a whole area.
WIDE = {
    "order-.+": {f"order-{one}" for one in ("on", "off")},
    "questions-.+": {f"questions-{one}" for one in (AGAIN, LEAVE, WAIT, END, REDO)},
}
SAID = list(_said())
CONSTANTS = {text for _, node in CODE for text in _constants(node)}
FAMILIES = {
    one: WIDE.get(one) or {key for key in OURS if re.fullmatch(one, key)}
    for one in _families()
}


# --- that it fits -------------------------------------------------------------


@pytest.mark.parametrize("language", [one for one in languages() if one != ENGLISH])
def test_every_language_says_the_same(language: str) -> None:
    theirs = CATALOGUES[language]

    assert sorted(theirs.keys() ^ OURS.keys()) == []
    differing = [k for k in OURS if _values(language, k) != _values(ENGLISH, k)]
    # An ordinal needs its plural category only where numbers have endings.
    assert [key for key in differing if key != "ordinal"] == []


def test_every_key_that_is_said_is_in_the_catalogue() -> None:
    assert SAID
    assert [one for one in SAID if one.key not in OURS] == []


def test_every_value_that_a_message_needs_is_given() -> None:
    lacking = [
        (one.place, one.key, missing)
        for one in SAID
        if one.values is not None and one.key in OURS
        if (missing := _values(ENGLISH, one.key) - one.values)
    ]

    assert lacking == []


def test_every_family_of_keys_has_members() -> None:
    assert FAMILIES
    assert [one for one, members in FAMILIES.items() if not members & OURS.keys()] == []


def test_no_words_are_left_that_nobody_says() -> None:
    referred = set().union(*(names.messages for names in OURS.values()))
    made = set().union(*FAMILIES.values())

    assert sorted(OURS.keys() - CONSTANTS - referred - made) == []


def test_what_is_not_in_the_catalogue_is_seen_at_once() -> None:
    assert say("ko", "no-such-key") == "no-such-key"
