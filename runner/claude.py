"""Claude Code: its command line and the lines we write. Pure, but for reading files.

Rule: what a person wrote is never where Claude Code would interpret it. It parses the
start of a plain string, and the *last* text block, for `/commands` and `@files`; the
person's words are in the first block, and the last one is ours.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from runner.base import Allow, Answer, Deny, Prompt, PromptFile, SessionSpec
from runner.claude_permissions import Asked, session_rules

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: The CLI makes large ones smaller; a line has to fit into its memory.
IMAGE_SIZE = 20 * 1024 * 1024


def arguments(spec: SessionSpec, *, resume: bool) -> list[str]:
    """Everything after the program's name."""
    given = [
        *("-p", "--input-format", "stream-json", "--output-format", "stream-json"),
        *("--verbose", "--include-partial-messages", "--replay-user-messages"),
        *("--permission-prompt-tool", "stdio"),
        # One word: `--resume` has an optional value.
        f"--{'resume' if resume else 'session-id'}={spec.session_id}",
        *("--permission-mode", spec.permission_mode),
    ]
    if not spec.trusted:
        # The project's own settings could run hooks and send our key elsewhere.
        given += ["--setting-sources", "user", "--strict-mcp-config"]
    if spec.model:
        given += ["--model", spec.model]
    if spec.system_prompt:
        given += ["--append-system-prompt", spec.system_prompt]
    for folder in spec.readable:
        given += ["--add-dir", str(folder)]
    if spec.allowed_tools:
        given += [f"--allowedTools={','.join(spec.allowed_tools)}"]
    if spec.max_turns:
        given += [f"--max-turns={spec.max_turns}"]
    if spec.output_schema:
        given += [f"--json-schema={spec.output_schema}"]
    return given


def user_message(prompt: Prompt, *, steering: bool = False) -> Mapping[str, Any]:
    """The line that carries a prompt."""
    text = [{"type": "text", "text": prompt.text}] if prompt.text.strip() else []
    images = [image for file in prompt.files if (image := _image(file))]
    return {
        "type": "user",
        "message": {
            "role": "user",
            "content": [
                *text,
                *images,
                {"type": "text", "text": closing_block(prompt)},
            ],
        },
        "parent_tool_use_id": None,
        "session_id": "default",
        "uuid": prompt.uuid,
        "client_composed": True,  # newer CLIs: take the text literally
        # Steered: at the next tool boundary. Otherwise a turn of its own, even if the
        # agent is just saying something by itself.
        "priority": "next" if steering else "later",
    }


def closing_block(prompt: Prompt) -> str:
    """Ours, and always last. Names in it may come from people: nothing is parsed."""
    files = [f"Attached file: {_quoted(str(file.path))}" for file in prompt.files]
    lines = [line for line in (_inert(prompt.context), *files) if line]
    return "[Parley: " + (" ".join(lines) or "end of the message") + "]"


def answer_message(request_id: str, asked: Asked, answer: Answer) -> Mapping[str, Any]:
    return response(request_id, _decision(asked, answer))


def response(request_id: str, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The answer to a request of the CLI; None: we do not support it."""
    body: dict[str, Any] = {"subtype": "success", "request_id": request_id}
    if given is None:
        body |= {"subtype": "error", "error": "not supported by this client"}
    else:
        body["response"] = given
    return {"type": "control_response", "response": body}


def request(request_id: str, subtype: str) -> Mapping[str, Any]:
    return {
        "type": "control_request",
        "request_id": request_id,
        "request": {"subtype": subtype},
    }


def line(message: Mapping[str, Any]) -> bytes:
    """ASCII, so that no half of a surrogate pair and no odd line end gets through."""
    return json.dumps(message).encode() + b"\n"


def _decision(asked: Asked, answer: Answer) -> Mapping[str, Any]:
    match answer:
        case Deny(reason=reason):
            return {"behavior": "deny", "message": reason}
        case Allow(scope=scope, answers=answers):
            given = dict(asked.input)
            if answers:
                given["answers"] = dict(answers)
            # Older CLIs fail without the input.
            allowed: dict[str, Any] = {"behavior": "allow", "updatedInput": given}
            if scope == "session":
                allowed["updatedPermissions"] = session_rules(asked)
            return allowed


def _image(file: PromptFile) -> Mapping[str, Any] | None:
    """To be looked at; None if it cannot be: its path is named in any case."""
    if file.media_type not in IMAGES:
        return None
    try:
        if not 0 < file.path.stat().st_size <= IMAGE_SIZE:
            return None
        data = base64.b64encode(file.path.read_bytes()).decode()
    except OSError:
        return None
    source = {"type": "base64", "media_type": file.media_type, "data": data}
    return {"type": "image", "source": source}


def _inert(text: str) -> str:
    """Without what older CLIs would expand, even in the middle of a line."""
    return re.sub(r"@", "(at)", " ".join(text.split()))


def _quoted(path: str) -> str:
    return json.dumps(path, ensure_ascii=False).replace("@", "\\u0040")
