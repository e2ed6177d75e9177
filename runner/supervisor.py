"""Holds an agent's three pipes for whichever bridge there is, and outlives bridges.

    supervisor FOLDER WORKSPACE CLAIM UNCLAIMED_S CAP CPU_S,MEMORY,FILE command...

Stdin is a socket: the first bridge. Later ones come to FOLDER/socket (`runner.wire`).
Every line is journaled in FOLDER before it is passed on, and what a bridge has not read
is read from there again: nothing is queued here. If the disk is full, or a bridge has
acknowledged nothing for CAP bytes, the agent waits.

Rule: a line is given to the agent if, and only if, it is in the journal whole.

CLAIM counts the runs of Parley on this state folder; a bridge of an earlier one than
was here already is refused. A bridge that is silent is frozen: everything ends at once,
lest the agent act on without it. One that is gone leaves the agent unclaimed: a turn
that runs may finish. Should this process be killed, the agent dies with it (Linux);
should it fail, what it says of that on stderr stays in FOLDER (`runner.homes`).

Standard library only, and little of it: it starts in 30 ms and holds a few MB.
"""

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections import deque

from runner import family, wire
from runner.agent import Agent
from runner.bridge import Bridge
from runner.doing import Doing
from runner.door import Door
from runner.journal import Journal

ROOM_S = 0.25
#: Unclaimed: how long a turn may go on in any case, and the steps of the end.
CAP_S = 3600.0
STEPS_S = (6.0, 2.0, 5.0)  # after stdin was closed, SIGINT, SIGTERM
#: What a process that escaped may hold a pipe open for.
DRAIN_S = 1.0


