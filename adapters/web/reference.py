"""The API's description for people, from its OpenAPI: one page, no script.

FastAPI's own pages load scripts from other people's servers; ours loads none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

from adapters.web.plain import document, with_code
from adapters.web.tags import NOTHING, Html, tag, together

Json: TypeAlias = Mapping[str, Any]
Row: TypeAlias = tuple[str | Html, str | Html, str]  # name, type, what it means

METHODS = ("get", "post", "put", "patch", "delete")
REF = "#/components/schemas/"


def router(app: FastAPI) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/api/docs")
    async def docs() -> HTMLResponse:
        return HTMLResponse(reference_html(app.openapi()))

    return routes


def reference_html(description: Json) -> Html:
    title = f"{description['info']['title']} API"
    groups = {
        group: tag("section", tag("h2", group), *operations)
        for group, operations in sorted(_by_tag(description["paths"]).items())
    }
    schemas = description.get("components", {}).get("schemas", {})
    shapes = [tag("section", *_shape(name, schemas[name])) for name in sorted(schemas)]
    main = tag(
        "main",
        tag("h1", title),
        tag("p", "For programs: ", tag("a", "openapi.json", href="/api/openapi.json")),
        *groups.values(),
        tag("h2", "Shapes"),
        *shapes,
        class_="reference",
    )
    return document(title, main)


def _by_tag(paths: Json) -> dict[str, list[Html]]:
    groups: dict[str, list[Html]] = {}
    for path, operations in paths.items():
        for method in METHODS:
            if operation := operations.get(method):
                group = operation.get("tags", ["other"])[0]
                groups.setdefault(group, []).append(_operation(method, path, operation))
    return groups


def _operation(method: str, path: str, operation: Json) -> Html:
    summary = tag(
        "summary",
        tag("b", method.upper()),
        tag("code", path),
        tag("small", operation.get("summary", "")),
    )
    bodies = operation.get("requestBody", {}).get("content", {})
    return tag(
        "details",
        summary,
        *_paragraphs(operation.get("description", "")),
        _table("Parameters", map(_parameter, operation.get("parameters", ()))),
        _table("Body", _media(bodies)),
        _table("Answers", _answers(operation.get("responses", {}))),
    )


def _parameter(parameter: Json) -> Row:
    words = parameter.get("description", "")
    where = f"in the {parameter['in']}"
    needed = "required" if parameter.get("required") else "may be left out"
    about = ". ".join(filter(None, (words, f"{where}, {needed}")))
    return parameter["name"], kind(parameter["schema"]), about


def _media(contents: Json) -> Iterator[Row]:
    for media_type, content in contents.items():
        yield media_type, kind(content.get("schema", {})), ""


def _answers(responses: Json) -> Iterator[Row]:
    for status, response in responses.items():
        contents = response.get("content", {})
        kinds = (kind(content.get("schema", {})) for content in contents.values())
        yield status, _joined(dict.fromkeys(kinds), " or "), response["description"]


def _shape(name: str, schema: Json) -> Iterator[Html]:
    yield tag("h3", name, id=f"shape-{name}")
    yield from _paragraphs(schema.get("description", ""))
    required = schema.get("required", ())
    yield _table(
        "",
        (
            (
                field if field in required else f"{field}?",
                kind(inner),
                inner.get("description", ""),
            )
            for field, inner in schema.get("properties", {}).items()
        ),
    )


def kind(schema: Json) -> Html:
    """A type in words, with links to the shapes in it."""
    match schema:
        case {"$ref": str(ref)}:
            name = ref.removeprefix(REF)
            return tag("a", name, href=f"#shape-{name}")
        case {"anyOf": [*some]} | {"oneOf": [*some]}:
            return _joined(map(kind, some), " or ")
        case {"enum": [*values]}:
            return _joined(map(repr, values), " or ")
        case {"const": value}:
            return together([repr(value)])
        case {"type": "array", "items": dict(items)}:
            return together(["list of ", kind(items)])
        case {"type": str(name)}:
            return together([name])
        case _:
            return together(["anything"])


def _joined(parts: Iterable[str], between: str) -> Html:
    first, *rest = [*parts] or [NOTHING]
    return together([first, *(piece for part in rest for piece in (between, part))])


def _paragraphs(text: str) -> Sequence[Html]:
    return [tag("p", with_code(part)) for part in text.split("\n\n") if part]


def _table(caption: str, rows: Iterable[Row]) -> Html:
    body = [
        tag(
            "tr",
            tag("td", tag("code", name)),
            tag("td", kind),
            tag("td", with_code(about)),
        )
        for name, kind, about in rows
    ]
    if not body:
        return NOTHING
    title = tag("caption", caption) if caption else NOTHING
    return tag("table", title, tag("tbody", *body))
