"""Files that people send on Telegram."""

from adapters.files import MB, Downloads, Files, FindFolder, Source
from adapters.retry import Sleep

SIZE_LIMIT = 20 * MB  # Telegram's own, for bots
SOURCE = Source("telegram", SIZE_LIMIT)


class TelegramFiles(Files):
    """Marked with the id of their message."""

    def __init__(
        self, find_folder: FindFolder, downloads: Downloads, *, sleep: Sleep
    ) -> None:
        super().__init__(find_folder, downloads, source=SOURCE, sleep=sleep)
