"""What people do, so that the program comes to a step: one small story each."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tests.chaos.evidence import Said
from tests.chaos.model import words_for
from tests.chaos.person import Person
from tests.chaos.places import InSlack, InTelegram
from tests.chaos.stage import Stage
from tests.e2e.parley import eventually
from tests.messages_reply import Reply

LINKED = "you see the conversation from Telegram"
CARRIED_OUT = "Done. (Parley was restarted"
OPERATION = '"operation":"{}"'
SPOKEN = "k999999"  # no person's mark
Scenario: TypeAlias = Callable[[Person], Awaitable[None]]
WAIT_S = 90.0


async def plain(ada: Person) -> None:
    await ada.say("plain")


async def tool(ada: Person) -> None:
    await ada.say("tool")


async def long(ada: Person) -> None:
    await ada.say("long")


async def deny(ada: Person) -> None:
    await ada.say("deny")


async def question(ada: Person) -> None:
    await ada.say("question")


async def give(ada: Person) -> None:
    await ada.say("give")


async def file(ada: Person) -> None:
    await ada.say("file")


async def behind(ada: Person) -> None:
    await ada.say("tool")
    await ada.say("plain")


async def stop(ada: Person) -> None:
    """Once the model has begun, it is told to stop; then there is something else."""
    stopped = await ada.say("stop")
    stopped.excused = True
    await _until(lambda: stopped.mark in ada.stage.api.heard)
    await ada.place.stop()
    await _until(lambda: _final(ada.stage, 1))
    await ada.say("plain")


async def steer(ada: Person) -> None:
    """Words for the agent while its tool runs; that ends once they are set out."""
    running = await ada.say("held")
    await _until(lambda: running.mark in ada.stage.ran())
    await ada.say("steer")
    await _until(lambda: _enqueued(ada.stage) or _final(ada.stage, 1))
    (ada.stage.program.workspace / f"{running.mark}.go").touch()


async def edit(ada: Person) -> None:
    """What waits behind another is changed; it is done as it reads then."""
    assert isinstance(ada.place, InTelegram)
    await ada.say("slow")
    waiting = await ada.say("plain")
    await _until(lambda: len(_turns(ada.stage)) >= 2)
    ada.change(waiting)


async def voice(ada: Person) -> None:
    """It is heard by a program that always hears the same."""
    assert isinstance(ada.place, InTelegram)
    ada.stage.said.append(Said(mark=SPOKEN, place=ada.place.name, kind="plain"))
    ada.place.telegram.send_voice(b"OggS\0\2" + bytes(60), "", user=ada.place.user)


def ears(stage: Stage) -> None:
    script = stage.program.root / "ear.py"
    script.write_text(
        f"import sys; open(sys.argv[1]); print({words_for(SPOKEN, 'plain')!r})"
    )
    stage.program.extra["PARLEY_VOICE__COMMAND"] = json.dumps(
        [sys.executable, str(script)]
    )


async def limit(ada: Person) -> None:
    """The account's usage limit is reached, for a moment."""
    head = "anthropic-ratelimit-unified"
    headers: Mapping[str, str] = {
        f"{head}-status": "rejected",
        f"{head}-reset": str(int(time.time()) + 3),
        f"{head}-representative-claim": "five_hour",
    }
    ada.stage.api.then(Reply(status=429, headers=headers))
    await ada.say("plain")


def subscribed(stage: Stage) -> None:
    env = {
        "ANTHROPIC_BASE_URL": stage.api.url,
        "CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-fake",
        "CLAUDE_CODE_MAX_RETRIES": "0",
    }
    stage.program.extra["PARLEY_AGENTS__CLAUDE__BILLING"] = "subscription"
    stage.program.extra["PARLEY_AGENTS__CLAUDE__ENV"] = json.dumps(env)


async def menu(ada: Person) -> None:
    """An option of a menu is an order; it holds for what is said after it."""
    await _order(ada, "effort low")
    await _until(lambda: ada.shows("Effort: low") or ada.shows(CARRIED_OUT))
    await ada.say("plain")


async def merge(ada: Person) -> None:
    """Work on a branch comes back to the main tree."""
    await _order(ada, "worktree fix")
    await _until(lambda: ada.shows("parley/fix"))
    made = await ada.say("tool")
    await _until(lambda: made.mark in ada.stage.ran() and _final(ada.stage, 1))
    await _order(ada, "worktree merge")
    await _until(lambda: ada.shows("Merged into") or ada.shows("everything"))


def repository(stage: Stage) -> None:
    folder = stage.program.workspace
    _git(folder, "init", "-q", "-b", "main")
    (folder / "kept.txt").write_text("committed\n")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "one")


def _git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True)


async def undo(ada: Person) -> None:
    await ada.say("plain")
    await _until(lambda: _final(ada.stage, 1))
    await _order(ada, "undo")
    await ada.say("plain")


async def link(ada: Person) -> None:
    """A conversation of Telegram's is shown in Slack, too."""
    there = next(p for p in ada.stage.places if isinstance(p, InTelegram))
    await ada.say("plain")
    await _until(lambda: _final(ada.stage, 1))
    while not ada.shows(LINKED):
        refused = _refused(ada)
        await _order(ada, f"link {await _code(there)}")
        await _until(partial(_linked_or_refused, ada, refused))


def _linked_or_refused(ada: Person, refused: int) -> bool:
    return ada.shows(LINKED) or _refused(ada) > refused


def _refused(ada: Person) -> int:
    return sum("That code is wrong" in seen.text for seen in ada.seen)


async def _code(there: InTelegram) -> str:
    """A new one: a restart forgets them."""
    before = len(_codes(there))
    there.telegram.say("/link", user=there.user)
    await _until(lambda: len(_codes(there)) > before)
    return _codes(there)[-1].lower()


def _codes(there: InTelegram) -> list[str]:
    told = "\n".join(m.text for m in there.telegram.chat(there.user) if m.from_bot)
    return re.findall(r"/link ([A-Z2-9]{4,})", told)


async def restart(ada: Person) -> None:
    """The start itself is killed."""
    await ada.say("plain")


async def _order(ada: Person, words: str) -> None:
    if isinstance(ada.place, InSlack):
        await ada.place.say(words, f"!{words}")
    else:
        await ada.place.say(words, f"/{words}")


def _turns(stage: Stage) -> list[tuple[object, ...]]:
    return stage.program.look("SELECT state FROM turn")


def _final(stage: Stage, number: int) -> bool:
    over = ("delivered", "failed", "cancelled", "joined")
    return sum(state in over for (state,) in _turns(stage)) >= number


def _enqueued(stage: Stage) -> bool:
    """Whether an agent has noted in its own record that words wait for its tool."""
    records = stage.program.root.glob("**/projects/**/*.jsonl")
    told = "".join(record.read_text() for record in records)
    return told.count(OPERATION.format("enqueue")) > told.count(
        OPERATION.format("dequeue")
    )


async def _until(true: Callable[[], object]) -> None:
    await eventually(true, timeout_s=WAIT_S)


SCENARIOS: Mapping[str, Scenario] = {
    story.__name__: story
    for story in (
        *(plain, long, tool, deny, question, give, file, behind, stop, steer, edit),
        *(voice, limit, menu, merge, undo, link, restart),
    )
}
#: What has to be there before the program starts.
BEFORE: Mapping[str, Callable[[Stage], None]] = {
    "voice": ears,
    "limit": subscribed,
    "merge": repository,
}
#: Surfaces that take part, if not only the one of the case.
WITH: Mapping[str, tuple[str, ...]] = {"link": ("telegram", "slack")}
