"""Claude Code's permission rules: what could always be allowed, and in what words.

Measured with 2.1.329 (`tests/runner/test_rules.py` repeats it with the real one):

- `Bash(npm test *)` fits no compound command, no redirection and no substitution;
- `*` fits anything anywhere: `Bash(rm a*.txt)` allows `rm a -rf b.txt`, and not itself;
- a compound command fits a rule of its own only sometimes: not if it is a pipe, nor if
  another rule fits one of its parts. Where error output goes does not matter;
- brackets inside a rule break `--allowedTools` apart; commas and spaces do not;
- `Edit(/src/**)` is a folder of the workspace, for every tool that edits files.
  Settings, `.git` and the like still ask, whatever the rule.

Pure.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from runner.describe import KINDS

#: What joins commands or hides one in another, or what a rule reads as something else.
UNFIT = re.compile(r"[;&|<>()`$*\n\\]")
HARMLESS = re.compile(r"\s+2>(&1|/dev/null)\s*$")
#: The same for paths, whose rules are written as in .gitignore.
UNFIT_PATH = re.compile(r"[*?\[\]{}(),!#\\\n]")


def patterns(
    tool: str, given: Mapping[str, Any], suggestions: Sequence[Any], workspace: str
) -> tuple[str, ...]:
    """Rules that would allow this call from now on, the narrowest first."""
    if KINDS.get(tool) == "edit":
        found = _of_a_file(given, workspace)
    elif tool == "Bash":
        found = _of_a_command(str(given.get("command", "")), suggestions)
    else:
        found = (_written(rule) for rule in _suggested(suggestions))
    return tuple(dict.fromkeys(found))


def added(rules: Sequence[str]) -> Mapping[str, Any]:
    """What an answer says to keep rules for as long as the process runs."""
    return {
        "type": "addRules",
        "rules": [_parsed(rule) for rule in rules],
        "behavior": "allow",
        "destination": "session",
    }


def _of_a_command(command: str, suggestions: Sequence[Any]) -> Iterator[str]:
    """As it stands, and with other arguments; only where the CLI suggests a rule, too:
    it suggests none for what it cannot look through."""
    plain = HARMLESS.sub("", command).strip()
    suggested = _suggested(suggestions)
    if len(suggested) != 1 or UNFIT.search(plain):
        return
    yield f"Bash({plain})"
    content = str(suggested[0].get("ruleContent", ""))
    if not UNFIT.search(content.removesuffix(" *")):
        yield f"Bash({content})"


def _of_a_file(given: Mapping[str, Any], workspace: str) -> Iterator[str]:
    """The file, and its folder; only inside the workspace."""
    path = PurePosixPath(str(given.get("file_path") or given.get("notebook_path")))
    if not workspace or not path.is_relative_to(workspace) or ".." in path.parts:
        return
    inside = PurePosixPath("/") / path.relative_to(workspace)
    if not UNFIT_PATH.search(str(inside)):
        yield f"Edit({inside})"
        yield f"Edit({inside.parent / '**'})"


def _suggested(suggestions: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [
        rule
        for suggestion in suggestions
        if isinstance(suggestion, Mapping)
        and suggestion.get("type") == "addRules"
        and suggestion.get("behavior") == "allow"
        for rule in suggestion.get("rules") or ()
    ]


def _written(rule: Mapping[str, Any]) -> str:
    content = rule.get("ruleContent")
    return f"{rule['toolName']}({content})" if content else str(rule["toolName"])


def _parsed(rule: str) -> Mapping[str, Any]:
    tool, _, content = rule.partition("(")
    return {"toolName": tool, **({"ruleContent": content[:-1]} if content else {})}
