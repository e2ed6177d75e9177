"""What is not words on Telegram is described, or refused in words."""

from typing import Any

import pytest

from tests.adapters.telegram.incoming import CHAT, document, forward, picture, said
from tests.adapters.telegram.reading import heard


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"sticker": {"file_id": "s", "emoji": "😀"}}, "[sticker 😀]"),
        ({"sticker": {"file_id": "s"}}, "[sticker]"),
        (
            {"voice": {"file_id": "v", "duration": 72}},
            "[voice message, 1:12]",
        ),
        (
            {"audio": {"file_id": "a", "duration": 9, "title": "Song"}},
            "[audio, Song, 0:09]",
        ),
        (
            {"video": {"file_id": "v", "duration": 5}, "caption": "look"},
            "look\n\n[video, 0:05]",
        ),
        (
            {"contact": {"first_name": "Bo", "phone_number": "+1"}},
            "[contact: Bo, +1]",
        ),
        ({"location": {"latitude": 1.5, "longitude": 2}}, "[location: 1.5, 2]"),
        (
            {
                "location": {"latitude": 1.5, "longitude": 2},
                "venue": {
                    "location": {"latitude": 1.5, "longitude": 2},
                    "title": "Café",
                    "address": "Road 1",
                },
            },
            "[place: Café, Road 1, 1.5, 2]",
        ),
        (
            {"poll": {"question": "Tea?", "options": [{"text": "yes"}]}},
            "[poll: Tea?]\n- yes",
        ),
        (
            {
                "checklist": {
                    "title": "Todo",
                    "tasks": [
                        {"text": "a", "completion_date": 1},
                        {"text": "b"},
                    ],
                }
            },
            "[checklist: Todo]\n- [x] a\n- [ ] b",
        ),
        ({"dice": {"emoji": "🎲", "value": 4}}, "[🎲 4]"),
    ],
)
def test_what_is_not_words_is_described(fields: dict[str, Any], text: str) -> None:
    got = heard(said(7, **fields))

    assert got.text == text
    assert not got.refused
    assert not got.plain


@pytest.mark.parametrize(
    "fields",
    [
        {"story": {"chat": CHAT, "id": 1}},
        {"paid_media": {"star_count": 1}, "caption": "look"},
        {"invented_later": {"x": 1}},
        {},
    ],
)
def test_what_cannot_be_passed_on_is_refused_in_words(fields: dict[str, Any]) -> None:
    assert "read this" in heard(said(7, **fields)).refused


def test_where_something_unreadable_comes_from_is_no_message() -> None:
    got = heard(forward(7, story={"chat": CHAT, "id": 1}))

    assert got.refused
    assert got.text == ""


def test_of_a_photo_the_largest_size_is_taken() -> None:
    media = heard(picture(7, caption="see")).media

    assert media
    assert (media.file_id, media.name) == ("large7", "photo.jpg")


def test_a_gif_is_one_file_though_it_comes_as_two_kinds() -> None:
    gif = document("cat.mp4", mime_type="video/mp4", file_size=5)

    media = heard(said(7, animation=gif, document=gif)).media

    assert media
    assert (media.name, media.media_type, media.size) == ("cat.mp4", "video/mp4", 5)
