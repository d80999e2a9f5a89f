"""The exception tree, its fields, and that the rows of the C core lead to it."""

from __future__ import annotations

import builtins
import pickle

import pytest

import rayforce as rf
from rayforce import _errortable, errors

ALL = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, Exception)]


def test_module_imports_nothing() -> None:
    import subprocess
    import sys

    code = (
        "import sys, importlib.util as u\n"
        f"spec = u.spec_from_file_location('e', {errors.__file__!r})\n"
        "before = set(sys.modules)\n"
        "spec.loader.exec_module(u.module_from_spec(spec))\n"
        "print(sorted(set(sys.modules) - before - {'__future__'}))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


@pytest.mark.parametrize("cls", ALL)
def test_every_class_is_a_rayforce_error_and_survives_pickling(cls: type[rf.RayforceError]) -> None:
    err = cls("went wrong", code="x")
    again = pickle.loads(pickle.dumps(err))
    assert type(again) is cls
    assert (again.message, again.code, str(again)) == ("went wrong", "x", "went wrong")
    assert isinstance(err, rf.RayforceError)


@pytest.mark.parametrize(
    ("cls", "also"),
    [
        (rf.ConnectionFailed, ConnectionError),
        (rf.ConnectionLost, ConnectionError),
        (rf.Timeout, TimeoutError),
        (rf.PoolTimeout, rf.Timeout),
        (rf.AuthenticationFailed, rf.ConnectionFailed),
        (rf.UnsupportedAddress, NotImplementedError),
        (rf.RayforceTypeError, TypeError),
        (rf.RayforceArityError, TypeError),
        (rf.RayforceLengthError, ValueError),
        (rf.RayforceDomainError, ValueError),
        (rf.RayforceIndexError, IndexError),
        (rf.RayforceKeyError, KeyError),
        (rf.RayforceNameError, NameError),
        (rf.RayforceValueError, ValueError),
        (rf.RayforceParseError, SyntaxError),
        (rf.RayforceLimitError, MemoryError),
        (rf.RayforceOSError, OSError),
        (rf.RayforceNYIError, NotImplementedError),
        (rf.ConversionError, TypeError),
        (rf.ConversionError, ValueError),
    ],
)
def test_builtin_classes_catch_too(cls: type[Exception], also: type[Exception]) -> None:
    with pytest.raises(also):
        raise cls("x")


def test_fields_are_the_declared_ones() -> None:
    err = rf.PoolTimeout("full", size=3, in_use=3, waiting=1, seconds=0.5)
    assert (err.size, err.in_use, err.waiting, err.seconds, err.phase) == (3, 3, 1, 0.5, "acquire")
    with pytest.raises(TypeError, match="no field 'colour'"):
        rf.Timeout("x", colour="red")


def test_names_inside_of_ipc_error() -> None:
    assert rf.IPCError.ConnectionFailed is rf.ConnectionFailed
    assert rf.IPCError.Timeout is rf.Timeout
    assert rf.RayforceTCPError is rf.IPCError
    assert rf.RayforceEvaluationError is rf.QueryError


def test_rows_name_classes_that_exist() -> None:
    for code, (word, name, _, meaning) in _errortable.ERRORS.items():
        cls = getattr(errors, name, None) or getattr(builtins, name)
        assert issubclass(cls, BaseException), code
        assert word
        assert meaning


def test_query_error_shows_where(ray: rf.Rayforce) -> None:
    with pytest.raises(rf.RayforceTypeError) as e:
        ray.eval("(+ 1 'a)")
    assert e.value.code == "type"
    assert e.value.query == "(+ 1 'a)"
    assert e.value.hint == "an operand has a type that the operation does not accept"
    assert "in: (+ 1 'a)" in str(e.value)


def test_long_queries_are_shortened(ray: rf.Rayforce) -> None:
    with pytest.raises(rf.RayforceNameError) as e:
        ray.eval("(nosuch " + "1 " * 500 + ")")
    assert e.value.query is not None
    assert len(e.value.query) < 210


def test_parse_errors_carry_the_place(ray: rf.Rayforce) -> None:
    with pytest.raises(rf.RayforceParseError) as e:
        ray.eval("(+ 1 2)\n(+ 1 ]")
    assert e.value.lineno == 2
    assert e.value.position == (2, e.value.offset)
    assert e.value.text == "(+ 1 ]"
    again = pickle.loads(pickle.dumps(e.value))
    assert (again.lineno, again.offset, again.text) == (2, e.value.offset, "(+ 1 ]")


@pytest.mark.parametrize(
    ("source", "cls", "code"),
    [
        ("nosuch", rf.RayforceNameError, "name"),
        ("(neg 1 2)", rf.RayforceArityError, "arity"),
        ("(+ [1 2] [1 2 3])", rf.RayforceLengthError, "length"),
        ('(raise "boom")', rf.RayforceDomainError, "domain"),
        ("(set .x 1)", rf.RayforceNameError, "reserve"),
        ("((fn [] (self)))", rf.RayforceLimitError, "limit"),
    ],
)
def test_codes_become_classes(ray: rf.Rayforce, source: str, cls: type[rf.QueryError], code: str) -> None:
    with pytest.raises(cls) as e:
        ray.eval(source)
    assert e.value.code == code


def test_conversion_error_names_row_and_column() -> None:
    import numpy as np

    with pytest.raises(rf.ConversionError) as e:
        rf.Table({"a": [1, 2], "b": np.array([1, "x"], dtype=object)})
    assert (e.value.row, e.value.column, e.value.value) == (1, "b", "x")
    assert str(e.value).startswith("column 'b': row 1: ")
