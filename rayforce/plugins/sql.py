"""SQL as queries, parsed by sqlglot. What has no equivalent here is an error that names it: never part of an answer."""

from __future__ import annotations

from typing import Any

from .._extras import needs
from ..query import Column, Expression, Operation, SelectQuery
from ..query.column import Computed

AGGREGATES = {
    "sum": "sum",
    "avg": "mean",
    "min": "min",
    "max": "max",
    "count": "count",
    "first": "first",
    "last": "last",
    "median": "median",
    "stddev": "std",
    "stddevsamp": "std",
    "stddevpop": "deviation",
    "variance": "var",
}
UNARY = {"neg": Operation.NEGATE, "abs": Operation.ABS, "ceil": Operation.CEIL, "floor": Operation.FLOOR}
BINARY = {
    "add": Operation.ADD,
    "sub": Operation.SUBTRACT,
    "mul": Operation.MULTIPLY,
    "div": Operation.DIVIDE,
    "mod": Operation.MODULO,
    "pow": Operation.POWER,
}
COMPARED = {
    "eq": Operation.EQUALS,
    "neq": Operation.NOT_EQUALS,
    "lt": Operation.LESS_THAN,
    "lte": Operation.LESS_EQUAL,
    "gt": Operation.GREATER_THAN,
    "gte": Operation.GREATER_EQUAL,
}
OPPOSITE = {"eq": "neq", "neq": "eq", "lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt"}
CONDITIONS = {"and", "or", "not", "is", "between", "in", "like", *COMPARED}
KNOWN = {*AGGREGATES, *UNARY, *BINARY, *CONDITIONS}
TYPES = {
    "BOOLEAN": "b8",
    "SMALLINT": "i16",
    "INT": "i32",
    "BIGINT": "i64",
    "FLOAT": "f32",
    "DOUBLE": "f64",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TEXT": "str",
    "VARCHAR": "sym",
}
# Parts of expressions that are read; whatever else one has is refused, as it would change the meaning.
PARTS = {
    "column": {"this", "table"},
    "cast": {"this", "to"},
    "case": {"ifs", "default"},
    "literal": {"this", "is_string"},
    "between": {"this", "low", "high"},
    "in": {"this", "expressions"},
    "like": {"this", "expression", "negate"},
    "count": {"this", "big_int"},
}
# Clauses of SELECT that are read here; all others are refused by name.
READ = {"expressions", "from", "from_", "where", "group", "having", "order", "limit", "offset", "distinct", "kind"}


def query_of(table: Any, text: str) -> Any:
    """A query over a table, from a SELECT or an UPDATE."""
    with needs("sql"):
        import sqlglot
        from sqlglot import errors, exp

    from ..errors import RayforceParseError

    try:
        statements = sqlglot.parse(text)
    except errors.ParseError as e:
        raise RayforceParseError(str(e).splitlines()[0], code="parse") from None
    if len(statements) != 1 or statements[0] is None:
        raise NotImplementedError(f"SQL: {len(statements)} statements at once; give them one by one")
    statement = statements[0]
    if isinstance(statement, exp.Select):
        return _select(table, statement)
    if isinstance(statement, exp.Update):
        return _update(table, statement)
    raise NotImplementedError(f"SQL: {statement.key.upper()} has no equivalent here; there are SELECT and UPDATE")


def _refuse(node: Any, known: set[str]) -> None:
    for name, value in node.args.items():
        if value and name not in known and not name.startswith("_"):
            raise NotImplementedError(f"SQL: {name.strip('_').upper()} has no equivalent here: {_shown(node, value)}")


def _shown(node: Any, value: Any) -> str:
    one = value[0] if isinstance(value, list) else value
    return str(one.sql() if hasattr(one, "sql") else node.sql())


