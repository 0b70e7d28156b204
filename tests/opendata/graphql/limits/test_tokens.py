"""Tokens counted before a text is read: as many as the parser finds."""

import pytest
from graphql import Lexer, Source, TokenKind

from services.opendata.graphql.limits.tokens import has_more_tokens

TEXTS = [
    "{ release { id } }",
    'query A($a: [ID!]! = ["x"], $b: Int = -1.5e+3) @d { a: b(c: $a, d: {e: 1}) ...A }',
    "{ ... on X @include(if: true) { f } }",
    '{ a(b: """block "quoted" \\""" \\ and # no comment """) }',
    '{ a(b: "", c: "\\"", d: "\\\\", e: """""", f: "# no comment") }',
    "# a comment\n{ a # another\r b #\n}",
    "{,,,a,,b,,}\ufeff",
    "fragment F on X { ...G ... { a } } extend type A & B | C",
    '{ a(b: """\n\n  "x" ""y"" \n""") c }',
]


def tokens_of(text):
    lexer = Lexer(Source(text))
    number = 0
    while lexer.advance().kind is not TokenKind.EOF:
        number += 1
    # The lexer skips comments, the parser counts them.
    token = lexer.token
    while token is not None:
        number += token.kind is TokenKind.COMMENT
        token = token.prev
    return number


@pytest.mark.parametrize("text", TEXTS)
def test_there_are_as_many_as_the_parser_finds(text):
    number = tokens_of(text)

    assert has_more_tokens(text, number - 1)
    assert not has_more_tokens(text, number)


@pytest.mark.parametrize("text", ['"""' + '"\n' * 20_000, '"' + "\\" * 20_001, "#" * 40_000, '"' * 40_001])
def test_a_text_that_never_ends_is_counted_all_the_same(text):
    assert has_more_tokens(text, 0)
