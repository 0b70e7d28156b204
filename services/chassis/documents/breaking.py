"""What would break a client: the difference between a document that clients have and a new one.

Within a version only optional fields may be added. Lists of codes may grow in answers, but clients may
send every code that they could; what they must send stays, and what they are answered stays there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Schema = Mapping[str, Any]

SENT, RECEIVED = "sent", "received"
"""By a client: which way a schema is used."""

_METHODS = ("get", "post", "put", "patch", "delete")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_WORDS = ("const", "pattern", "format")


def broken_by(before: Document, after: Document) -> list[str]:
    """What clients of one OpenAPI or AsyncAPI document could not do any more with another."""
    found = _openapi(before, after) if "openapi" in before else _asyncapi(before, after)
    return sorted(set(found))


def _openapi(before: Document, after: Document) -> Iterator[str]:
    schemas = _Schemas(before, after)
    for path, item in before["paths"].items():
        for method in _METHODS:
            if method not in item:
                continue
            at = f"{method.upper()} {path}"
            new = after["paths"].get(path, {}).get(method)
            if new is None:
                yield f"{at}: gone"
                continue
            yield from _parameters(at, item[method], new, schemas)
            yield from _bodies(at, item[method], new, schemas)
            yield from _answers(at, item[method], new, schemas)


def _parameters(at: str, before: Schema, after: Schema, schemas: "_Schemas") -> Iterator[str]:
    old = {(one["in"], one["name"]): one for one in before.get("parameters", ())}
    new = {(one["in"], one["name"]): one for one in after.get("parameters", ())}
    for key, one in new.items():
        if one.get("required") and not old.get(key, {}).get("required"):
            yield f"{at}: {key[1]} must be sent"
    for key, one in old.items():
        if key not in new:
            yield f"{at}: {key[1]} can't be sent any more"
        else:
            yield from schemas.compare(f"{at} {key[1]}", one["schema"], new[key]["schema"], SENT)


def _bodies(at: str, before: Schema, after: Schema, schemas: "_Schemas") -> Iterator[str]:
    old = before.get("requestBody", {}).get("content", {})
    new = after.get("requestBody", {}).get("content", {})
    for media_type, body in old.items():
        if media_type not in new:
            yield f"{at}: {media_type} can't be sent any more"
        else:
            yield from schemas.compare(f"{at} body", body["schema"], new[media_type]["schema"], SENT)


def _answers(at: str, before: Schema, after: Schema, schemas: "_Schemas") -> Iterator[str]:
    if set(map(str, after.get("security", ()))) - set(map(str, before.get("security", ()))):
        yield f"{at}: another scope is wanted"
    for status, answer in before["responses"].items():
        new = after["responses"].get(status)
        if new is None:
            yield f"{at}: {status} is not answered any more"
            continue
        for header in set(answer.get("headers", ())) - set(new.get("headers", ())):
            yield f"{at} {status}: the header {header} is gone"
        for media_type, body in answer.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"{at} {status}: not {media_type} any more"
            else:
                schema = new["content"][media_type]["schema"]
                yield from schemas.compare(f"{at} {status}", body["schema"], schema, RECEIVED)


def _asyncapi(before: Document, after: Document) -> Iterator[str]:
    schemas = _Schemas(before, after)
    for name, channel in before["channels"].items():
        new = after["channels"].get(name, {})
        if new.get("address") != channel["address"]:
            yield f"{channel['address']}: gone"
        for message in set(channel["messages"]) - set(new.get("messages", ())):
            yield f"{channel['address']}: {message} is gone"
    for name, message in before["components"]["messages"].items():
        new = after["components"]["messages"].get(name)
        if new is not None:
            if new["name"] != message["name"]:
                yield f"{name}: has another type"
            yield from schemas.compare(name, message["payload"], new["payload"], RECEIVED)


class _Schemas:
    """Compares schemas of two documents, each reference once."""

    def __init__(self, before: Document, after: Document) -> None:
        self._before, self._after = before, after
        self._seen: set[tuple[str, str, str]] = set()

    def compare(self, at: str, before: Schema, after: Schema, way: str) -> Iterator[str]:
        """What would break those who send, or receive, what fits the schema."""
        if "$ref" in before and "$ref" in after:
            key = (before["$ref"], after["$ref"], way)
            if key in self._seen:
                return
            self._seen.add(key)
            at = before["$ref"].rsplit("/", 1)[-1]
        old, new = _resolved(self._before, before), _resolved(self._after, after)
        yield from _values(at, old, new, way)
        yield from self._fields(at, old, new, way)
        if "items" in old:
            yield from self.compare(f"{at}[]", old["items"], new.get("items", {}), way)
        for word in ("anyOf", "oneOf", "allOf"):
            yield from self._choices(f"{at} {word}", old.get(word, ()), new.get(word, ()), way)

    def _fields(self, at: str, old: Schema, new: Schema, way: str) -> Iterator[str]:
        had, has = old.get("properties", {}), new.get("properties", {})
        musts, must = set(old.get("required", ())), set(new.get("required", ()))
        if way == SENT:
            yield from (f"{at}.{name}: must be sent" for name in must - musts)
        else:
            yield from (f"{at}.{name}: need not be there any more" for name in musts - must)
        closed = new.get("additionalProperties", True) is False
        if way == SENT and closed and old.get("additionalProperties", True) is not False:
            yield f"{at}: other fields can't be sent any more"
        for name, schema in had.items():
            if name not in has:
                if way == RECEIVED or closed:
                    yield f"{at}.{name}: gone"
            else:
                yield from self.compare(f"{at}.{name}", schema, has[name], way)

    def _choices(self, at: str, old: Any, new: Any, way: str) -> Iterator[str]:
        """Choices are told apart by the schema that they name, else by their place."""
        named = {_name(one, index): one for index, one in enumerate(new)}
        for index, one in enumerate(old):
            name = _name(one, index)
            if name not in named:
                yield f"{at}: {name} is gone"
            else:
                yield from self.compare(f"{at} {name}", one, named[name], way)


def _values(at: str, old: Schema, new: Schema, way: str) -> Iterator[str]:
    narrower, wider = (old, new) if way == SENT else (new, old)
    had, has = _types(narrower), _types(wider)
    if has and not (had and had <= has):
        yield f"{at}: another type"
    if way == SENT:
        if "enum" in new and not set(map(str, old.get("enum", ("",)))) <= set(map(str, new["enum"])):
            yield f"{at}: codes can't be sent any more"
        for word in _LOWER:
            if word in new and new[word] > old.get(word, float("-inf")):
                yield f"{at}: {word} is higher"
        for word in _UPPER:
            if word in new and new[word] < old.get(word, float("inf")):
                yield f"{at}: {word} is lower"
    for word in _WORDS:
        changed = new.get(word) != old.get(word)
        if changed and word in (new if way == SENT else old):
            yield f"{at}: another {word}"


def _types(schema: Schema) -> set[str]:
    kind = schema.get("type", ())
    kinds = {kind} if isinstance(kind, str) else set(kind)
    return kinds | {"integer"} if "number" in kinds else kinds


def _resolved(document: Document, schema: Schema) -> Schema:
    """A schema without its reference, with what stands beside it."""
    if "$ref" not in schema:
        return schema
    found: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return {**_resolved(document, found), **{name: one for name, one in schema.items() if name != "$ref"}}


def _name(schema: Schema, index: int) -> str:
    return str(schema.get("$ref", index)).rsplit("/", 1)[-1]
