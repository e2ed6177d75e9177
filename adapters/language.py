"""What Parley says to people, in the language of each: `locales/<language>/*.ftl`.

A language is a folder of Fluent files (projectfluent.org); another one is added by
adding another folder, and whatever it lacks is said in English.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser

ENGLISH = "en"

_LOCALES = resources.files("adapters") / "locales"


def say(language: str, key: str, /, **values: str | float) -> str:
    """The message *key* with these values in it; the key itself if there is none."""
    for tag in dict.fromkeys((nearest(language), ENGLISH)):
        bundle = _bundle(tag)
        if bundle.has_message(key) and (pattern := bundle.get_message(key).value):
            words, _ = bundle.format_pattern(pattern, values)
            return str(words)
    return key


@cache
def languages() -> Sequence[str]:
    """Those there are, English first."""
    found = {folder.name for folder in _LOCALES.iterdir() if folder.is_dir()}
    return (ENGLISH, *sorted(found - {ENGLISH}))


@cache
def nearest(tag: str) -> str:
    """The language for a platform's tag: "ko" for "ko-KR"; English if we lack it."""
    plain = tag.replace("_", "-").partition("-")[0].lower()
    return plain if plain in languages() else ENGLISH


@cache
def _bundle(language: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=False)
    # Nobody asks where in its file a word stood, and to know it takes a megabyte.
    parser = FluentParser(with_spans=False)
    files = sorted((_LOCALES / language).iterdir(), key=lambda file: file.name)
    for file in files:
        if file.name.endswith(".ftl"):
            bundle.add_resource(parser.parse(file.read_text(encoding="utf-8")))
    return bundle
