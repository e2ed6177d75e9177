"""What the program tells of itself, where a leak would be seen first."""

import asyncio
import threading

from bot.metrics import Metrics
from tests.bot.test_metrics import numbers


async def test_tasks_of_the_loop_are_counted() -> None:
    metrics, over = Metrics(), asyncio.Event()
    before = numbers(metrics)["parley_tasks"]

    waiting = [asyncio.create_task(over.wait()) for _ in range(3)]

    assert numbers(metrics)["parley_tasks"] == before + 3
    over.set()
    await asyncio.gather(*waiting)
    assert numbers(metrics)["parley_tasks"] == before


def test_threads_are_counted_and_without_a_loop_there_are_no_tasks() -> None:
    metrics, over = Metrics(), threading.Event()
    before = numbers(metrics)["parley_threads"]

    thread = threading.Thread(target=over.wait)
    thread.start()

    assert numbers(metrics)["parley_threads"] == before + 1
    assert numbers(metrics)["parley_tasks"] == 0
    over.set()
    thread.join()
