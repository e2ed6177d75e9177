"""What is known of a session by its journal: the same for everyone who reads it. Pure.

Rule: it changes with what the journal tells, in that order, and with nothing else; so a
bridge that takes the agent up knows what the one before it knew.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from runner.claude_decode import Answered, ClaudeDecoder, Heard, Offered, Reply
from runner.cli import Note
from runner.events import SessionStarted


class ClaudeStory:
    def __init__(self, decoder: ClaudeDecoder, *, model: str, mode: str) -> None:
        self.decoder = decoder
        self.model = model  # as last asked for, like the mode
        self.mode = mode
        self.rules: set[str] = set()  # granted since it was started
        self.greeting: Mapping[str, Any] | None = None  # its answer to "initialize"
        self.initializing = ""  # the request that it will answer
        self.unreplied: dict[str, Mapping[str, Any] | None] = {}
        self.requests = 0  # of ours, so far
        self._prompt = ""  # the last one that was given
        self._steered: set[str] = set()  # since then
        self._asked: dict[str, Note] = {}  # of ours, not answered

    def is_open(self, request_id: str) -> bool:
        """Whether the agent waits for somebody to answer that."""
        decoder = self.decoder
        return request_id in decoder.asked or request_id in decoder.tools.open

    def steered_into(self, prompt: str) -> frozenset[str]:
        """What was steered in since that prompt, if it is the last one."""
        return frozenset(self._steered if prompt == self._prompt else ())

    @property
    def quiet(self) -> bool:
        """Nothing is under way that the journal would be needed for."""
        decoder = self.decoder
        waiting = decoder.turns.busy or decoder.asked or decoder.tools.open
        return not (waiting or self.unreplied or self.initializing)

    def given(self, note: Note) -> None:
        """A line was written to the agent."""
        match note:
            case {"prompt": str(uuid)}:
                self._prompt, self._steered = uuid, set()
                self.decoder.turns.prompted(uuid)
            case {"steer": str(uuid)}:
                self._steered.add(uuid)
                self.decoder.turns.steered(uuid)
            case {"answered": str(id_)}:
                self._answer(id_, note)
            case {"asked": str(id_), "for": str(what)}:
                self.requests = max(self.requests, int(id_.rpartition("-")[2]))
                self._asked[id_] = note
                if what == "interrupt":
                    self.decoder.turns.interrupting = True
                if what == "initialize":
                    self.initializing = id_
            case _:
                pass

    def heard(self, line: bytes) -> list[Heard]:
        """The agent wrote a line. Raises `ProtocolError`."""
        told: list[Heard] = []
        for item in self.decoder.decode(line):
            told.append(item)
            match item:
                case Reply(request_id=id_, response=response):
                    self.unreplied[id_] = response
                case Answered():
                    told += self._answered(item)
                case Offered(commands=commands) if self.greeting is not None:
                    self.greeting = {**self.greeting, "commands": commands}
                case _:
                    pass
        return told

    def saved(self) -> bytes:
        """What has to be known beside the journal. Only while it is `quiet`."""
        decoder = self.decoder
        facts = asdict(decoder.facts) if decoder.facts else None
        return json.dumps(
            {
                "model": self.model,
                "mode": self.mode,
                "rules": sorted(self.rules),
                "greeting": self.greeting,
                "requests": self.requests,
                "asked": self._asked,
                "allowed": sorted(decoder.allowed),
                "facts": facts,
                "permission_mode": decoder.permission_mode,
                "cost_usd": decoder.cost_usd,
                "until": decoder.until,
                "unasked": decoder.turns.unasked,
                "woken": decoder.turns.woken,
                "interrupting": decoder.turns.interrupting,
                "knows_lifecycle": decoder.turns.knows_lifecycle,
            }
        ).encode()

    def restore(self, saved: bytes) -> None:
        if not saved:
            return
        known = json.loads(saved)
        decoder, turns = self.decoder, self.decoder.turns
        self.model, self.mode = known["model"], known["mode"]
        self.rules = set(known["rules"])
        self.greeting, self.requests = known["greeting"], known["requests"]
        self._asked = known["asked"]
        decoder.allowed = set(known["allowed"])
        decoder.facts = SessionStarted(**known["facts"]) if known["facts"] else None
        decoder.permission_mode = known["permission_mode"]
        decoder.cost_usd, decoder.until = known["cost_usd"], known["until"]
        turns.unasked, turns.woken = known["unasked"], known["woken"]
        turns.interrupting = known["interrupting"]
        turns.knows_lifecycle = known["knows_lifecycle"]

    def _answer(self, request_id: str, note: Note) -> None:
        self.unreplied.pop(request_id, None)
        self.decoder.tools.replied(request_id)
        asked = self.decoder.asked.pop(request_id, None)
        if asked and note.get("always"):
            self.decoder.allowed.add(asked.call)
        self.rules |= set(note.get("rules", ()))

    def _answered(self, answered: Answered) -> list[Heard]:
        note = self._asked.pop(answered.request_id, None)
        match note:
            case {"for": "initialize"}:
                self.initializing = ""
                if not answered.error:
                    self.greeting = answered.response
            case {"for": "set_model", **more} if not answered.error:
                self.model = str(more.get("model", ""))
            case {"for": "set_permission_mode", "mode": str(mode)} if (
                not answered.error
            ):
                self.mode = mode
                return list(self.decoder.mode_is(mode))
            case _:
                pass
        return []
