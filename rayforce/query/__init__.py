"""Queries as objects: columns, expressions, and what is asked of tables."""

from .._ext import core
from ..types import Table
from .base import Query
from .change import InsertQuery, UpdateQuery, UpsertQuery
from .column import Column, Expression, TableColumnInterval
from .operations import Operation
from .ref import TableRef
from .select import JoinQuery, PivotQuery, SelectQuery, WindowJoinQuery

# Sent as what they stand for, to whatever evaluates values.
for _query in (SelectQuery, JoinQuery, PivotQuery, WindowJoinQuery, UpdateQuery, InsertQuery, UpsertQuery):
    core.register_converter(_query, lambda query: query.ipc)
for _computed in (Column, Expression):
    core.register_converter(_computed, lambda computed: computed.message())

RayColumn = Column
RayExpression = Expression
RaySelectQuery = SelectQuery
RayUpdateQuery = UpdateQuery
RayInsertQuery = InsertQuery
RayUpsertQuery = UpsertQuery
TableColumn = Column

__all__ = [
    "Column",
    "Expression",
    "InsertQuery",
    "JoinQuery",
    "Operation",
    "PivotQuery",
    "Query",
    "RayColumn",
    "RayExpression",
    "RayInsertQuery",
    "RaySelectQuery",
    "RayUpdateQuery",
    "RayUpsertQuery",
    "SelectQuery",
    "Table",
    "TableColumn",
    "TableColumnInterval",
    "TableRef",
    "UpdateQuery",
    "UpsertQuery",
    "WindowJoinQuery",
]
