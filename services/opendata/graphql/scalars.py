"""Dates and moments, each in one strict form."""
# mypy: allow-untyped-calls
# graphene declares a scalar's methods as None:
# mypy: disable-error-code="override"

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import graphene
from graphql import StringValueNode, ValueNode

from services.contract.envelope import read_time, time_text
from services.contract.partial_date import PartialDate as ContractPartialDate

Read = TypeVar("Read")


class Date(graphene.Scalar):
    """A day as ISO 8601 writes it, such as `2024-05-17`."""

    @staticmethod
    def serialize(value: date) -> str:
        return value.isoformat()

    @staticmethod
    def parse_value(value: object) -> date:
        return _read(_day, value, "a day such as 2024-05-17")

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> date:
        return cls.parse_value(_text_of(node))


class DateTime(graphene.Scalar):
    """A moment by RFC 3339 with its offset from UTC; answers are in UTC: `2024-06-21T21:59:59.000000Z`."""

    @staticmethod
    def serialize(value: datetime) -> str:
        return time_text(value)

    @staticmethod
    def parse_value(value: object) -> datetime:
        return _read(read_time, value, "a moment with its offset, such as 2024-06-21T23:59:59+02:00")

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> datetime:
        return cls.parse_value(_text_of(node))


class PartialDate(graphene.Scalar):
    """A day, or only the month or year where no more is known: `2024-05-17`, `2024-05` or `2024`.

    It stands in answers only, so there is nothing to read.
    """

    @staticmethod
    def serialize(value: object) -> str:
        return str(value)


def _day(text: str) -> date:
    read = ContractPartialDate.parse(text)
    if not read.is_full:
        raise ValueError("not a full date")
    return read.first_day


def _text_of(node: ValueNode) -> str | None:
    return node.value if isinstance(node, StringValueNode) else None


def _read(reader: Callable[[str], Read], value: object, form: str) -> Read:
    if isinstance(value, str):
        try:
            return reader(value)
        except ValueError:
            pass
    # A plain error: the library puts the value and its place in the document before it.
    raise ValueError(f"Write {form}.")
