"""The border between Python and the C core: values, conversions, runtimes, connections.

One extension out of fragments; each uses only names of fragments above it. Pointers, the GIL and buffers are handled
here and nowhere else. Rules: the owner is made first and filled second; the runtime's lock is taken only without the
GIL; callbacks from C are `noexcept`, take the GIL and leave their exception for the thread that waits.
"""

import sys
import threading
import time as time_module
from concurrent.futures import CancelledError
from os import fsencode

cimport cython
from libc.math cimport NAN, isinf, isnan
from libc.stdint cimport (
    INT16_MIN, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN, int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t,
)
from libc.string cimport memcmp, memcpy, memset

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_ND, PyBUF_SIMPLE, PyBUF_STRIDES, PyBUF_WRITABLE, PyBUF_WRITE, PyBuffer_FillInfo, PyBuffer_IsContiguous, PyBuffer_Release,
    PyObject_CheckBuffer, PyObject_GetBuffer,
)
from cpython.datetime cimport (
    PyDateTime_DATE_GET_HOUR, PyDateTime_DATE_GET_MICROSECOND, PyDateTime_DATE_GET_MINUTE, PyDateTime_DATE_GET_SECOND,
    PyDateTime_DELTA_GET_DAYS, PyDateTime_DELTA_GET_MICROSECONDS, PyDateTime_DELTA_GET_SECONDS, PyDateTime_GET_DAY,
    PyDateTime_GET_MONTH, PyDateTime_GET_YEAR, PyDateTime_TIME_GET_HOUR, PyDateTime_TIME_GET_MICROSECOND,
    PyDateTime_TIME_GET_MINUTE, PyDateTime_TIME_GET_SECOND, date, date_new, datetime, datetime_new, import_datetime,
    time, time_new, timedelta, timedelta_new,
)
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.memoryview cimport PyMemoryView_FromMemory
from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from cpython.number cimport PyNumber_Index
from cpython.object cimport Py_EQ, Py_GE, Py_GT, Py_LE, Py_LT, Py_NE, PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from posix.unistd cimport close as close_descriptor

from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

from rayforce._ext.rayforce cimport *

from rayforce import _errortable, errors, observe

cdef extern from "Python.h":
    # Without the exception clauses of Cython's own declarations: the indicator is left for the waiting call.
    int check_signals_c "PyErr_CheckSignals" () noexcept
    PyObject *error_pending "PyErr_Occurred" () noexcept
    unsigned long PyThread_get_thread_ident() noexcept nogil
    int Py_IsInitialized() noexcept nogil
    int Py_EnterRecursiveCall(const char *where) except -1
    void Py_LeaveRecursiveCall() noexcept
    bint PyUnicode_IS_COMPACT_ASCII(object text) noexcept

import_datetime()

include "errors.pxi"
include "temporal.pxi"
include "value.pxi"
include "from_ray.pxi"
include "to_ray.pxi"
include "column.pxi"
include "buffer.pxi"
include "texts.pxi"
include "array.pxi"
include "cast.pxi"
include "arrow.pxi"
include "codes.pxi"
include "arrow_out.pxi"
include "arrow_in.pxi"
include "frames.pxi"
include "dlpack.pxi"
include "access.pxi"
include "serde.pxi"
include "runtime.pxi"
include "function.pxi"
include "net.pxi"
include "pipeline.pxi"
include "codec.pxi"
