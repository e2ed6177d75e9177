"""Settings: `config.toml`, then the environment over it. Nothing else reads either."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.sources import EnvSettingsSource

from adapters.web.hosts import Listen, NotSafe
from bot.errors import ConfigError

PREFIX = "PARLEY_"
PLACES = (Path("config.toml"), Path("~/.config/parley/config.toml"))


def _several(value: object) -> object:
    """`PARLEY_ACCESS__TELEGRAM=1001,1002` is as good as a list."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return [value] if isinstance(value, int) else value


def _home(path: Path) -> Path:
    return path.expanduser()


HomePath = Annotated[Path, AfterValidator(_home)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Telegram(Section):
    token: SecretStr | None = None  # absent: Telegram is off
    api_base: str = "https://api.telegram.org"


def _token(prefix: str) -> AfterValidator:
    def check(token: SecretStr) -> SecretStr:
        if not token.get_secret_value().startswith(prefix):
            raise ValueError(f"this is another kind of token; it begins with {prefix}")
        return token

    return AfterValidator(check)


class Slack(Section):
    bot_token: Annotated[SecretStr, _token("xoxb-")] | None = None  # absent: off
    app_token: Annotated[SecretStr, _token("xapp-")] | None = None  # Socket Mode
    signing_secret: SecretStr | None = None  # HTTP instead of Socket Mode
    listen: str = Field("127.0.0.1:8643", pattern=r"^[^:]+:\d{1,5}$")  # for HTTP
    api_base: str = "https://slack.com/api/"
    command: str = Field("/claude", pattern=r"^/[a-z0-9_-]{1,31}$")
    outsiders: bool = False

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        ways = [self.app_token, self.signing_secret]
        if self.bot_token is not None and ways.count(None) != 1:
            raise ValueError(
                "bot_token needs either app_token (Socket Mode) or signing_secret "
                "(HTTP) beside it, and not both"
            )
        return self


class Web(Section):
    listen: str = "127.0.0.1:8642"  # "": off
    token: SecretStr | None = None  # None: one is made, in the state folder

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.listen:
            token = self.token.get_secret_value() if self.token else ""
            try:
                Listen.parse(self.listen).check(token=token)
            except NotSafe as error:
                raise ValueError(str(error)) from None
        return self


class Access(Section):
    telegram: Annotated[tuple[int, ...], BeforeValidator(_several)] = ()
    slack: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")], ...],
        BeforeValidator(_several),
    ] = ()
    admins: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()


class Agent(Section):
    default: Literal["claude"] = "claude"
    idle_s: float = Field(900, gt=0)
    max_processes: int = Field(0, ge=0)  # 0: from memory


class AgentCommand(Section):
    command: tuple[str, ...] = ("claude",)
    billing: Literal["subscription", "api_key"] = "subscription"
    env: Mapping[str, str] = Field(default_factory=dict)


class Agents(Section):
    claude: AgentCommand = AgentCommand()


class Project(Section):
    path: HomePath | None = None  # None: an empty folder beside the store
    trusted: bool = False
    model: str = ""
    permission_mode: Literal["default", "acceptEdits", "plan", "dontAsk"] = "default"


class StoreFile(Section):
    path: HomePath = Field(
        Path("~/.local/state/parley/parley.db"), validate_default=True
    )


class Settings(BaseSettings):
    """`PARLEY_TELEGRAM__TOKEN` overrides `[telegram] token`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=PREFIX,
        env_nested_delimiter="__",
    )

    telegram: Telegram = Telegram()
    slack: Slack = Slack()
    web: Web = Web()
    access: Access = Access()
    agent: Agent = Agent()
    agents: Agents = Agents()
    projects: Mapping[str, Project] = Field(
        default_factory=lambda: {"default": Project()}
    )
    store: StoreFile = StoreFile()

    @property
    def state(self) -> Path:
        """The folder of everything Parley keeps."""
        return self.store.path.parent

    @property
    def project(self) -> Project:
        return self.projects.get("default", Project())


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
    return next((p for p in map(_home, PLACES) if p.is_file()), None)


def load(file: Path | None) -> Settings:
    """Read the settings. Raises `ConfigError` with a line for every mistake."""
    try:
        read = _reader(file)()
    except OSError as error:
        raise ConfigError([f"{file}: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{file}: not valid TOML: {error}"]) from error
    except ValidationError as error:
        raise ConfigError(_mistakes(error, file)) from None  # it quotes secrets
    if unknown := _unknown_variables(os.environ):
        raise ConfigError(unknown)
    return read


def _reader(file: Path | None) -> type[Settings]:
    if file is not None:
        file.open("rb").close()  # TomlConfigSettingsSource ignores a missing file

    class Reader(Settings):
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
