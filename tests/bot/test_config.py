import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot import config
from bot.errors import ConfigError
from bot.settings import AgentCommand, Project, Settings

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def mistakes(file: Path, text: str) -> list[str]:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        config.load(file)
    return [line.removeprefix(f"{file}: ") for line in caught.value.lines]


def test_no_file_gives_the_defaults() -> None:
    settings = config.load(None)

    assert settings.telegram.token is None
    assert settings.agents.claude.billing == "subscription"
    assert settings.store.path.is_absolute()


def test_the_example_loads_and_names_every_setting() -> None:
    config.load(EXAMPLE)
    uncommented = "\n".join(
        line.removeprefix("# ") if " = " in line else line
        for line in EXAMPLE.read_text().splitlines()
    )
    example = tomllib.loads(uncommented)

    for section, model in Settings.model_fields.items():
        kind = model.annotation
        if section == "projects":
            assert set(example["projects"]["default"]) == set(Project.model_fields)
        elif section == "agents":
            assert set(example["agents"]["claude"]) == set(AgentCommand.model_fields)
        else:
            assert isinstance(kind, type)
            assert issubclass(kind, BaseModel)
            assert set(example[section]) == set(kind.model_fields)


def test_an_unknown_key_is_told_with_the_nearest_known_one(file: Path) -> None:
    assert mistakes(file, '[telegram]\ntokn = "x"') == [
        "[telegram] tokn: unknown key; did you mean 'token'?"
    ]


def test_every_mistake_has_its_line(file: Path) -> None:
    lines = mistakes(
        file, '[access]\ntelegram = ["ada"]\n[projects.default]\nmodl = ""\n[agnt]\n'
    )

    assert [line.split(":")[0] for line in lines] == [
        "[access.telegram] 0",
        "[projects.default] modl",
        "[agnt]",
    ]


def test_broken_toml_is_one_clear_line(file: Path) -> None:
    (line,) = mistakes(file, "[telegram\n")

    assert "not valid TOML" in line


def test_a_missing_file_that_was_asked_for_is_a_mistake(file: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        config.load(file)


def test_a_mistake_never_quotes_the_token(file: Path) -> None:
    assert "hunter2" not in str(mistakes(file, '[telegram]\ntoken = ["hunter2-1"]'))


def test_slack_needs_one_way_in(file: Path) -> None:
    (neither,) = mistakes(file, '[slack]\nbot_token = "xoxb-1"')
    (both,) = mistakes(
        file,
        '[slack]\nbot_token = "xoxb-1"\napp_token = "xapp-1"\nsigning_secret = "s"',
    )

    assert neither == both
    assert neither.startswith("[slack]: bot_token needs either app_token")


def test_a_token_in_the_wrong_place_is_told_by_its_kind(file: Path) -> None:
    text = '[slack]\nbot_token = "xapp-hunter2"\napp_token = "xoxb-hunter2"'

    lines = mistakes(file, text)

    assert lines == [
        "[slack] bot_token: this is another kind of token; it begins with xoxb-",
        "[slack] app_token: this is another kind of token; it begins with xapp-",
    ]


def test_people_on_slack_go_by_member_id(file: Path) -> None:
    (line,) = mistakes(file, '[access]\nslack = ["@ada"]')

    assert line.startswith("[access.slack] 0: ")


def test_the_web_surface_is_never_open_to_others_without_a_token(file: Path) -> None:
    (line,) = mistakes(file, '[web]\nlisten = "0.0.0.0:8642"')

    assert "set [web] token" in line
    file.chmod(0o600)
    file.write_text('[web]\nlisten = "0.0.0.0:8642"\ntoken = "a long random word"')
    assert config.load(file).web.listen == "0.0.0.0:8642"


def test_an_address_to_listen_at_needs_a_port(file: Path) -> None:
    (line,) = mistakes(file, '[web]\nlisten = "localhost"')

    assert "host:port" in line
