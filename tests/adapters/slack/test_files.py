"""Files that people share in Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.inbound import Attachment, Text
from adapters.language import say
from adapters.slack.media import SIZE_LIMIT
from tests.adapters.slack.desk import Desk, desk
from tests.slack_server import ADA, FakeSlack, File

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"


@pytest.fixture
async def at(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(slack, tmp_path) as at:
        yield at


async def sent(at: Desk, *files: File | tuple[str, bytes]) -> tuple[Attachment, ...]:
    """What the bot hears of a message with these."""
    said = at.slack.say("look", files=files)
    [heard] = await at.hear(at.told(said))
    assert isinstance(heard.body, Text)
    assert heard.body.text == "look"
    return heard.body.files


async def test_files_are_saved_under_their_names(slack: FakeSlack, at: Desk) -> None:
    files = await sent(at, ("a.txt", b"one"), slack.file("b.png", PNG))

    assert [(file.name, file.size, file.problem) for file in files] == [
        ("a.txt", 3, ""),
        ("b.png", len(PNG), ""),
    ]
    assert [Path(file.path).read_bytes() for file in files] == [b"one", PNG]
    assert files[1].media_type == "image/png"


async def test_two_files_of_one_name_are_two(slack: FakeSlack, at: Desk) -> None:
    files = await sent(at, ("a.txt", b"one"), ("a.txt", b"two"))

    assert [Path(file.path).read_bytes() for file in files] == [b"one", b"two"]


async def test_of_a_file_from_elsewhere_slack_is_asked(
    slack: FakeSlack, at: Desk
) -> None:
    [file] = await sent(at, slack.file("far.txt", b"words", check_info=True))

    assert (file.name, file.problem) == ("far.txt", "")
    assert Path(file.path).read_bytes() == b"words"


@pytest.mark.parametrize("check_info", [False, True])
@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("external", "plan.doc is not kept by Slack"),
        ("tombstone", "A file was deleted"),
        ("hidden_by_limit", "A file is hidden"),
    ],
)
async def test_what_slack_does_not_have_is_explained(
    slack: FakeSlack, at: Desk, mode: str, words: str, check_info: bool
) -> None:
    [file] = await sent(
        at, slack.file("plan.doc", b"x", mode=mode, check_info=check_info)
    )

    assert file.problem.startswith(words)
    assert file.path == ""
    assert slack.calls("[(]download[)]") == []


async def test_too_big_a_file_is_explained_and_not_fetched(
    slack: FakeSlack, at: Desk
) -> None:
    [file] = await sent(at, slack.file("big.iso", b"x", size=SIZE_LIMIT + 1))

    assert "big.iso is 21 MB; I fetch at most 20 MB" in file.problem
    assert slack.calls("[(]download[)]") == []


async def test_a_login_page_is_no_file(slack: FakeSlack, at: Desk) -> None:
    slack.options.scopes.discard("files:read")

    [file] = await sent(at, ("a.txt", b"one"))

    assert file.problem == "a.txt could not be fetched from Slack."


async def test_a_passing_trouble_is_waited_out(slack: FakeSlack, at: Desk) -> None:
    slack.fail("files[.]info", 1, "5xx")
    slack.fail("[(]download[)]", 2, "5xx")

    [file] = await sent(at, slack.file("a.txt", b"one", check_info=True))

    assert (file.problem, at.slept) == ("", [1, 1, 2])


async def test_a_lasting_trouble_is_told_and_the_words_go_on(
    slack: FakeSlack, at: Desk
) -> None:
    slack.fail("files[.]info", 99)

    [file] = await sent(at, slack.file("a.txt", b"one", check_info=True))

    assert file.problem == (
        "A file could not be fetched from Slack just now. Please send it again."
    )


async def test_what_a_file_did_is_told_in_the_language_of_who_sent_it(
    slack: FakeSlack, at: Desk
) -> None:
    slack.add_person(ADA, "Ada Lovelace", locale="ko-KR")

    gone, big = await sent(
        at,
        slack.file("plan.doc", b"x", mode="external"),
        slack.file("big.iso", b"x", size=SIZE_LIMIT + 1),
    )

    assert gone.problem == say("ko", "slack-file-external", name="plan.doc")
    assert "big.iso" in big.problem
    assert "at most" not in big.problem


@pytest.mark.parametrize(
    ("claimed", "media_type"),
    [
        ("audio/mp4", "audio/mp4"),
        ("video/mp4", "audio/mp4"),
        ("video/webm", "audio/webm"),
        ("", "audio/mp4"),
    ],
)
async def test_a_spoken_clip_is_audio_whatever_slack_calls_it(
    slack: FakeSlack, at: Desk, claimed: str, media_type: str
) -> None:
    clip = slack.file(
        "audio_message.mp4", b"voice", mimetype=claimed, subtype="slack_audio"
    )

    [file] = await sent(at, clip)

    assert (file.name, file.media_type) == ("audio_message.mp4", media_type)


async def test_who_sends_files_is_expected_to_want_an_answer(
    slack: FakeSlack, at: Desk
) -> None:
    said = slack.say("look", files=[("a.txt", b"one")])

    [heard] = await at.hear(at.told(said))

    assert at.memory.expected == [(heard.address, ADA)]
