"""What may always be allowed, and that the real `claude` reads it as narrowly."""

from dataclasses import replace
from pathlib import Path

import pytest

from runner.base import Allow, SessionSpec
from runner.claude_rules import patterns
from runner.claude_runner import ClaudeRunner
from runner.events import PermissionRequested
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Use
from tests.runner.talk import Talk, talking


def suggested(*contents: str) -> list[object]:
    rules = [{"toolName": "Bash", "ruleContent": each} for each in contents]
    return [{"type": "addRules", "rules": rules, "behavior": "allow"}]


@pytest.mark.parametrize(
    ("command", "suggestions", "rules"),
    [
        ("npm test", ["npm test *"], ("Bash(npm test)", "Bash(npm test *)")),
        ("sudo ls", ["sudo ls"], ("Bash(sudo ls)",)),
        ("npm test 2>&1", ["npm test *"], ("Bash(npm test)", "Bash(npm test *)")),
        ("a && b", ["a", "b"], ()),
        ("npm test > log", ["npm test *"], ()),
        ("npm test | tail", ["npm test *"], ()),
        ("a\nb", ["a", "b"], ()),
        ("rm *.txt", ["rm *.txt"], ()),
        ("touch '(x)'", ["touch '(x)'"], ()),
        ("echo $HOME", ["echo *"], ()),
        ("cat $(which ls)", [], ()),
    ],
)
def test_a_command_is_repeated_as_it_stands_or_with_other_arguments(
    command: str, suggestions: list[str], rules: tuple[str, ...]
) -> None:
    offered = suggested(*suggestions) if suggestions else []

    assert patterns("Bash", {"command": command}, offered, "/w") == rules


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        ("/w/src/a.py", ("Edit(/src/a.py)", "Edit(/src/**)")),
        ("/w/a.py", ("Edit(/a.py)", "Edit(/**)")),
        ("/w/src/[a].py", ()),
        ("/w/../etc/passwd", ()),
        ("/etc/passwd", ()),
    ],
)
def test_an_edit_is_of_a_file_or_of_its_folder(
    path: str, rules: tuple[str, ...]
) -> None:
    assert patterns("Write", {"file_path": path}, [], "/w") == rules


def test_for_other_tools_the_agents_own_suggestion_stands() -> None:
    rules = [{"toolName": "WebFetch", "ruleContent": "domain:x.org"}]
    offered = [
        {"type": "addRules", "rules": rules, "behavior": "allow"},
        {"type": "addRules", "rules": [{"toolName": "mcp__a__b"}], "behavior": "allow"},
        {"type": "setMode", "mode": "acceptEdits"},
    ]

    assert patterns("WebFetch", {}, offered, "/w") == (
        "WebFetch(domain:x.org)",
        "mcp__a__b",
    )


async def asked(
    talk: Talk, api: FakeMessages, name: str, **given: str
) -> PermissionRequested | None:
    """What the agent asks when it makes this call."""
    before = len(talk.all(PermissionRequested))
    api.then(Reply(blocks=[Use(name, given)]))
    await talk.turn("go")
    return next(iter(talk.all(PermissionRequested)[before:]), None)


COMMANDS = ("touch seen", "touch seen, too", "touch 'a b' -- c:d")
#: None of these may pass by a rule for one of those.
WIDER = (
    "touch else",
    "touch seen && touch else",
    "touch seen; touch else",
    "touch seen > else",
    "touch seen $(touch else)",
    "touch seen\ntouch else",
    "touch other; touch seen",
    "touch other",
)


@pytest.mark.parametrize("kept", [False, True])
async def test_a_rule_holds_for_what_it_says_and_for_nothing_else(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages, kept: bool
) -> None:
    """In the session that asked, and as `allowed_tools` of a later one."""
    rules = []
    async with talking(runner.open(spec)) as talk:
        for command in COMMANDS:
            talk.answer = None
            api.then(Reply(blocks=[Use("Bash", {"command": command})]))
            id_ = await talk.prompt("go")
            request = await talk.until(PermissionRequested)
            rules.append(request.patterns[0])
            allow = Allow(scope="session", rules=request.patterns[:1])
            await talk.session.answer(request.request_id, allow)
            await talk.finished(id_)
        if not kept:
            await _holds(talk, api)
    if kept:
        later = replace(spec, allowed_tools=tuple(rules))
        async with runner.open(later) as session:
            await _holds(Talk(session), api)


async def _holds(talk: Talk, api: FakeMessages) -> None:
    talk.answer = Allow()
    for command in COMMANDS:
        assert await asked(talk, api, "Bash", command=command) is None
    for command in WIDER:
        assert await asked(talk, api, "Bash", command=command), command


async def test_other_arguments_are_allowed_by_the_wider_rule(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        api.then(Reply(blocks=[Use("Bash", {"command": "git push origin main"})]))
        talk.answer = None
        id_ = await talk.prompt("go")
        request = await talk.until(PermissionRequested)
        _, wider = request.patterns
        await talk.session.answer(
            request.request_id, Allow(scope="session", rules=(wider,))
        )
        await talk.finished(id_)
        talk.answer = Allow()

        assert await asked(talk, api, "Bash", command="git push origin next") is None
        assert await asked(talk, api, "Bash", command="git pushx")
        assert await asked(talk, api, "Bash", command="git push && rm x")


async def test_edits_of_a_folder_are_allowed_and_settings_still_ask(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages, tmp_path: Path
) -> None:
    shop = spec.workspace
    (shop / "src").mkdir()

    async def write(talk: Talk, path: Path) -> PermissionRequested | None:
        return await asked(talk, api, "Write", file_path=str(path), content="x")

    async with talking(runner.open(spec)) as talk:
        request = await write(talk, shop / "src" / "one.py")
    assert request
    exact, folder = request.patterns

    async with talking(runner.open(replace(spec, allowed_tools=(exact,)))) as talk:
        assert await write(talk, shop / "src" / "one.py") is None
        assert await write(talk, shop / "src" / "two.py")
    async with talking(runner.open(replace(spec, allowed_tools=(folder,)))) as talk:
        assert await write(talk, shop / "src" / "three.py") is None
        assert await write(talk, shop / "four.py")
    async with talking(
        runner.open(replace(spec, allowed_tools=("Edit(/**)",)))
    ) as talk:
        assert await write(talk, shop / "five.py") is None
        assert await write(talk, shop / ".claude" / "settings.json")
        assert await write(talk, shop / ".git" / "config")
        assert await write(talk, tmp_path / "outside.py")
