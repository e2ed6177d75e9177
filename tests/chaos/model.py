"""A model that does what the newest message is marked for, and remembers nothing else.

A message begins with a mark: `[k0017 tool] …`. Its answer says "done-k0017" once, and
nobody else ever says that. What ran leaves its mark on disk, by a real tool.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

from tests.messages_api import FakeMessages
from tests.messages_reply import Block, Reply, Say, Use

#: What a message is for:
Kind: TypeAlias = Literal[
    "plain",  # words for words
    "long",  # the same, and they take their time
    "tool",  # a command that needs a permission
    "slow",  # the same, and it takes a second
    "held",  # the same, until there is a file `<mark>.go`, or half a minute is over
    "deny",  # the same, and it is refused
    "question",  # the agent asks something
    "give",  # the agent sends a file
    "steer",  # slipped into the turn that runs
    "stop",  # works until it is stopped
    "file",  # comes with a file
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MARK = re.compile(r"\[(k\d+) (\w+)\]")
LEDGER = "ledger.txt"
RESUMED = "the process was restarted"


def words_for(mark: str, kind: str) -> str:
    return f"[{mark} {kind}] please"


def done(mark: str) -> str:
    return f"done-{mark}."


class Model(FakeMessages):
    """*pace_s* between two words."""

    def __init__(self, *, pace_s: float = 0.0) -> None:
        super().__init__()
        self._pace_s = pace_s
        self.prompted: list[str] = []  # marks of messages that called it, in order
        self.resumed = 0  # calls that said the agent was interrupted
        self.heard: set[str] = set()  # every mark that ever reached it

    def reply_to(self, body: Mapping[str, Any]) -> Reply:
        messages = body["messages"]
        newest = _newest(messages)
        texts = [block["text"] for block in newest if block.get("type") == "text"]
        marks = [found for text in texts for found in MARK.findall(text)]
        self.heard |= _asked(messages).keys()
        result = any(block.get("type") == "tool_result" for block in newest)
        again = any(RESUMED in text for text in texts)
        self.resumed += again
        if again and not marks:  # the interruption stands between it and what was asked
            asked = _asked(messages)
            marks = [(mark, asked[mark]) for mark in _unanswered(messages)]
        fresh = [(mark, kind) for mark, kind in marks if kind != "steer"][-1:]
        if fresh and not result:
            [(mark, kind)] = fresh
            self.prompted.append(mark)
            use = None if again and _acted(messages, mark) else _use(mark, kind)
            if use:
                return Reply(blocks=[Say("Working on it."), use])
            if kind == "stop" and not again:
                return Reply(blocks=[Say(f"Begun {mark} and on")], hold="never")
        owed = _unanswered(messages)
        if fresh and not again and not result:  # what was before it is over
            joined = [mark for mark, kind in marks if kind == "steer"]
            owed = [fresh[0][0], *joined]
        said = " ".join(map(done, owed)) or "nothing."
        return Reply(
            blocks=[Say(f"Here it is: {said} That is all there is to it.")],
            word_delay_s=0.4 if "long" in dict(marks).values() else self._pace_s,
        )


def _use(mark: str, kind: str) -> Block | None:
    mark_it = f"echo {mark} >> {LEDGER}"
    match kind:
        case "tool" | "deny":
            return Use("Bash", {"command": mark_it, "description": "mark"})
        case "slow":
            slowly = f"{mark_it}; sleep 1; true"
            return Use("Bash", {"command": slowly, "description": "mark"})
        case "held":
            go = f"test -e {mark}.go && break"
            held = f"{mark_it}; for i in $(seq 600); do {go}; sleep 0.05; done"
            return Use("Bash", {"command": held, "description": "mark"})
        case "question":
            options = [
                {"label": label, "description": f"this is {label}"}
                for label in ("Red", "Blue")
            ]
            question = {
                "question": f"Which one for {mark}?",
                "header": "Pick",
                "multiSelect": False,
                "options": options,
            }
            return Use("AskUserQuestion", {"questions": [question]})
        case "give":
            return Use("mcp__parley__send_file", {"path": f"{mark}.txt", "caption": ""})
        case _:
            return None


def _newest(messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The blocks since the model's last words."""
    blocks: list[Mapping[str, Any]] = []
    for message in reversed(messages):
        if message["role"] == "assistant":
            break
        blocks = [*_blocks(message), *blocks]  # steered words are the system's
    return blocks


def _blocks(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    content = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _unanswered(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Marks of messages that it has not answered, but those it was told to stop."""
    asked = _asked(messages)
    said = "".join(
        block.get("text", "")
        for message in messages
        if message["role"] == "assistant"
        for block in _blocks(message)
    )
    last = list(asked)[-1:]
    return [
        mark
        for mark, kind in asked.items()
        if done(mark) not in said and (kind != "stop" or [mark] == last)
    ]


def _asked(messages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Marks and kinds of all that people have said."""
    return {
        mark: kind
        for message in messages
        if message["role"] != "assistant"
        for block in _blocks(message)
        if block.get("type") == "text"
        for mark, kind in MARK.findall(block["text"])
    }


def _acted(messages: Sequence[Mapping[str, Any]], mark: str) -> bool:
    """Whether it has called a tool for *mark* before."""
    return any(
        block.get("type") == "tool_use" and mark in str(block.get("input"))
        for message in messages
        if message["role"] == "assistant"
        for block in _blocks(message)
    )
