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
that runs may finish. Should this process be killed, the agent dies with it (Linux).

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
from runner.callers import Bridge, Newcomer
from runner.doing import Doing
from runner.journal import Journal

CHUNK = 64 * 1024
LOOK_S = 1.0
ROOM_S = 0.25
#: Unclaimed: how long a turn may go on in any case, and the steps of the end.
CAP_S = 3600.0
STEPS_S = (6.0, 2.0, 5.0)  # after stdin was closed, SIGINT, SIGTERM
#: What a process that escaped may hold a pipe open for.
DRAIN_S = 1.0
#: The kernel's signals for going beyond a limit.
BEYOND: dict[int, str] = {signal.SIGXCPU: "cpu", signal.SIGXFSZ: "file"}


class Supervisor:
    def __init__(
        self,
        agent: tuple[int, int, int, int],
        *,
        claim: int,
        unclaimed_s: float,
        cap: int,
        memory: int,
    ) -> None:
        self._agent, self._stdin, *pipes = agent
        self._pipes = dict(zip((wire.SAID, wire.STDERR), pipes, strict=True))
        self._claim = claim
        self._unclaimed_s = unclaimed_s
        self._memory = memory
        self._journal = Journal("journal", cap=cap)
        self._doing = Doing()
        self._note = b""  # what the bridge wants to know of what is acknowledged
        self._unplaced: deque[tuple[bytes, bytes]] = deque()  # no room in the journal
        self._unfed: deque[tuple[int, int]] = deque()  # where in the journal, how much
        self._last_line = False  # stdin closes behind what is unfed
        self._bridge: Bridge | None = None
        self._unclaimed_at = time.monotonic()
        self._newcomers = [Newcomer(socket.socket(fileno=0))]
        self._listener: socket.socket | None = listening()
        self._woken = woken()
        self._beside: deque[bytes] = deque()  # frames that are not journaled
        self._steps: deque[tuple[float, int]] = deque()  # when to send which signal
        self._over_at: float | None = None  # the agent is gone since then
        self._told = False  # the bridge knows

    def run(self) -> None:
        """Until the agent is gone and the bridge knows how."""
        while not self._finished():
            readable, writable, _ = select.select(*self._wanted(), [], self._wait_s())
            if self._woken in readable:
                self._signalled(os.read(self._woken, 512))
            if self._bridge and self._bridge.connection in readable:
                self._hear()
            if self._listener and self._listener in readable:
                self._newcomers.append(Newcomer(self._listener.accept()[0]))
            for newcomer in tuple(self._newcomers):
                if newcomer.connection in readable:
                    self._greet(newcomer)
            self._make_room()
            for kind, pipe in tuple(self._pipes.items()):
                if pipe in readable:
                    self._read(kind, pipe)
            if self._stdin in writable:
                self._feed()
            self._send()
            self._look(time.monotonic())

    # --- waiting -------------------------------------------------------------------

    def _wanted(self) -> tuple[list[int | socket.socket], list[int | socket.socket]]:
        readable: list[int | socket.socket] = [
            self._woken,
            *(n.connection for n in self._newcomers),
        ]
        writable: list[int | socket.socket] = []
        if self._listener:
            readable.append(self._listener)
        if not self._unplaced and not self._journal.crowded:
            readable += self._pipes.values()
        if self._unfed:
            writable.append(self._stdin)
        if self._bridge:
            readable.append(self._bridge.connection)
            if self._unsent(self._bridge):
                writable.append(self._bridge.connection)
        return readable, writable

    def _wait_s(self) -> float | None:
        """Until a clock has to be looked at, should nothing else happen."""
        until = [at for at, _ in list(self._steps)[:1]]
        if self._bridge:
            until.append(self._bridge.heard_at + wire.SILENCE_S)
        elif self._over_at is None and not self._steps:
            until.append(self._unclaimed_at + self._patience_s())
        now = time.monotonic()
        if self._over_at is not None and now < self._over_at + DRAIN_S:
            until.append(self._over_at + DRAIN_S)
        waits = [max(0.0, at - now) for at in until]
        waits += [LOOK_S] if self._memory else []
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
                self._cut()
                return
        elif (
            self._over_at is None
            and not self._steps
            and now - self._unclaimed_at >= self._patience_s()
        ):
            self._begin_end(STEPS_S)
        if self._over_at is not None:
            return
        if self._memory and (gone := family.make_room(self._agent, self._memory)):
            self._beside.append(wire.record(wire.LIMIT, gone.encode(), 0))
            if gone == "memory":
                self._cut()
        while self._steps and now >= self._steps[0][0] and self._over_at is None:
            _, signum = self._steps.popleft()
            if signum == signal.SIGKILL:
                self._cut()
            else:
                self._signal(signum)

    # --- the agent -----------------------------------------------------------------

    def _read(self, kind: bytes, pipe: int) -> None:
        try:
            chunk = os.read(pipe, CHUNK)
        except BlockingIOError:
            return
        if chunk:
            self._place(kind, chunk)
        else:
            os.close(self._pipes.pop(kind))

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
            self._unfed.append((before + wire.RECORD.size, len(line)))
            self._feed()
            written = written[-wire.RECORD.size - len(note) :]
        elif kind == wire.SAID:
            self._doing.said(payload)
        bridge = self._bridge
        if bridge and bridge.sent == before and not bridge.pending:
            bridge.sent = self._journal.end
            self._pass_on(bridge, written)
        return True

    def _make_room(self) -> None:
        while self._unplaced and self._placed(*self._unplaced[0]):
            self._unplaced.popleft()

    def _feed(self) -> None:
        try:
            while self._unfed:
                start, length = self._unfed[0]
                given = os.write(self._stdin, self._journal.read(start, length))
                self._unfed[0] = (start + given, length - given)
                if given == length:
                    self._unfed.popleft()
        except BlockingIOError:
            return
        except OSError:  # it reads no more
            self._unfed.clear()
        if self._last_line and self._stdin >= 0:
            os.close(self._stdin)
            self._stdin = -1

    def _signalled(self, arrived: bytes) -> None:
        if (status := family.reap().get(self._agent)) is not None:
            self._ended(status)
        for signum in (signal.SIGINT, signal.SIGTERM):
            if signum in arrived:
                self._signal(signum)

    def _signal(self, signum: int) -> None:
        if self._over_at is None:
            family.signal_to(self._agent, signum)

    def _begin_end(self, steps_s: tuple[float, ...]) -> None:
        """Ask ever less politely; at last take everything away. Nobody may come now."""
        self._close_listener()
        at = time.monotonic()
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
        for step_s, signum in zip(steps_s, signals, strict=True):
            at += step_s
            self._steps.append((at, signum))
        self._last_line = True
        self._feed()

    def _cut(self) -> None:
        ended = family.end_all()
        if self._over_at is None:
            self._ended(ended.get(self._agent, signal.SIGKILL))

    def _ended(self, status: int) -> None:
        self._over_at = time.monotonic()
        self._steps.clear()
        self._unfed.clear()
        self._close_listener()
        family.end_all()
        code = os.waitstatus_to_exitcode(status)
        # A signal is told as a shell does, and a sandbox.
        self._code = code if code >= 0 else 128 - code
        if limit := BEYOND.get(self._code - 128):
            self._beside.append(wire.record(wire.LIMIT, limit.encode(), 0))

    def _finished(self) -> bool:
        if self._over_at is None:
            return False
        if self._bridge is None:
            return True
        if self._told:
            return not self._unsent(self._bridge)
        drained = not self._pipes or time.monotonic() >= self._over_at + DRAIN_S
        if drained and not self._unplaced:
            self._beside.append(wire.record(wire.OVER, str(self._code).encode(), 0))
            self._told = True
        return False

    # --- bridges -------------------------------------------------------------------

    def _greet(self, newcomer: Newcomer) -> None:
        try:
            words = newcomer.greeting()
            if words is None:
                return
            order, versions, claim = words
            spoken = set(map(int, versions.split(","))).intersection(wire.VERSIONS)
            taken = spoken and int(claim) >= self._claim and self._listener
            if not taken:
                newcomer.connection.send(b"no claim\n" if spoken else b"no version\n")
            elif order == "ask":
                newcomer.connection.send(b"yes\n")
        except (OSError, ValueError):
            taken = False
        self._newcomers.remove(newcomer)
        if taken and order == "take":
            self._take(newcomer.connection, max(spoken), int(claim))
        else:
            newcomer.connection.close()

    def _take(self, connection: socket.socket, version: int, claim: int) -> None:
        """A bridge is attached. What the one before sent is taken in to the last."""
        self._drop_bridge(wire.record(wire.REPLACED, b"", 0))
        self._claim = claim
        journal = self._journal
        sizes = f"{journal.end} {journal.acknowledged} {len(self._note)}"
        welcome = f"welcome {version} {os.getpid()} {sizes}\n".encode()
        self._bridge = Bridge(connection, journal.acknowledged)
        self._pass_on(self._bridge, welcome + self._note)

    def _drop_bridge(self, last: bytes = b"") -> None:
        bridge, self._bridge = self._bridge, None
        if bridge is None:
            return
        with contextlib.suppress(OSError):
            while chunk := bridge.receive():
                self._obey(bridge, chunk)
        with contextlib.suppress(OSError):
            bridge.connection.send(last)
        bridge.connection.close()
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
                case wire.LINE if self._over_at is None:
                    self._place(kind, payload)
                case wire.ACKNOWLEDGED:
                    (offset,) = wire.OFFSET.unpack_from(payload)
                    self._note = payload[wire.OFFSET.size :]
                    unfed = [start for start, _ in self._unfed]
                    self._journal.acknowledge(offset, needed=min([bridge.sent, *unfed]))
                case wire.END if not self._steps:
                    eof, sigint, sigterm = map(float, payload.split(b","))
                    self._begin_end((eof, sigint, sigterm))
                case wire.CUT:
                    self._cut()
                case _:
                    pass  # a beat: it was heard

    def _unsent(self, bridge: Bridge) -> bool:
        behind = bridge.sent < self._journal.end
        return bool(bridge.pending or behind or self._beside)

    def _send(self) -> None:
        """What is left for the bridge, as much as it takes now."""
        while (bridge := self._bridge) and self._unsent(bridge):
            if bridge.pending:
                self._pass_on(bridge)
                if bridge.pending:
                    return
            elif bridge.sent < self._journal.end:
                data, bridge.sent = self._journal.batch(bridge.sent)
                self._pass_on(bridge, data)
            else:
                self._pass_on(bridge, self._beside.popleft())

    def _pass_on(self, bridge: Bridge, data: bytes = b"") -> None:
        try:
            bridge.send(data) if data else bridge.flush()
        except OSError:
            if bridge is self._bridge:
                self._drop_bridge()

    def _close_listener(self) -> None:
        if self._listener:
            self._listener.close()
            self._listener = None
            os.unlink("socket")


def listening() -> socket.socket:
    """Relative, as the path of a socket must be short."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("socket")
    listener.listen()
    listener.setblocking(False)
    return listener


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
    agent = family.start(command, workspace, cpu_s, file_bytes)
    os.umask(0o077)
    os.chdir(folder)
    supervisor = Supervisor(
        agent,
        claim=int(claim),
        unclaimed_s=float(unclaimed_s),
        cap=int(cap),
        memory=memory,
    )
    try:
        supervisor.run()
    finally:
        family.end_all()
        for name in os.listdir("."):
            os.unlink(name)
        os.rmdir(folder)


if __name__ == "__main__":
    main()
