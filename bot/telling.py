"""Commands that tell how things stand, and those that choose how they are told."""

import asyncio
from functools import partial

from adapters.language import languages, nearest, say
from adapters.phrases import count, duration, money
from adapters.scrub import one_line
from bot.cards import asker_of
from bot.commands import help_text, offered, sign
from bot.errors import in_words
from bot.menus import MenuChoice
from bot.order import Order
from bot.parking import continues
from bot.rules import rules_menu, rules_text
from bot.screens import platform_name
from bot.usage import TreeUsage
from runner.base import Session
from store.activity import ActivitySummary
from store.records import TotalsRecord

_PROMPT = 60  # characters
_TOOLS = 12


async def status(order: Order) -> None:
    order.later(_status(order))


async def help_(order: Order) -> None:
    text = help_text(order.inbound.platform, order.language)
    session = order.work.live
    agents = list(offered(session.commands)) if session else []
    if agents:
        mark = sign(order.inbound.platform)
        names = ", ".join(f"{mark}{one.name}" for one in agents)
        text = f"{text}\n\n{order.words('help-agent', names=names)}"
    order.say(text)


async def queue(order: Order) -> None:
    waiting = list(order.work.waiting)
    if not waiting:
        order.tell("order-queue-empty")
        return
    choices = [
        MenuChoice(
            order.words("order-cancel", words=one_line(running.asked.text, _PROMPT)),
            "cancel",
            running.turn.view().id,
        )
        for running in waiting
    ]
    await order.offer(order.words("order-queue-title", count=len(waiting)), choices)


async def context(order: Order) -> None:
    order.later(_context(order, order.work.session()))


async def cost(order: Order) -> None:
    order.later(_cost(order))


async def log(order: Order) -> None:
    order.later(_log(order))


async def debug(order: Order) -> None:
    wanted = order.argument.lower()
    if wanted not in ("on", "off"):
        now = "on" if order.record.debug else "off"
        choices = [
            MenuChoice(order.words(f"order-{w}"), "debug", w) for w in ("on", "off")
        ]
        title = order.words("order-debug-title", state=now)
        await order.offer(title, choices, body=order.words("order-debug-means"))
        return
    order.work.changed(await order.change({"debug": int(wanted == "on")}), restart=True)
    path = str(order.shared.raw_log(order.record.id))
    order.announce(f"order-debug-{wanted}", path=path)


async def language(order: Order) -> None:
    wanted = order.argument.lower()
    if wanted and nearest(wanted) == wanted:
        await order.shared.people.choose_language(
            order.inbound, wanted, events=order.inbound.events
        )
        order.language = wanted
        order.tell("order-language")
        return
    choices = [
        MenuChoice(say(tag, "language-name"), "language", tag) for tag in languages()
    ]
    await order.offer(order.words("order-language-title"), choices)


async def rules(order: Order) -> None:
    store, project = order.shared.store, order.record.project
    action, _, number = order.argument.partition(" ")
    if action == "revoke" and number.isdecimal():
        platform, person = order.person
        revoked = await store.revoke_rule(
            int(number),
            by=f"{platform}:{person}",
            platform=platform,
            events=order.inbound.events,
        )
        if revoked is not None:
            order.work.refresh()  # the agent's process knows it still
            order.announce("order-revoked", rule=revoked.pattern)
            return
    kept = await store.rules(project)
    asker = asker_of(order.inbound)
    menu = rules_menu(kept, project=project, asker=asker, language=order.language)
    if menu is None:
        order.say(rules_text(kept, project=project, language=order.language))
    else:
        await order.menu(menu)


# --- in the background --------------------------------------------------------


async def _status(order: Order) -> None:
    totals = await order.shared.store.totals()
    order.do(partial(_tell_status, order, totals, await _usage(order)))


async def _usage(order: Order) -> TreeUsage | None:
    session = order.work.live
    if session is None:
        return None
    looked = await order.shared.processes.usage([session.pid])
    return looked.get(session.pid)


async def _tell_status(
    order: Order, totals: TotalsRecord, usage: TreeUsage | None
) -> None:
    shared, work, words = order.shared, order.work, order.words
    record, current = work.record, work.current
    agent = shared.runner.agent
    if current is not None:
        worked = duration(current.working_s, order.language)
        doing = words("status-working", agent=agent, time=worked)
    else:
        doing = words("status-ready" if work.live else "status-resting", agent=agent)
    today = money(totals.cost_today_usd, order.language)
    lines = [
        words("status-waiting", count=len(work.waiting)),
        words("status-folder", path=str(work.workspace.path)),
        record.branch and words("status-branch", branch=record.branch),
        words(
            "status-settings",
            model=shared.model_of(record) or words("order-default"),
            mode=words(f"mode-{shared.mode_of(record)}"),
            effort=shared.effort_of(record) or words("order-default"),
        ),
        usage and _usage_words(order, usage),
        words("status-agents", up=shared.pool.taken, limit=shared.pool.limit),
        words("status-today", turns=totals.turns_today, cost=today),
    ]
    if until := shared.parking.until(shared.account):
        lines.append(in_words(continues(until, shared.clock()), order.language))
    for platform, health in sorted(shared.screens.health().items()):
        state = words(f"health-{health.state}")
        reason = f" — {health.reason}" * bool(health.reason)
        lines.append(f"{platform_name(platform)}: {state}{reason}")
    if totals.parked:
        lines.append(words("status-unreadable", count=totals.parked))
    order.say("\n".join([f"**{doing}**", "", *(f"- {line}" for line in lines if line)]))


def _usage_words(order: Order, usage: TreeUsage) -> str:
    return order.words(
        "status-usage",
        cpu=round(usage.cpu_percent),
        memory=round(usage.memory_bytes / 1e6),
        processes=usage.processes,
        threads=usage.threads,
        files=usage.open_files,
    )


async def _context(order: Order, opening: asyncio.Future[Session]) -> None:
    session = await opening
    found = await session.context()
    lines = [
        order.words(
            "order-context",
            used=found.used,
            limit=found.limit,
            percent=round(100 * found.used / max(1, found.limit)),
        )
    ]
    lines += [
        f"- {name}: {count(tokens, 'token', order.language)}"
        for name, tokens in found.parts
        if tokens
    ]
    order.say("\n".join(lines))


async def _cost(order: Order) -> None:
    store, budgets = order.shared.store, order.shared.budgets
    here = (await store.activity_summary(order.record.id)).cost_usd
    today = (await store.totals()).cost_today_usd
    told = [
        order.words("cost-here", cost=money(here, order.language)),
        order.words("cost-today", cost=money(today, order.language)),
    ]
    if exceeded := await budgets.check(order.person, order.record.project):
        told.append(in_words(exceeded.words, order.language))
    order.say("\n".join(f"- {line}" for line in told))


async def _log(order: Order) -> None:
    summary = await order.shared.store.activity_summary(order.record.id)
    order.say(_log_words(order, summary))


def _log_words(order: Order, summary: ActivitySummary) -> str:
    words, language = order.words, order.language
    turns = sum(summary.turns.values())
    lines = [
        words("log-turns", turns=turns, time=duration(summary.duration_s, language)),
        words(
            "log-tokens", tokens=summary.tokens, cost=money(summary.cost_usd, language)
        ),
        words("log-troubles", errors=summary.errors, warnings=summary.warnings),
    ]
    for name, (times, failed) in list(summary.tools.items())[:_TOOLS]:
        lines.append(words("log-tool", name=name, times=times, failed=failed))
    return "\n".join(f"- {line}" for line in lines)
