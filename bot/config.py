"""Settings: `config.toml`, then the environment over it. Nothing else reads either."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
)
from pydantic_settings.sources import EnvSettingsSource

from bot.errors import ConfigError
from bot.hardening import too_open
from bot.settings import PREFIX, Project, Settings

PLACES = (Path("config.toml"), Path("~/.config/parley/config.toml"))


class _Environment(EnvSettingsSource):
    """Lists may come as `a,b`: what is not JSON is left to the validators."""

    def decode_complex_value(self, field_name: str, field: Any, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def secrets(settings: Settings) -> list[str]:
    """What must never be logged or shown."""
    slack = settings.slack
    tokens = (
        settings.telegram.token,
        slack.bot_token,
        slack.app_token,
        slack.signing_secret,
        settings.web.token,
        settings.voice.api_key,
    )
    credentials = [
        value
        for env in (settings.agents.claude.env, os.environ)
        for name, value in env.items()
        if name.endswith(("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")) and len(value) > 7
    ]
    return [*(token.get_secret_value() for token in tokens if token), *credentials]


def find(given: Path | None = None) -> Path | None:
    """The configuration file to read; None if there is none, which is fine."""
    if given is not None:
        return given
    return next(
        (p for p in (place.expanduser() for place in PLACES) if p.is_file()), None
    )


def load(file: Path | None) -> Settings:
    """Read the settings. Raises `ConfigError` with a line for every mistake."""
    try:
        read = _reader(file)()
        open_to_others = too_open(file) if file is not None else ""
    except OSError as error:
        raise ConfigError([f"{file}: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError([f"{file}: not valid TOML: {error}"]) from error
    except ValidationError as error:
        raise ConfigError(_mistakes(error, file)) from None  # it quotes secrets
    if open_to_others:
        raise ConfigError([f"{file}: {open_to_others}"])
    if unknown := _unknown_variables(os.environ):
        raise ConfigError(unknown)
    return read


def _reader(file: Path | None) -> type[Settings]:
    if file is not None:
        file.open("rb").close()  # TomlConfigSettingsSource ignores a missing file

    class Reader(Settings):
        read_from: ClassVar[Path | None] = file and file.absolute()

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            environment = _Environment(settings_cls)
            if file is None:
                return (environment,)
            return environment, TomlConfigSettingsSource(settings_cls, file)

    return Reader


def _mistakes(error: ValidationError, file: Path | None) -> list[str]:
    return [
        f"{file or 'environment'}: {_place(problem['loc'])}: {_what(problem)}"
        for problem in error.errors(include_input=False, include_url=False)
    ]


def _place(loc: tuple[int | str, ...]) -> str:
    *sections, key = map(str, loc)
    return f"[{'.'.join(sections)}] {key}" if sections else f"[{key}]"


def _what(problem: Any) -> str:
    if problem["type"] != "extra_forbidden":
        return str(problem["msg"]).removeprefix("Value error, ")
    known = _keys(problem["loc"][:-1])
    near = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
    return f"unknown key; {hint}"


def _keys(loc: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Settings
    for name in loc:
        if model is Settings and name == "projects":
            return sorted(Project.model_fields)
        kind = model.model_fields[str(name)].annotation
        assert isinstance(kind, type)
        assert issubclass(kind, BaseModel)
        model = kind
    return sorted(model.model_fields)


def _unknown_variables(environ: Mapping[str, str]) -> list[str]:
    known = list(Settings.model_fields)
    sections = {
        name: name.removeprefix(PREFIX).partition("__")[0].lower()
        for name in environ
        if name.startswith(PREFIX)
    }
    return [
        f"environment: {name}: no section [{section}]; known: {', '.join(known)}"
        for name, section in sections.items()
        if section not in known
    ]
