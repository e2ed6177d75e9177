"""What clients send to the API."""

import json
from typing import Annotated, TypeAlias

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from adapters.web.values import Settings

#: The greatest number that JavaScript and SQLite both keep as it is.
SessionId: TypeAlias = Annotated[
    int, Path(ge=1, le=2**53 - 1, description="the session's number")
]
#: A view's own id: in the address of a turn or of a question.
ViewId: TypeAlias = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,64}$")]

_Words: TypeAlias = Annotated[str, Field(max_length=200_000)]
_Name: TypeAlias = Annotated[str, Field(max_length=200)]


class Body(BaseModel):
    """Something that is sent to us. A field we do not know is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Start(Body):
    """How the agent is started; what is left out is as the project has it."""

    name: _Name = ""
    project: Annotated[
        _Name, Field(description="left out: the session has a folder of its own")
    ] = ""
    agent: _Name = ""
    model: _Name = ""
    system_prompt: _Words = ""
    allowed_tools: Annotated[
        list[_Name],
        Field(max_length=200, description="asked for where a message brings files"),
    ] = []
    permission_mode: _Name = ""
    max_turns: Annotated[int, Field(ge=0, le=10_000)] = 0
    output_schema: Annotated[
        dict[str, JsonValue] | None,
        Field(description="JSON Schema: every answer has to fit it"),
    ] = None

    def settings(self, *, task: str = "") -> Settings:
        fields = self.model_dump(exclude={"allowed_tools", "output_schema"})
        return Settings(
            **fields,
            allowed_tools=tuple(self.allowed_tools),
            output_schema=schema_text(self.output_schema),
            task=task,
        )


class Message(Body):
    text: _Words = ""
    files: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(max_length=20, description="ids of uploads of this session"),
    ] = []


class Execution(Message):
    output_schema: Annotated[
        dict[str, JsonValue] | None,
        Field(description="JSON Schema: this answer has to fit it"),
    ] = None


class Answer(Body):
    """One of the three: an option, words of one's own, or several options."""

    option: Annotated[str, Field(max_length=64, description="an option's id")] = ""
    text: Annotated[_Words, Field(description="words instead, or with the option")] = ""
    chosen: Annotated[
        list[Annotated[str, Field(max_length=64)]],
        Field(max_length=100, description="ids, where several may be chosen"),
    ] = []


class Instruction(Body):
    name: Annotated[str, Field(pattern="^/?[a-z][a-z0-9_:-]{0,63}$")]
    argument: _Words = ""


def schema_text(schema: dict[str, JsonValue] | None) -> str:
    return "" if schema is None else json.dumps(schema, ensure_ascii=False)