def _select(table: Any, node: Any) -> Any:
    _refuse(node, READ)
    source = node.args.get("from") or node.args.get("from_")
    if source is not None and type(source.this).__name__ != "Table":
        raise NotImplementedError(
            f"SQL: FROM of a {source.this.key.upper()} has no equivalent here: {source.this.sql()}"
        )
    names = {source.this.alias_or_name, source.this.name} if source is not None else set()
    read = _Reader(names, table)
    query = SelectQuery(table)
    if node.args.get("where"):
        query = query.where(read.condition(node.args["where"].this))
    group = node.args.get("group")
    keys: dict[str, Any] = {}
    if group is not None:
        _refuse(group, {"expressions"})
        for key in group.expressions:
            keys[key.name or key.sql()] = read(key)
    outputs: dict[str, Any] = {}
    star = False
    for item in node.expressions:
        if type(item).__name__ == "Star":
            star = True
            continue
        value = read(item.this if type(item).__name__ == "Alias" else item)
        outputs[_title(item)] = value
    if star and (outputs or keys):
        raise NotImplementedError("SQL: * beside other columns or GROUP BY has no equivalent here")
    aggregates = [isinstance(x, Computed) and x.is_aggregate() for x in outputs.values()]
    if keys or (any(aggregates) and not all(aggregates)):
        query = _grouped(query, keys, outputs, node)
    elif not star:
        query = query.select(**outputs)
    if node.args.get("having"):
        query = SelectQuery(query).where(_Having(names, table, outputs).condition(node.args["having"].this))
    if keys and list(outputs) != [*keys, *(n for n in outputs if n not in keys)]:
        query = SelectQuery(query).select(*outputs)
    if node.args.get("distinct"):
        _refuse(node.args["distinct"], {"expressions"})
        query = query.distinct()
    return _limited(_ordered(query, node.args.get("order")), node)


def _grouped(query: Any, keys: dict[str, Any], outputs: dict[str, Any], node: Any) -> Any:
    plain: dict[str, Any] = {}
    named = dict(keys)
    for title, value in outputs.items():
        if isinstance(value, Computed) and value.is_aggregate():
            plain[title] = value
            continue
        same = next((k for k, v in keys.items() if repr(v) == repr(value) or k == title), None)
        if same is None:
            raise NotImplementedError(f"SQL: {title} is neither in GROUP BY nor an aggregate: {node.sql()}")
        named = {title if k == same else k: v for k, v in named.items()}
    keys.clear()
    keys.update(named)
    return query.by(**named).select(**plain)


def _title(item: Any) -> str:
    return str(item.alias_or_name or item.sql().lower())


def _ordered(query: Any, order: Any) -> Any:
    if order is None:
        return query
    _refuse(order, {"expressions"})
    for item in reversed(order.expressions):  # stable: the major key last
        _refuse(item, {"this", "desc", "nulls_first"})
        if type(item.this).__name__ != "Column":
            raise NotImplementedError(f"SQL: ORDER BY {item.this.sql()}: give it a name in SELECT and order by that")
        query = SelectQuery(query).order_by(item.this.name, desc=bool(item.args.get("desc")))
    return query


def _limited(query: Any, node: Any) -> Any:
    limit, offset = node.args.get("limit"), node.args.get("offset")
    if limit is None and offset is None:
        return query
    return query.limit(_whole(limit) if limit is not None else 2**62, _whole(offset) if offset is not None else 0)


def _whole(node: Any) -> int:
    value = node.expression
    if type(value).__name__ != "Literal" or value.is_string:
        raise NotImplementedError(f"SQL: {node.sql()}: expected a number")
    return int(value.this)


def _update(table: Any, node: Any) -> Any:
    _refuse(node, {"this", "expressions", "where"})
    read = _Reader({node.this.name}, table)
    query = table.update(**{item.this.name: read(item.expression) for item in node.expressions})
    return query.where(read.condition(node.args["where"].this)) if node.args.get("where") else query


