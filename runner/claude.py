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

from runner.base import Prompt, PromptFile, SessionSpec
from runner.claude_tools import PREFIX

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: The CLI makes large ones smaller; a line has to fit into its memory.
IMAGE_SIZE = 20 * 1024 * 1024
#: What `SessionSpec.effort` may be; anything else is ignored with a warning.
EFFORTS = ("low", "medium", "high", "xhigh", "max")


def arguments(spec: SessionSpec, *, resume: str, fork: str = "") -> list[str]:
    """Everything after the program's name.

    *resume*, *fork*: the session to go on with, or to begin a copy of: its id, or the
    path of its record if that lies under another workspace. "": neither.
    """
    given = [
        *("-p", "--input-format", "stream-json", "--output-format", "stream-json"),
        *("--verbose", "--include-partial-messages", "--replay-user-messages"),
        *("--permission-prompt-tool", "stdio"),
        *_identity(spec.session_id, resume, fork),
        *("--permission-mode", spec.permission_mode),
    ]
    if not spec.trusted:
        # The project's own settings could run hooks and send our key elsewhere.
        given += ["--setting-sources", "user", "--strict-mcp-config"]
    if spec.model:
        given += ["--model", spec.model]
    if spec.effort:
        given += ["--effort", spec.effort]
    if spec.system_prompt:
        given += ["--append-system-prompt", spec.system_prompt]
    for folder in spec.readable:
        given += ["--add-dir", str(folder)]
    ours = (PREFIX + tool.name for tool in spec.tools)
    if allowed := [*spec.allowed_tools, *ours]:
        given += [f"--allowedTools={','.join(allowed)}"]
    if spec.max_turns:
        given += [f"--max-turns={spec.max_turns}"]
    if spec.output_schema:
        given += [f"--json-schema={spec.output_schema}"]
    return given


def _identity(session_id: str, resume: str, fork: str) -> list[str]:
    """One word each: `--resume` has an optional value."""
    if resume:
        return [f"--resume={resume}"]
    copied = [f"--resume={fork}", "--fork-session"] if fork else []
    return [*copied, f"--session-id={session_id}"]


def user_message(prompt: Prompt, *, steering: bool = False) -> Mapping[str, Any]:
    """The line that carries a prompt."""
    return {
        "type": "user",
        "message": {"role": "user", "content": _content(prompt)},
        "parent_tool_use_id": None,
        "session_id": "default",
        "uuid": prompt.uuid,
        # Newer CLIs: take the text literally.
        "client_composed": not prompt.command,
        # Steered: at the next tool boundary. Otherwise a turn of its own, even if the
        # agent is just saying something by itself.
        "priority": "next" if steering else "later",
    }


def _content(prompt: Prompt) -> str | list[Mapping[str, Any]]:
    if prompt.command:
        return _command(prompt)
    text = [{"type": "text", "text": prompt.text}] if prompt.text.strip() else []
    images = [image for file in prompt.files if (image := _image(file))]
    return [*text, *images, {"type": "text", "text": closing_block(prompt)}]


def _command(prompt: Prompt) -> str:
    """The only prompt that is interpreted, and no more of it than its first word.

    Nothing is read for an `@` with something between it and the path.
    """
    argument = prompt.text.replace("@", "@\u200b")
    files = [_quoted(str(file.path)) for file in prompt.files]
    return " ".join(filter(None, (f"/{prompt.command}", argument, *files)))


def closing_block(prompt: Prompt) -> str:
    """Ours, and always last. Names in it may come from people: nothing is parsed."""
    files = [f"Attached file: {_quoted(str(file.path))}" for file in prompt.files]
    lines = [line for line in (_inert(prompt.context), *files) if line]
    return "[Parley: " + (" ".join(lines) or "end of the message") + "]"


def response(request_id: str, given: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """The answer to a request of the CLI; None: we do not support it."""
    body: dict[str, Any] = {"subtype": "success", "request_id": request_id}
    if given is None:
        body |= {"subtype": "error", "error": "not supported by this client"}
    else:
        body["response"] = given
    return {"type": "control_response", "response": body}


def request(request_id: str, subtype: str, **fields: object) -> Mapping[str, Any]:
    return {
        "type": "control_request",
        "request_id": request_id,
        "request": {"subtype": subtype, **fields},
    }


def line(message: Mapping[str, Any]) -> bytes:
    """ASCII, so that no half of a surrogate pair and no odd line end gets through."""
    return json.dumps(message).encode() + b"\n"


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