class Supervisor:
    def __init__(
        self, agent: Agent, journal: Journal, door: Door, *, unclaimed_s: float
    ) -> None:
        self._agent = agent
        self._journal = journal
        self._door = door
        self._unclaimed_s = unclaimed_s
        self._doing = Doing()
        self._note = b""  # what the bridge wants to know of what is acknowledged
        self._unplaced: deque[tuple[bytes, bytes]] = deque()  # no room in the journal
        self._bridge: Bridge | None = None
        self._unclaimed_at = time.monotonic()
        self._woken = woken()
        self._beside: deque[bytes] = deque()  # frames that are not journaled
        self._told = False  # the bridge knows that the agent is gone

    def run(self) -> None:
        """Until the agent is gone and the bridge knows how."""
        self._agent.reap()  # it may have ended before we heard of such things
        while not self._finished():
            readable, writable, _ = select.select(*self._wanted(), [], self._wait_s())
            if self._woken in readable:
                self._signalled(os.read(self._woken, 512))
            if self._bridge and self._bridge.connection in readable:
                self._hear()
            if self._agent.ending:
                self._door.close()
            for connection, version in self._door.arrivals(readable):
                self._take(connection, version)
            self._make_room()
            for kind, pipe in tuple(self._agent.pipes.items()):
                if pipe in readable and (said := self._agent.read(kind)):
                    self._place(kind, said)
            if writable:
                self._agent.feed()
            if self._bridge:
                self._bridge.catch_up()
            self._look(time.monotonic())

    # --- waiting -------------------------------------------------------------------

    def _wanted(self) -> tuple[list[int | socket.socket], list[int | socket.socket]]:
        readable: list[int | socket.socket] = [self._woken, *self._door.connections]
        writable: list[int | socket.socket] = [*self._agent.hungry]
        if not self._unplaced and not self._journal.crowded:
            readable += self._agent.pipes.values()
        if self._bridge:
            readable.append(self._bridge.connection)
            if self._bridge.unsent:
                writable.append(self._bridge.connection)
        return readable, writable

    def _wait_s(self) -> float | None:
        """Until a clock has to be looked at, should nothing else happen."""
        now = time.monotonic()
        until = []
        if step_at := self._agent.next_step_at:
            until.append(step_at)
        if self._bridge:
            until.append(self._bridge.heard_at + wire.SILENCE_S)
        elif not self._agent.ending:
            until.append(self._unclaimed_at + self._patience_s())
        over_at = self._agent.over_at
        if over_at is not None and now < over_at + DRAIN_S:
            until.append(over_at + DRAIN_S)
        waits = [max(0.0, at - now) for at in until]
        waits += [family.LOOK_S] if self._agent.memory else []
        waits += [ROOM_S] if self._unplaced else []
        return min(waits, default=None)

    def _patience_s(self) -> float:
        """How long it may be unclaimed, doing what it does."""
        if self._doing.running and not self._doing.waiting:
            return max(CAP_S, self._unclaimed_s)
        return self._unclaimed_s

    def _look(self, now: float) -> None:
        if bridge := self._bridge:
            quiet = now - bridge.heard_at >= wire.SILENCE_S
            if quiet and not select.select([bridge.connection], [], [], 0)[0]:
                self._drop_bridge()  # it is frozen: its agent must not act on
                self._agent.cut()
        elif not self._agent.ending and now - self._unclaimed_at >= self._patience_s():
            self._agent.end(STEPS_S)
        if self._agent.over_at is None:
            if gone := self._agent.make_room():
                self._beside.append(wire.record(wire.LIMIT, gone.encode(), 0))
            self._agent.step(now)

    def _signalled(self, arrived: bytes) -> None:
        self._agent.reap()
        for signum in (signal.SIGINT, signal.SIGTERM):
            if signum in arrived:
                self._agent.send_signal(signum)

    def _finished(self) -> bool:
        agent, bridge = self._agent, self._bridge
        if agent.over_at is None:
            return False
        if bridge is None:
            return not self._door.awaits
        if self._told:
            return not bridge.unsent
        drained = not agent.pipes or time.monotonic() >= agent.over_at + DRAIN_S
        if drained and not self._unplaced:
            if agent.limit:
                self._beside.append(wire.record(wire.LIMIT, agent.limit.encode(), 0))
            self._beside.append(wire.record(wire.OVER, str(agent.code).encode(), 0))
            self._told = True
        return False

    # --- the journal ---------------------------------------------------------------

    def _place(self, kind: bytes, payload: bytes) -> None:
        """Journal it, or keep it until there is room, and pass it on."""
        if self._unplaced or not self._placed(kind, payload):
            self._unplaced.append((kind, payload))

    def _placed(self, kind: bytes, payload: bytes) -> bool:
        before = self._journal.end
        if kind == wire.LINE:
            note, line = wire.noted(payload)
            written = self._journal.append((wire.GIVEN, line), (wire.NOTED, note))
        else:
            written = self._journal.append((kind, payload))
        if written is None:
            return False
        if kind == wire.LINE:
            self._doing.given(note)
            self._agent.give(before + wire.RECORD.size, len(line))
            written = written[-wire.RECORD.size - len(note) :]
        elif kind == wire.SAID:
            self._doing.said(payload)
        if self._bridge:
            self._bridge.pass_on(written, after=before)
        return True

    def _make_room(self) -> None:
        while self._unplaced and self._placed(*self._unplaced[0]):
            self._unplaced.popleft()

    # --- the bridge ----------------------------------------------------------------

    def _take(self, connection: socket.socket, version: int) -> None:
        """A bridge is attached. What the one before sent is taken in to the last."""
        self._drop_bridge(wire.record(wire.REPLACED, b"", 0))
        self._bridge = Bridge(connection, self._journal, self._beside)
        self._bridge.welcome(version, self._note)

    def _drop_bridge(self, last: bytes = b"") -> None:
        bridge, self._bridge = self._bridge, None
        if bridge is None:
            return
        with contextlib.suppress(OSError):
            while chunk := bridge.receive():
                self._obey(bridge, chunk)
        bridge.dismiss(last)
        # What found no room was not given, and nobody has been told that it was.
        self._unplaced = deque(u for u in self._unplaced if u[0] != wire.LINE)
        self._unclaimed_at = time.monotonic()

    def _hear(self) -> None:
        assert self._bridge
        try:
            if chunk := self._bridge.receive():
                self._obey(self._bridge, chunk)
        except OSError:
            self._drop_bridge()

    def _obey(self, bridge: Bridge, chunk: bytes) -> None:
        for kind, payload, _ in bridge.frames.feed(chunk):
            match kind:
                case wire.LINE if self._agent.over_at is None:
                    self._place(kind, payload)
                case wire.ACKNOWLEDGED:
                    (offset,) = wire.OFFSET.unpack_from(payload)
                    self._note = payload[wire.OFFSET.size :]
                    needed = min([bridge.sent, *self._agent.needs()])
                    self._journal.acknowledge(offset, needed=needed)
                case wire.END if not self._agent.ending:
                    self._agent.end(tuple(map(float, payload.split(b","))))
                case wire.CUT:
                    self._agent.cut()
                case _:
                    pass  # a beat: it was heard


def woken() -> int:
    """A pipe that says which signals came."""
    told, tell = os.pipe()
    os.set_blocking(told, False)
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    for signum in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda *_: None)
    return told


def main() -> None:
    folder, workspace, claim, unclaimed_s, cap, limits, *command = sys.argv[1:]
    os.setsid()  # what ends our starter's group does not end us
    cpu_s, memory, file_bytes = map(int, limits.split(","))
    family.prctl(family.PR_SET_CHILD_SUBREAPER, 1)
    started = family.start(command, workspace, cpu_s, file_bytes)
    try:
        os.umask(0o077)
        os.chdir(folder)
        journal = Journal("journal", cap=int(cap))
        agent = Agent(started, journal, memory=memory)
        door = Door(socket.socket(fileno=0), int(claim))
        Supervisor(agent, journal, door, unclaimed_s=float(unclaimed_s)).run()
    finally:
        family.end_all()
    for name in os.listdir("."):
        os.unlink(name)
    os.rmdir(folder)


if __name__ == "__main__":
    main()
