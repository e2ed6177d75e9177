"""The CLI's lines, as they are read."""

import json

from runner.claude_decode import ClaudeDecoder, Heard


def lines(*messages: object, decoder: ClaudeDecoder) -> list[Heard]:
    return [e for m in messages for e in decoder.decode(json.dumps(m).encode())]
