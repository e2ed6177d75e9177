"""What an AG-UI client sends to start a run, and what of it is for the agent. Pure."""

from collections.abc import Iterator
from mimetypes import guess_extension
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

EARLIER_LIMIT = 20_000  # characters of what was said before we came

Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=500)]


class Wire(BaseModel):
    """What we do not know of it is no mistake: AG-UI grows."""

    model_config = ConfigDict(alias_generator=to_camel, extra="allow", frozen=True)


class Source(Wire):
    type: str
    value: str
    mime_type: str | None = None


class Part(Wire):
    type: str
    text: str | None = None
    source: Source | None = None
    metadata: JsonValue = None

    @property
    def filename(self) -> str:
        match self.metadata:
            case {"filename": str(name)}:
                return name
            case _:
                media_type = self.source and self.source.mime_type
                return f"{self.type}{guess_extension(media_type or '') or ''}"


class Message(Wire):
    id: Name
    role: str
    content: str | list[Part] | dict[str, JsonValue] | None = None

    @property
    def text(self) -> str:
        """Its words, without what is attached."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content if isinstance(self.content, str) else ""

    @property
    def attached(self) -> Iterator[Part]:
        if isinstance(self.content, list):
            yield from (part for part in self.content if part.type != "text")

    def as_sent(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True, exclude_unset=True)


class Context(Wire):
    description: str
    value: str


class ResumeEntry(Wire):
    interrupt_id: Name
    status: Literal["resolved", "cancelled"]
    payload: JsonValue = None


class RunAgentInput(Wire):
    thread_id: Annotated[
        Name, Field(description="finds the session, or begins one; also after restarts")
    ]
    run_id: Annotated[Name, Field(description="the events carry it")]
    protocol_version: Annotated[
        str | None,
        Field(description="given: a question ends the run as an interrupt"),
    ] = None
    messages: Annotated[
        list[Message], Field(description="the newest is the prompt, if it is a user's")
    ]
    context: Annotated[
        list[Context] | None, Field(description="is given to the agent with the prompt")
    ] = None
    resume: Annotated[
        list[ResumeEntry] | None, Field(description="answers to interrupts")
    ] = None
    forwarded_props: Annotated[
        JsonValue,
        Field(description="`project`: where a new session works"),
    ] = None
    state: Annotated[
        JsonValue, Field(description="is kept; ours is added to an object")
    ] = None
    tools: Annotated[
        list[dict[str, JsonValue]] | None,
        Field(description="ignored: the agent uses its own, on its own machine"),
    ] = None
    parent_run_id: Annotated[str | None, Field(description="ignored")] = None

    @property
    def project(self) -> str:
        match self.forwarded_props:
            case {"project": str(name)}:
                return name
            case _:
                return ""

    @property
    def prompt(self) -> Message | None:
        """The newest message, if it is the user's; else nothing new was said."""
        said = [m for m in self.messages if m.role in {"user", "assistant", "tool"}]
        return said[-1] if said and said[-1].role == "user" else None

    @property
    def instructions(self) -> str:
        told = (m.text for m in self.messages if m.role in {"system", "developer"})
        return "\n\n".join(text for text in told if text.strip())

    def words(self, prompt: Message, *, new: bool) -> str:
        """For the agent; *new*: it was not there when the earlier messages were."""
        words = prompt.text
        if new and (earlier := self._before(prompt)):
            words = f"What was said before:\n\n{earlier}\n\n---\n\n{words}"
        if self.context:
            facts = "\n".join(f"- {c.description}: {c.value}" for c in self.context)
            words = f"{words}\n\n---\n\nThe application adds:\n\n{facts}"
        return words

    def _before(self, prompt: Message) -> str:
        said = [
            f"{message.role.capitalize()}: {message.text}"
            for message in self.messages
            if message.role in {"user", "assistant"}
            and message is not prompt
            and message.text.strip()
        ]
        return "\n\n".join(said)[-EARLIER_LIMIT:]
