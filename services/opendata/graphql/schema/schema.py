"""The schema, built once and checked where it is built."""
# mypy: allow-untyped-calls

from functools import cache

import graphene
from graphql import GraphQLSchema, assert_valid_schema, print_schema

from services.opendata.graphql.schema.query import Query


@cache
def schema() -> GraphQLSchema:
    """The schema of the open data; safe to share between threads."""
    built: GraphQLSchema = graphene.Schema(query=Query).graphql_schema
    assert_valid_schema(built)
    return built


def schema_text() -> str:
    """The schema as ``schema.graphql`` holds it."""
    return print_schema(schema()) + "\n"
