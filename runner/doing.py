"""What an agent is at, as far as its supervisor has to know. Standard library only."""

import json

#: Unescaped, so never part of what a person or the model wrote.
TELLING = (b'"result"', b'"control_', b'"stream_event"', b'"assistant"')
#: Longer lines are not looked at: they carry whole files.
LONGEST = 8 * 1024 * 1024


class Doing:
    def __init__(self) -> None:
        self.running = False
        self._asking: set[str] = set()
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def waiting(self) -> bool:
        """It goes on only when it is answered."""
        return self.running and bool(self._asking)

    def given(self, note: bytes) -> None:
        """A bridge wrote it a line."""
        match json.loads(note):
            case {"prompt": _} | {"steer": _}:
                self.running = True
            case {"answered": str(request_id)}:
                self._asking.discard(request_id)
            case _:
                pass

    def said(self, chunk: bytes) -> None:
        *ended, rest = chunk.split(b"\n")
        for end in ended:
            if self._size + len(end) <= LONGEST:
                self._line(b"".join((*self._pieces, end)))
            self._pieces.clear()
            self._size = 0
        self._size += len(rest)
        if rest and self._size <= LONGEST:
            self._pieces.append(rest)
        else:
            self._pieces.clear()

    def _line(self, line: bytes) -> None:
        if not any(word in line for word in TELLING):
            return
        if b'"stream_event"' in line and self.running:
            return  # most lines: nothing new
        try:
            message = json.loads(line)
        except ValueError:
            return
        match message:
            case {"type": "result"}:
                self.running = False
            case {"type": "stream_event" | "assistant"}:
                self.running = True
            case {"type": "control_request", "request_id": str(id_)}:
                self._asking.add(id_)
            case {"type": "control_cancel_request", "request_id": str(id_)}:
                self._asking.discard(id_)
            case _:
                pass
