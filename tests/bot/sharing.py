"""What all conversations share, in tests: everything real, nothing limited."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.access import Access
from bot.budgets import Budget, Budgets
from bot.parking import Parking
from bot.people import People
from bot.pool import Pool
from bot.rates import Rates
from bot.screens import Screens
from bot.shared import Shared, Workspace
from bot.snapshots import Snapshots
from bot.worktrees import Worktrees
from runner.base import Runner
from store.store import Store


def shared_for(
    store: Store, runner: Runner, access: Access, folder: Path, **options: Any
) -> Shared:
    """*folder* is the workspace, and holds what is kept; *options* replace fields."""
    people = People(store, access)
    snapshots = Snapshots(folder / "snapshots")
    shared = Shared(
        store=store,
        screens=Screens(store),
        runner=runner,
        pool=Pool(4),
        people=people,
        parking=Parking(store),
        budgets=Budgets(
            store,
            person=Budget(),
            projects={},
            identities=lambda person: people.same(*person),
        ),
        rates=Rates(0),
        snapshots=snapshots,
        worktrees=Worktrees(folder / "worktrees", snapshots),
        workspace=Workspace(name="default", path=folder),
        files=folder / "conversations",
    )
    return replace(shared, **options)
