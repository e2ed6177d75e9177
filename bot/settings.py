"""What an operator may set, with the defaults that serve. `bot.config` reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.web.hosts import Listen, NotSafe

PREFIX = "PARLEY_"

Amount = Annotated[float, Field(ge=0)]  # US dollars; 0: as much as it takes
Count = Annotated[int, Field(ge=0)]  # 0: as many as it takes


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


def _person(given: str) -> str:
    platform, _, person = given.partition(":")
    if not platform or not person:
        raise ValueError(f'{given!r} is no person; write "telegram:1001"')
    return given


People = Annotated[
    tuple[Annotated[str, AfterValidator(_person)], ...], BeforeValidator(_several)
]


class Access(Section):
    telegram: Annotated[tuple[int, ...], BeforeValidator(_several)] = ()
    slack: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]+$")], ...],
        BeforeValidator(_several),
    ] = ()
    admins: People = ()
    approvers: People = ()
    decide: Literal["asker", "approvers", "admins"] = "asker"
    messages_per_minute: Count = 20  # of one person


class Agent(Section):
    default: Literal["claude"] = "claude"
    idle_s: float = Field(900, gt=0)
    max_processes: int = Field(0, ge=0)  # 0: from memory
    unclaimed_s: float = Field(600, gt=0)  # without a Parley, after a crash of it


class AgentCommand(Section):
    command: tuple[str, ...] = ("claude",)
    billing: Literal["subscription", "api_key"] = "subscription"
    env: Mapping[str, str] = Field(default_factory=dict)


class Agents(Section):
    claude: AgentCommand = AgentCommand()


class Project(Section):
    path: HomePath | None = None  # None: an empty folder beside the store
    trusted: bool = False
    trust_shared: bool = False  # words of others are like those of whoever sends them
    model: str = ""
    effort: Literal["", "low", "medium", "high", "xhigh", "max"] = ""
    permission_mode: Literal["default", "acceptEdits", "plan", "dontAsk"] = "default"
    allow_bypass: bool = False  # whether people may switch permissions off
    sandbox: Literal["", "bubblewrap"] = ""  # "": the agent may do what our user may
    # One turn:
    max_turns: Count = 0  # model calls
    max_cost_usd: Amount = 0
    max_seconds: Count = 0
    # An agent's processes:
    cpu_seconds: Count = 0
    memory_mb: Count = 0
    file_mb: Count = 0
    # All of it:
    day_usd: Amount = 0
    month_usd: Amount = 0


class Budgets(Section):
    """Of each person, in all projects together."""

    person_day_usd: Amount = 0
    person_month_usd: Amount = 0


class Voice(Section):
    """What makes words of voice messages: a command, or an address."""

    command: tuple[str, ...] = ()  # "{file}" is the recording; prints the words
    url: str = ""  # an OpenAI-compatible API, such as http://127.0.0.1:8000/v1
    model: str = "whisper-1"
    api_key: SecretStr | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.command and self.url:
            raise ValueError("give either command or url, not both")
        return self


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

    read_from: ClassVar[Path | None] = None  # the file, if any

    telegram: Telegram = Telegram()
    slack: Slack = Slack()
    web: Web = Web()
    access: Access = Access()
    agent: Agent = Agent()
    agents: Agents = Agents()
    budgets: Budgets = Budgets()
    voice: Voice = Voice()
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
