"""An OpenAPI document as one page of HTML."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment
from markupsafe import Markup, escape

_TEMPLATE = Path(__file__).with_name("page.html")


def page_of(service: str, document: dict[str, Any]) -> str:
    """The page: routes with parameters, bodies and answers, then the schemas that they name."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        service=service,
        info=document["info"],
        operations=list(_operations(document)),
        schemas=document["components"]["schemas"],
        told=told,
        prose=prose,
        as_json=_as_json,
        name=_name,
    )


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield method.upper(), path, operation


def prose(text: str) -> Markup:
    """Paragraphs and lists with code and strong words, as descriptions are written."""
    parts = []
    for paragraph in text.strip().split("\n\n"):
        lead, *points = re.split(r"(?:^|\n)\* ", paragraph)
        if lead.strip():
            parts.append(f"<p>{_inline(lead)}</p>")
        if points:
            parts.append("<ul>" + "".join(f"<li>{_inline(point)}</li>" for point in points) + "</ul>")
    return Markup("\n".join(parts))  # noqa: S704 - every text in it is escaped


def _inline(text: str) -> str:
    told = str(escape(" ".join(text.split())))
    told = re.sub(r"`([^`]+)`", r"<code>\1</code>", told)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", told)


def told(schema: dict[str, Any]) -> str:
    """What a value may be, in few words."""
    if "$ref" in schema:
        return _name(schema["$ref"])
    if "const" in schema:
        return f"always {schema['const']}"
    if "enum" in schema:
        codes = [str(code) for code in schema["enum"] if code is not None]
        more = f" … ({len(codes)})" if len(codes) > 20 else ""
        return " | ".join(codes[:20]) + more
    for combined, word in (("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")):
        if combined in schema:
            return word.join(told(one) for one in schema[combined])
    kind = schema.get("type", "anything")
    parts = [" or ".join(kind) if isinstance(kind, list) else str(kind)]
    if "items" in schema:
        parts.append(f"of {told(schema['items'])}")
    limits = {
        "minimum": "from {}",
        "maximum": "to {}",
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "maxItems": "at most {}",
    }
    parts += [text.format(schema[name]) for name, text in limits.items() if name in schema]
    return " ".join(parts)


def _as_json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _name(ref: str) -> str:
    return ref.rsplit("/", 1)[-1]
