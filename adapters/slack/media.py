"""Files that people share in Slack: whatever is in the way becomes one sentence."""

from adapters.base import AdapterError
from adapters.files import MB, UNKNOWN, Files, FindFolder, Media, Source
from adapters.inbound import Address, Attachment
from adapters.names import file_name
from adapters.retry import Sleep, for_a_minute
from adapters.slack.api import SlackApi
from adapters.slack.words import Raw

SIZE_LIMIT = 20 * MB
SOURCE = Source("Slack", SIZE_LIMIT, "I fetch at most")

#: By what Slack says of a file in `mode` or `file_access`.
PROBLEMS = {
    "external": "is not kept by Slack, so I cannot fetch it. Send it as a file.",
    "tombstone": "was deleted before I could fetch it.",
    "hidden_by_limit": "is hidden by this workspace's limit, so I cannot fetch it.",
    "access_denied": "is not shown to me by Slack. Share it in this conversation.",
    "file_not_found": "was deleted before I could fetch it.",
}


class SlackFiles:
    """Saves into the folder that *find_folder* gives for an address."""

    def __init__(self, find_folder: FindFolder, api: SlackApi, *, sleep: Sleep) -> None:
        self._files = Files(find_folder, api, source=SOURCE, sleep=sleep)
        self._api = api
        self._sleep = sleep

    async def save(self, file: Raw, address: Address, mark: str) -> Attachment:
        """Fetch one of a message's files. *mark*: the same each time for this one."""
        try:
            file = await self._whole(file)
        except AdapterError as error:
            return _missing(file, self._files.failed(_called(file), error))
        if problem := _problem(file):
            return _missing(file, f"{_called(file)} {problem}")
        return await self._files.save(_media(file), address, mark)

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
        str(file.get("mimetype") or UNKNOWN),
        int(file.get("size") or 0),
    )


def _missing(file: Raw, problem: str) -> Attachment:
    return Attachment(_name(file), UNKNOWN, int(file.get("size") or 0), problem=problem)


def _name(file: Raw) -> str:
    return file_name(str(file.get("name") or file.get("title") or ""))


def _called(file: Raw) -> str:
    """Of a file that is gone, Slack does not even tell the name."""
    return _name(file) if file.get("name") or file.get("title") else "A file"


def _address(file: Raw) -> str:
    return str(file.get("url_private_download") or file.get("url_private") or "")
