"""How a reply to a client is made of a value of the port."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import AliasPath, BaseModel, ConfigDict, Field


class Reply(BaseModel):
    """Its fields are a value's attributes: of the same name, or as they are `named`."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, value: object, **more: Any) -> Self:
        """*more*: fields that the value does not have."""
        return cls.model_validate(_With(value, more) if more else value)


class _With:
    def __init__(self, value: object, more: Mapping[str, Any]) -> None:
        self._value = value
        self._more = more

    def __getattr__(self, name: str) -> Any:
        return self._more[name] if name in self._more else getattr(self._value, name)


def named(*path: str, description: str | None = None) -> Any:
    """A field with another name in the port, or further inside."""
    return Field(validation_alias=AliasPath(*path), description=description)
