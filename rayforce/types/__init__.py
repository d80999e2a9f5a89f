"""Values: atoms that keep their type, and the containers."""

from .._ext.core import Timespan, Timestamp
from .base import RayObj, dtype_code
from .containers import Dict, List
from .fn import Fn
from .null import Null
from .scalars import B8, F32, F64, GUID, I16, I32, I64, U8
from .table import ColumnNames, Shape, Table
from .temporal import Date, Time
from .text import C8, Name, QuotedSymbol, String, Symbol
from .vector import Vector

RayVector = Vector
RayList = List
RayDict = Dict
RayTable = Table
RayFn = Fn
RayString = String
RaySymbol = Symbol
RayB8 = B8
RayC8 = C8
RayU8 = U8
RayI16 = I16
RayI32 = I32
RayI64 = I64
RayF32 = F32
RayF64 = F64
RayGuid = GUID
RayDate = Date
RayTime = Time
RayTimestamp = Timestamp
RayTimespan = Timespan

__all__ = [
    "B8",
    "C8",
    "ColumnNames",
    "Date",
    "Dict",
    "F32",
    "F64",
    "Fn",
    "GUID",
    "I16",
    "I32",
    "I64",
    "List",
    "Name",
    "Null",
    "QuotedSymbol",
    "RayB8",
    "RayC8",
    "RayDate",
    "RayDict",
    "RayF32",
    "RayF64",
    "RayFn",
    "RayGuid",
    "RayI16",
    "RayI32",
    "RayI64",
    "RayList",
    "RayObj",
    "RayString",
    "RaySymbol",
    "RayTable",
    "RayTime",
    "RayTimespan",
    "RayTimestamp",
    "RayU8",
    "RayVector",
    "Shape",
    "String",
    "Symbol",
    "Table",
    "Time",
    "Timespan",
    "Timestamp",
    "U8",
    "Vector",
    "dtype_code",
]
