"""`python -m runner.demo`: a small agent for a machine without one. It is no AI.

It takes Claude Code's command line and speaks its stream-json, so that all of Parley
works with it as with the real one: streaming, permissions, questions, Stop, and going
on after a kill. It needs no account and no network. See `runner.demo_runner`.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from runner.demo_asked import Asked, asked_in
from runner.demo_ears import Ears, Interrupted
from runner.demo_pipe import Pipe
from runner.demo_play import STOPPED, STOPPED_IN_TOOL, Manner, Play
from runner.demo_record import Record, copied, place
from runner.demo_speech import VERSION, Speech


class Arguments:
    """The options of Claude Code that mean something here; the others do not."""

    def __init__(self, given: Sequence[str]) -> None:
        self._words = [word for each in given for word in _split(each)]

    def value(self, name: str, default: str = "") -> str:
        return next(iter(self.values(name)), default)

    def values(self, name: str) -> list[str]:
        pairs = zip(self._words, self._words[1:], strict=False)
        return [value for option, value in pairs if option == name]


def main() -> None:
    if "--version" in sys.argv:
        sys.stdout.write(f"{VERSION} (Parley's demo of Claude Code)\n")
        return
    with suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        serve(sys.argv[1:])


def serve(given: Sequence[str]) -> None:
    """Answer prompts until stdin ends, which raises `EOFError`."""
    arguments = Arguments(given)
    workspace = Path.cwd()
    file = recorded(arguments, str(workspace), fork="--fork-session" in given)
    session_id = file.stem
    record = Record(file, session_id)
    pipe = Pipe()
    mode = arguments.value("--permission-mode", "default")
    speech = Speech(pipe, session_id, cwd=str(workspace), mode=mode)
    manner = Manner(
        workspace,
        readable=tuple(map(Path, arguments.values("--add-dir"))),
        allowed=frozenset(arguments.value("--allowedTools").split(",")),
        pace_s=float(arguments.value("--pace", "0.03")),
    )
    ears = Ears(pipe, speech)
    while True:
        _turn(ears, speech, record, manner)


def recorded(arguments: Arguments, workspace: str, *, fork: bool) -> Path:
    """The file of the session that is begun, resumed (by id or path), or forked."""
    resumed = arguments.value("--resume").removesuffix(".jsonl").rpartition("/")[2]
    new = arguments.value("--session-id")
    file = place(resumed or new, workspace, os.environ)
    if resumed and not file.exists():
        sys.exit(f"No conversation found with session ID: {resumed}")
    if not resumed and file.exists():
        sys.exit(f"Error: Session ID {new} is already in use.")
    return copied(file, new, workspace) if fork else file


def _turn(ears: Ears, speech: Speech, record: Record, manner: Manner) -> None:
    prompt = ears.prompt()
    if prompt["uuid"] in record.known:
        speech.acknowledge(prompt)
        return
    first, content = record.new, prompt["message"]["content"]
    speech.begin(record.user(content, prompt["uuid"]))
    play = Play(manner, ears, speech, record)
    try:
        closing = play.through(asked_in(content) or Asked(""), first=first)
    except Interrupted:
        words = STOPPED_IN_TOOL if play.in_tool else STOPPED
        speech.heard(record.user([{"type": "text", "text": words}]))
        speech.interrupted(prompt["uuid"], in_tool=play.in_tool)
    else:
        speech.finished(prompt["uuid"], closing)


def _split(word: str) -> list[str]:
    """`--resume=x` is two words."""
    name, equals, value = word.partition("=")
    return [name, value] if equals and name.startswith("--") else [word]


if __name__ == "__main__":
    main()