class _Reader:
    """Expressions of SQL as expressions here."""

    def __init__(self, tables: set[str], table: Any) -> None:
        self.tables, self.table = tables, table

    def __call__(self, node: Any) -> Any:
        kind = type(node).__name__.lower()
        if not (kind in KNOWN or hasattr(self, f"read_{kind}")):
            raise NotImplementedError(f"SQL: {node.key.upper()} has no equivalent here: {node.sql()}")
        _refuse(node, PARTS.get(kind, {"this", "expression"}))
        if kind in AGGREGATES:
            return self.aggregate(node, AGGREGATES[kind])
        if kind in UNARY:
            if kind == "neg" and type(node.this).__name__ == "Literal":
                return -self(node.this)
            return Expression(UNARY[kind], self(node.this))
        if kind in BINARY:
            return Expression(BINARY[kind], self(node.this), self(node.expression))
        if kind in CONDITIONS:
            return self.condition(node)
        return getattr(self, f"read_{kind}")(node)

    def aggregate(self, node: Any, method: str) -> Any:
        inner = node.this
        if type(inner).__name__ == "Star" or (method == "count" and type(inner).__name__ == "Literal"):
            return Column(self.table.columns[0]).count()  # counts nulls, too
        if type(inner).__name__ == "Distinct":
            if method != "count" or len(inner.expressions) != 1:
                raise NotImplementedError(f"SQL: DISTINCT in an aggregate has no equivalent here: {node.sql()}")
            return Expression(Operation.COUNT, self.column(inner.expressions[0]).distinct())
        column = self.column(inner)
        if method == "count":  # of what is not null, as SQL counts
            return Expression(Operation.SUM, Expression(Operation.NOT, column.is_null()))
        return getattr(column, method)()

    def column(self, node: Any) -> Any:
        value = self(node)
        if not isinstance(value, Computed):
            raise NotImplementedError(f"SQL: an aggregate of a constant: {node.sql()}")
        return value

    def read_column(self, node: Any) -> Any:
        if node.table and node.table not in self.tables:
            raise NotImplementedError(f"SQL: {node.sql()} is of another table")
        return Column(node.name)

    def read_paren(self, node: Any) -> Any:
        return self(node.this)

    def read_literal(self, node: Any) -> Any:
        if node.is_string:
            return node.this
        return float(node.this) if any(c in node.this for c in ".eE") else int(node.this)

    def read_boolean(self, node: Any) -> Any:
        return bool(node.this)

    def read_null(self, node: Any) -> Any:
        return None

    def condition(self, node: Any, negated: bool = False) -> Any:
        """What SQL calls true: where a null is compared, neither a condition nor its opposite holds."""
        kind = type(node).__name__.lower()
        _refuse(node, PARTS.get(kind, {"this", "expression"}))
        negated ^= bool(node.args.get("negate"))
        if kind == "paren":
            return self.condition(node.this, negated)
        if kind == "not":
            return self.condition(node.this, not negated)
        if kind in ("and", "or"):
            op = Operation.AND if (kind == "and") != negated else Operation.OR
            return Expression(op, self.condition(node.this, negated), self.condition(node.expression, negated))
        if kind in COMPARED:
            op = COMPARED[OPPOSITE[kind] if negated else kind]
            left, right = self(node.this), self(node.expression)
            if left is None or right is None:
                raise NotImplementedError(f"SQL: {node.sql()} is never true; use IS NULL")
            return _of_values(Expression(op, left, right), left, right)
        if kind not in CONDITIONS:
            value = self(node)
            return Expression(Operation.NOT, value) if negated else value
        column = self.column(node.this)
        if kind == "is":
            value = self(node.expression)
            found = column.is_null() if value is None else Expression(Operation.EQUALS, column, value)
            return Expression(Operation.NOT, found) if negated else found
        found = getattr(self, f"test_{kind}")(node, column)
        return _of_values(Expression(Operation.NOT, found) if negated else found, column)

    def test_between(self, node: Any, column: Any) -> Any:
        return column.within(self(node.args["low"]), self(node.args["high"]))

    def test_in(self, node: Any, column: Any) -> Any:
        return column.isin([self(x) for x in node.expressions])

    def test_like(self, node: Any, column: Any) -> Any:
        pattern = self(node.expression)
        if not isinstance(pattern, str) or any(c in pattern for c in "*?[\\"):
            raise NotImplementedError(f"SQL: LIKE with this pattern has no equivalent here: {node.sql()}")
        return column.like(pattern.replace("%", "*").replace("_", "?"))

    def read_cast(self, node: Any) -> Any:
        name = node.args["to"].sql().upper()
        if name not in TYPES:
            raise NotImplementedError(f"SQL: CAST to {name} has no equivalent here; there are {', '.join(TYPES)}")
        return self.column(node.this).cast(TYPES[name])

    def read_case(self, node: Any) -> Any:
        out: Any = self(node.args["default"]) if node.args.get("default") is not None else None
        for branch in reversed(node.args["ifs"]):
            out = Expression(Operation.IF, self.condition(branch.this), self(branch.args["true"]), out)
        return out


def _of_values(condition: Any, *operands: Any) -> Any:
    """Only where no operand is null; the language has null compared as the least value."""
    for x in operands:
        if isinstance(x, Computed) and not x.is_aggregate():
            condition = Expression(Operation.AND, condition, Expression(Operation.NOT, x.is_null()))
    return condition


class _Having(_Reader):
    """Conditions on groups: by the names of outputs, or aggregates that are outputs."""

    def __init__(self, tables: set[str], table: Any, outputs: dict[str, Any]) -> None:
        super().__init__(tables, table)
        self.outputs = outputs

    def aggregate(self, node: Any, method: str) -> Any:
        value = super().aggregate(node, method)
        for name, other in self.outputs.items():
            if repr(other) == repr(value):
                return Column(name)
        raise NotImplementedError(f"SQL: HAVING {node.sql()}: give it a name in SELECT and use that")
