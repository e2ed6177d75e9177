"""What the demo agent says and does, by the words of the prompt..

A scene yields the steps it wants taken and is told how each ended; what it returns are
its closing words. After a kill it is played again over the steps that were recorded.
"""

import re
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from runner import demo_words as words
from runner.demo_asked import Asked


class Use(NamedTuple):
    """A tool, as Claude Code names it, and what it is given."""

    tool: str
    input: Mapping[str, Any]


class Step(NamedTuple):
    text: str  # said before
    use: Use


class Result(NamedTuple):
    ok: bool
    text: str
    answers: Mapping[str, str] = {}  # of a person: question → words


Scene: TypeAlias = Generator[Step, Result, str]

NOTES = "demo-notes.md"
QUESTION = "Which line shall I add to my notes?"
COMMAND = "ls -l"


def scene_for(asked: Asked, workspace: Path) -> Scene:
    """The scene that the first word it knows asks for."""
    if asked.files:
        return attached(asked.files)
    for word in re.findall(r"[a-z]+", asked.text.lower()):
        if word in ("tour", "everything"):
            return tour(workspace)
        if word in ("question", "questions", "ask"):
            return question()
        if word in ("edit", "write", "file", "change"):
            return edit(workspace)
        if word in ("run", "command", "ls", "bash"):
            return run()
        if word in ("long", "table", "code", "markdown"):
            return told(words.LONG)
        if word in ("install", "login", "claude"):
            return told(words.INSTALL)
        if word in ("parley", "explain"):
            return told(words.PARLEY)
    return told(words.MENU)


def told(text: str) -> Scene:
    """Words, and nothing done."""
    return text
    yield  # makes this a scene


def question() -> Scene:
    answer = yield from _asked_about_notes()
    return words.ANSWERED.format(answer=answer) if answer else words.NO_ANSWER


def edit(workspace: Path, line: str = "A line that the demo added.") -> Scene:
    file = workspace / NOTES
    result = yield Step(words.EDITING, _change(file, line))
    if not result.ok:
        return words.REFUSED.format(reason=result.text)
    return words.EDITED.format(file=NOTES)


def run() -> Scene:
    use = Use("Bash", {"command": COMMAND, "description": "See what is in the folder"})
    result = yield Step(words.RUNNING, use)
    if not result.ok:
        return words.REFUSED.format(reason=result.text)
    return words.RAN.format(output=result.text.replace("```", "'''"))


def tour(workspace: Path) -> Scene:
    """A question, then an edit that uses the answer, then how to get the real thing."""
    answer = yield from _asked_about_notes()
    closing = yield from edit(workspace, answer or "Nothing was asked for.")
    return f"{closing}\n\n{words.INSTALL}"


def attached(files: tuple[str, ...]) -> Scene:
    said = []
    for file in files:
        name = Path(file).name
        result = yield Step("", Use("Read", {"file_path": file}))
        read = f"{len(result.text)} characters read" if result.ok else result.text
        said.append(words.ATTACHED.format(name=name.replace("`", "'"), read=read))
    return "\n".join([words.FILES, *said])


def _asked_about_notes() -> Generator[Step, Result, str]:
    """The answer; "" if there is none."""
    options = [
        {"label": label, "description": description}
        for label, description in words.CHOICES.items()
    ]
    asked = {"question": QUESTION, "header": "Notes", "options": options}
    given = {"questions": [{**asked, "multiSelect": False}]}
    result = yield Step(words.ASKING, Use("AskUserQuestion", given))
    return result.answers.get(QUESTION, "") if result.ok else ""


def _change(file: Path, line: str) -> Use:
    """Begin the notes, or add to them: then there is a real difference to look at."""
    line = " ".join(line.split())
    noted = file.read_text().splitlines() if file.is_file() else []
    if not noted:
        content = words.NOTES.format(line=line)
        return Use("Write", {"file_path": str(file), "content": content})
    number = sum(each[:1].isdigit() for each in noted) + 1
    changed = {"old_string": noted[-1], "new_string": f"{noted[-1]}\n{number}. {line}"}
    return Use("Edit", {"file_path": str(file), **changed})
