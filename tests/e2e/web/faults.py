"""What a person who cannot see, or see well, would stumble over."""

from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page


async def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    found = (await Axe().run(page)).response["violations"]
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]
