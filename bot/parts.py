"""The parts of the program, made of the settings: the one place that names classes.

Those of platforms are imported where one is switched on: each brings libraries of 8 to
20 MB that nobody else needs.
"""

import os
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from adapters.base import Adapter
from adapters.web.doorman import Doorman, secrets_kept
from adapters.web.port import OWNER, WEB
from bot.access import Access
from bot.budgets import Budget, Budgets
from bot.commands import menu
from bot.config import secrets
from bot.feed import Feed
from bot.log import Redactor
from bot.meter import TurnLimits
from bot.metrics import Metrics
from bot.parking import Parking, account
from bot.people import People
from bot.pool import Pool, fitting_memory
from bot.private import make_private
from bot.rates import Rates
from bot.screens import Screens
from bot.settings import Project, Settings
from bot.shared import Shared, Workspace
from bot.snapshots import Snapshots
from bot.trouble import Trouble
from bot.vitals import Vitals
from bot.voice import CommandTranscriber, Transcriber, UrlTranscriber
from bot.worktrees import Worktrees
from runner.base import ProcessLimits, Runner, Sandbox
from runner.claude_runner import ClaudeRunner
from store.store import Store

MEGABYTE = 1024 * 1024


def adapters_for(settings: Settings, access: Access, metrics: Metrics) -> list[Adapter]:
    """The messengers the configuration switches on."""
    adapters: list[Adapter] = []
    telegram, slack = settings.telegram, settings.slack
    if telegram.token is not None:
        from adapters.telegram.adapter import TelegramAdapter

        adapters.append(
            TelegramAdapter(
                telegram.token.get_secret_value(),
                api_base=telegram.api_base,
                commands=menu,
                on_limited=partial(metrics.rate_limited, "telegram"),
            )
        )
    if slack.bot_token is not None:
        from adapters.slack.adapter import SlackAdapter

        adapters.append(
            SlackAdapter(
                slack.bot_token.get_secret_value(),
                app_token=_secret(slack.app_token),
                signing_secret=_secret(slack.signing_secret),
                listen=slack.listen,
                api_base=slack.api_base,
                outsiders=slack.outsiders,
                people=access.people("slack"),
                commands=menu,
                on_limited=partial(metrics.rate_limited, "slack"),
            )
        )
    return adapters


def _secret(token: SecretStr | None) -> str | None:
    return None if token is None else token.get_secret_value()


def hidden(settings: Settings) -> list[str]:
    """What must never be logged or shown: configured, or made by the page's doorman."""
    return [*secrets(settings), *secrets_kept(settings.state)]


def runner_for(settings: Settings) -> Runner:
    claude = settings.agents.claude
    return ClaudeRunner(
        claude.command,
        billing=claude.billing,
        env=claude.env,
        environ=os.environ,
        state=settings.state,
        redact=Redactor(hidden(settings)).clean,
        unclaimed_s=settings.agent.unclaimed_s,
    )


def workspaces_for(settings: Settings) -> tuple[Workspace, ...]:
    """Every project's, the default one first."""
    others = {k: p for k, p in settings.projects.items() if k != "default"}
    return tuple(
        Workspace(
            name=name,
            path=project.path or settings.state / "workspace",
            trusted=project.trusted,
            trust_shared=project.trust_shared,
            model=project.model,
            effort=project.effort,
            permission_mode=project.permission_mode,
            allow_bypass=project.allow_bypass,
            sandbox=_sandbox(settings) if project.sandbox else None,
            max_turns=project.max_turns,
            turn_limits=TurnLimits(
                cost_usd=project.max_cost_usd, seconds=project.max_seconds
            ),
            limits=ProcessLimits(
                cpu_s=project.cpu_seconds,
                memory_bytes=project.memory_mb * MEGABYTE,
                file_bytes=project.file_mb * MEGABYTE,
            ),
        )
        for name, project in {"default": settings.project, **others}.items()
    )


def _sandbox(settings: Settings) -> Sandbox:
    """Nothing in it sees what we keep, nor our configuration."""
    return Sandbox(hidden=(settings.state, *filter(None, [settings.read_from])))


def doorman_for(settings: Settings) -> Doorman:
    return Doorman(settings.state, token=_secret(settings.web.token) or "")


def access_for(settings: Settings) -> Access:
    return Access(
        {
            "telegram": [str(person) for person in settings.access.telegram],
            "slack": settings.access.slack,
            WEB: [OWNER],
        },
        admins=[*settings.access.admins, f"{WEB}:{OWNER}"],
        approvers=settings.access.approvers,
        decide=settings.access.decide,
    )


def voice_for(settings: Settings) -> Transcriber | None:
    voice = settings.voice
    if voice.command:
        return CommandTranscriber(voice.command)
    if voice.url:
        key = _secret(voice.api_key) or ""
        return UrlTranscriber(voice.url, voice.model, key)
    return None


def budgets_for(settings: Settings, store: Store, people: People) -> Budgets:
    each = settings.budgets
    return Budgets(
        store,
        person=Budget(each.person_day_usd, each.person_month_usd),
        projects={
            name: Budget(project.day_usd, project.month_usd)
            for name, project in settings.projects.items()
        },
        identities=lambda person: people.same(*person),
    )


def shared_for(
    settings: Settings,
    store: Store,
    runner: Runner,
    access: Access,
    *,
    demo: bool,
) -> Shared:
    """A *demo* plays in a folder of its own, whatever the projects are."""
    if demo:
        settings = settings.model_copy(update={"projects": {"default": Project()}})
    workspaces = workspaces_for(settings)
    if settings.project.path is None:
        make_private(workspaces[0].path)
    trouble, vitals = Trouble(), Vitals(settings.state)
    store = store.patient(trouble)
    people = People(store, access)
    parking = Parking(store)
    feed = Feed()
    metrics = Metrics(
        agents=lambda: pool.taken,
        queued=feed.queued,
        streams=feed.watching,
        parked=lambda: len(parking.parked()),
        unwritable=lambda: bool(trouble.words),
        disk_free=vitals.free,
        lag_s=lambda: vitals.lag_s,
    )
    pool = Pool(
        settings.agent.max_processes or fitting_memory(), evicted=metrics.evicted
    )
    snapshots = Snapshots(settings.state / "snapshots")
    return Shared(
        store=store,
        screens=Screens(store),
        trouble=trouble,
        vitals=vitals,
        runner=runner,
        pool=pool,
        people=people,
        parking=parking,
        feed=feed,
        metrics=metrics,
        budgets=budgets_for(settings, store, people),
        rates=Rates(settings.access.messages_per_minute),
        snapshots=snapshots,
        worktrees=Worktrees(settings.state / "worktrees", snapshots),
        account=account(runner.agent, settings.agents.claude.billing),
        transcriber=voice_for(settings),
        workspace=workspaces[0],
        projects=workspaces[1:],
        files=Path(settings.state) / "conversations",
        idle_s=settings.agent.idle_s,
    )
