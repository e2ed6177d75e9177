"""Files that people share in Slack: whatever is in the way becomes one sentence."""

from adapters.base import AdapterError
from adapters.files import MB, Files, FindFolder, Media, Source
from adapters.inbound import Address, Attachment
from adapters.kinds import UNKNOWN
from adapters.language import say
from adapters.names import file_name
from adapters.retry import Sleep, for_a_minute
from adapters.slack.api import SlackApi
from adapters.slack.words import VOICE, Raw

SIZE_LIMIT = 20 * MB
SOURCE = Source("slack", SIZE_LIMIT)

#: By what Slack says of a file in `mode` or `file_access`.
PROBLEMS = {
    "external": "slack-file-external",
    "tombstone": "slack-file-deleted",
    "hidden_by_limit": "slack-file-hidden",
    "access_denied": "slack-file-denied",
    "file_not_found": "slack-file-deleted",
}


class SlackFiles:
    """Saves into the folder that *find_folder* gives for an address."""

    def __init__(self, find_folder: FindFolder, api: SlackApi, *, sleep: Sleep) -> None:
        self._files = Files(find_folder, api, source=SOURCE, sleep=sleep)
        self._api = api
        self._sleep = sleep

    async def save(
        self, file: Raw, address: Address, mark: str, language: str
    ) -> Attachment:
        """Fetch one of a message's files. *mark*: the same each time for this one."""
        try:
            file = await self._whole(file)
        except AdapterError as error:
            called = _called(file, language)
            return _missing(file, self._files.failed(called, error, language))
        if key := _problem(file):
            problem = say(language, key, name=_called(file, language))
            return _missing(file, problem)
        return await self._files.save(_media(file), address, mark, language)

    async def _whole(self, file: Raw) -> Raw:
        """Of a file from elsewhere Slack tells in a message no more than its id."""
        if file.get("file_access") != "check_file_info":
            return file
        answer: Raw = await for_a_minute(self._sleep)(
            self._api.call, "files.info", file=file["id"]
        )
        return dict(answer["file"])


def _problem(file: Raw) -> str:
    for word in (file.get("mode"), file.get("file_access")):
        if problem := PROBLEMS.get(str(word)):
            return problem
    return "" if _address(file) else PROBLEMS["access_denied"]


def _media(file: Raw) -> Media:
    return Media(
        _address(file),
        _name(file),
        _media_type(file),
        int(file.get("size") or 0),
    )


def _missing(file: Raw, problem: str) -> Attachment:
    return Attachment(_name(file), UNKNOWN, int(file.get("size") or 0), problem=problem)


def _name(file: Raw) -> str:
    return file_name(str(file.get("name") or file.get("title") or ""))


def _media_type(file: Raw) -> str:
    """Slack calls some spoken clips videos, and others nothing while it scans them."""
    claimed = str(file.get("mimetype") or "")
    if file.get("subtype") == VOICE and not claimed.startswith("audio/"):
        return f"audio/{claimed.removeprefix('video/') or 'mp4'}"
    return claimed or UNKNOWN


def _called(file: Raw, language: str) -> str:
    """Of a file that is gone, Slack does not even tell the name."""
    named = file.get("name") or file.get("title")
    return _name(file) if named else say(language, "slack-nameless")


def _address(file: Raw) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")
