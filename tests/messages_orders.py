"""What a prompt orders the fake model to say (`tests.messages_api`)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.messages_reply import Reply, Say, Think, Use


def question(
    words: str, *labels: str, header: str = "Pick", several: bool = False
) -> dict[str, object]:
    """A question as `AskUserQuestion` takes it."""
    options = [{"label": one, "description": f"this is {one}"} for one in labels]
    return {
        "question": words,
        "header": header,
        "multiSelect": several,
        "options": options,
    }


def ask(*questions: Mapping[str, object]) -> str:
    """The order for `AskUserQuestion` with any questions."""
    return f"TOOL[AskUserQuestion|{json.dumps({'questions': questions})}]TOOL"


def _bash(command: str, **more: object) -> Use:
    return Use("Bash", {"command": command, "description": "run", **more})


def _task(prompt: str, **more: object) -> Use:
    about = {"description": "a job", "subagent_type": "general-purpose"}
    return Use("Agent", {**about, "prompt": prompt, **more})


def _question(words: str) -> Use:
    return Use("AskUserQuestion", {"questions": [question(words, "A", "B")]})


def _tool(words: str) -> Use:
    name, _, given = words.partition("|")
    return Use(name, json.loads(given))


def _numbered(word: str, count: str) -> str:
    return " ".join(f"{word}{number}" for number in range(int(count)))


ORDERS: Sequence[tuple[str, Callable[[str], Reply]]] = (
    (r"FAIL\[(\d+)\]", lambda x: Reply(status=int(x))),
    (
        r"CUT\[(\d+)\]",
        lambda x: Reply(blocks=[Say(_numbered("lost", x) + " lost")], cut_after=int(x)),
    ),
    (r"BACKTASK\[(.*?)\]TASK", lambda x: _use(_task(x, run_in_background=True))),
    (r"TASK\[(.*?)\]TASK", lambda x: _use(_task(x, run_in_background=False))),
    (r"PLAN\[(.*?)\]PLAN", lambda x: _use(Use("ExitPlanMode", {"plan": x}))),
    (r"ASK\[(.*?)\]", lambda x: _use(_question(x))),
    (r"TOOL\[(.*?)\]TOOL", lambda x: _use(_tool(x))),
    (r"RUN\[(.*?)\]RUN", lambda x: Reply(blocks=[Say("Running it."), _bash(x)])),
    (r"BACK\[(.*?)\]BACK", lambda x: _use(_bash(x, run_in_background=True))),
    (r"READ\[(.*?)\]", lambda x: _use(Use("Read", {"file_path": x}))),
    (
        r"WRITE\[(.*?)\]",
        lambda x: _use(Use("Write", {"file_path": x, "content": "hello\n"})),
    ),
    (
        r"THINK\[(\d+)\]",
        lambda x: Reply(
            blocks=[Think(_numbered("thought", x)), Say("Thought about it.")]
        ),
    ),
    (r"WORDS\[(\d+)\]", lambda x: Reply(blocks=[Say(_numbered("word", x))])),
    (r"SAY\[(.*?)\]", lambda x: Reply(blocks=[Say(x)])),
)


def _use(tool: Use) -> Reply:
    return Reply(blocks=[tool])


def ordered(body: Mapping[str, Any]) -> Reply:
    texts = texts_of(body)
    for text in reversed(texts):  # a prompt that failed comes again before a new one
        if reply := _first_order(text):
            return _paced(text, reply)
    return _paced("\n".join(texts), Reply(blocks=[Say(_echo(body, texts))]))


def _first_order(words: str) -> Reply | None:
    for pattern, reply in ORDERS:
        if found := re.search(pattern, words, re.DOTALL):
            return reply(found[1])
    return None


def _echo(body: Mapping[str, Any], texts: Sequence[str]) -> str:
    if results := [x for x in _newest(body) if x["type"] == "tool_result"]:
        return f"Tool said: {_flat(results[-1].get('content', ''))[:300]}"
    return f"You said: {texts[0][:300] if texts else 'nothing'}"


def _paced(words: str, reply: Reply) -> Reply:
    slow = re.search(r"SLOW\[(\d+)\]", words)
    hold = re.search(r"HOLD\[(.*?)\]", words)
    wait = re.search(r"WAIT\[(.*?)\]", words)
    return Reply(
        blocks=reply.blocks,
        status=reply.status,
        cut_after=reply.cut_after,
        word_delay_s=int(slow[1]) / 1000 if slow else 0.0,
        hold=hold[1] if hold else "",
        wait=wait[1] if wait else "",
    )


def _newest(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The blocks since the model's last words, without the agent's own reminders."""
    blocks: list[dict[str, Any]] = []
    for message in reversed(body["messages"]):
        if message["role"] == "assistant":
            break
        if message["role"] != "user":
            continue
        content = message["content"]
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        blocks = [*content, *blocks]
    return [x for x in blocks if not _is_reminder(x)]


def texts_of(body: Mapping[str, Any]) -> list[str]:
    return [x["text"] for x in _newest(body) if x["type"] == "text"]


def _is_reminder(block: Mapping[str, Any]) -> bool:
    text = str(block.get("text", ""))
    return block["type"] == "text" and text.lstrip().startswith("<system-reminder>")


def _flat(content: Any) -> str:
    if isinstance(content, str):
        return content
    return " ".join(x.get("text", f"<{x['type']}>") for x in content)
