"""The desk with the real `claude`: an answer by a schema, in a folder of its own."""

import json
from pathlib import Path

from adapters.inbound import Choice
from adapters.views import TurnStatus
from adapters.web.values import Settings
from runner.claude_runner import ClaudeRunner
from tests.bot.office import Office
from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.messages_api import FakeMessages

SCHEMA = '{"type": "object", "properties": {"n": {"type": "integer"}}}'


async def test_a_turn_with_a_schema_of_its_own_is_answered_by_it(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path)
    (tmp_path / "home").mkdir()
    async with FakeMessages() as api:
        runner = ClaudeRunner(
            [str(claude_binary())],
            billing="api_key",
            env=api_key_environment(api.url),
            environ=parent_environment(tmp_path / "home"),
            state=tmp_path / "state",
        )
        async with office.open(runner) as desk:
            card = await desk.begin(Settings(max_turns=5), key="b")
            plain = await desk.say(card.id, "RUN[touch made]RUN", key="1")
            question = await office.question(card.id)
            await desk.choose(card.id, Choice(question.id, "once"), key="2")
            assert (await office.ended(card.id, plain)).structured == ""
            assert [file.name for file in (await desk.storage(card.id)).iterdir()] == [
                "made"
            ]

            turn = await desk.say(
                card.id,
                'TOOL[StructuredOutput|{"n": 4}]TOOL',
                key="3",
                output_schema=SCHEMA,
            )
            entry = await office.ended(card.id, turn)

        assert entry.view.status is TurnStatus.DONE
        assert json.loads(entry.structured) == json.loads(entry.answer) == {"n": 4}
        assert "RUN[touch made]RUN" in api.requests[-1].everything  # it was resumed
