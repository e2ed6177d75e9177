"""A menu of models, and who opens it."""

from bot.cards import Asker
from bot.menus import Menu, MenuChoice
from tests.bot.table import Table
from tests.fakes import ADA

ASKER = Asker(person="fake:1001", name="Ada", platform="fake", for_id=ADA.id)


def model_menu(number: int = 3, *, words_to: str = "", title: str = "Model?") -> Menu:
    choices = [
        MenuChoice(f"Model {nth}", "model", f"m-{nth}") for nth in range(1, number + 1)
    ]
    return Menu(
        kind="order", title=title, choices=choices, words_to=words_to, asker=ASKER
    )


def labels(at: Table) -> list[str]:
    return [option.label for option in at.card.options]
