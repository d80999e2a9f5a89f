# DLPack out: numbers in their own memory, for numpy, PyTorch, JAX and others. What comes in goes through numpy.

ctypedef struct DLDevice:
    int32_t device_type
    int32_t device_id

ctypedef struct DLDataType:
    uint8_t code
    uint8_t bits
    uint16_t lanes

ctypedef struct DLTensor:
    void *data
    DLDevice device
    int32_t ndim
    DLDataType dtype
    int64_t *shape
    int64_t *strides
    uint64_t byte_offset

cdef struct DLManagedTensor:
    DLTensor tensor
    void *manager_ctx
    void (*deleter)(DLManagedTensor *) noexcept nogil

cdef struct DLManagedTensorVersioned:
    uint32_t major
    uint32_t minor
    void *manager_ctx
    void (*deleter)(DLManagedTensorVersioned *) noexcept nogil
    uint64_t flags
    DLTensor tensor

cdef enum:
    DL_CPU = 1
    DL_READ_ONLY = 1
    DL_COPIED = 2

# type -> (DLPack's code, bits)
cdef dict DL_TYPES = {
    RAY_B8: (6, 8), RAY_U8: (1, 8), RAY_I16: (0, 16), RAY_I32: (0, 32), RAY_I64: (0, 64), RAY_F32: (2, 32), RAY_F64: (2, 64),
}


cdef struct Lent:
    ray_val *v
    int64_t shape
    int64_t stride


cdef void end_lent(void *ctx) noexcept nogil:
    ray_release((<Lent *>ctx).v)
    PyMem_RawFree(ctx)


cdef void delete_plain(DLManagedTensor *t) noexcept nogil:
    end_lent(t.manager_ctx)
    PyMem_RawFree(t)


cdef void delete_versioned(DLManagedTensorVersioned *t) noexcept nogil:
    end_lent(t.manager_ctx)
    PyMem_RawFree(t)


cdef extern from "Python.h":
    bint capsule_is "PyCapsule_IsValid"(PyObject *capsule, const char *name) noexcept


cdef void drop_plain(PyObject *capsule) noexcept:
    """A consumer renames the capsule that it took."""
    cdef DLManagedTensor *t
    if capsule_is(capsule, b"dltensor"):
        t = <DLManagedTensor *>capsule_pointer(capsule, b"dltensor")
        t.deleter(t)


cdef void drop_versioned(PyObject *capsule) noexcept:
    cdef DLManagedTensorVersioned *t
    if capsule_is(capsule, b"dltensor_versioned"):
        t = <DLManagedTensorVersioned *>capsule_pointer(capsule, b"dltensor_versioned")
        t.deleter(t)


cdef int fill_tensor(DLTensor *t, Lent *lent) except -1:
    code, bits = DL_TYPES[ray_type(lent.v)]
    t.data = ray_data(lent.v)
    t.device.device_type, t.device.device_id = DL_CPU, 0
    t.ndim = 1
    t.dtype.code, t.dtype.bits, t.dtype.lanes = code, bits, 1
    lent.shape, lent.stride = ray_len(lent.v), 1
    t.shape, t.strides, t.byte_offset = &lent.shape, &lent.stride, 0
    return 0


def dlpack(Value value not None, bint versioned, bint copied):
    """A capsule over the vector's memory, marked as read-only, which only the versioned kind can say; or over a copy."""
    cdef ray_val *v = value.ptr()
    cdef Lent *lent
    cdef DLManagedTensor *plain_ = NULL
    cdef DLManagedTensorVersioned *tensor = NULL
    if ray_type(v) not in DL_TYPES:
        raise BufferError(f"{type_name(ray_type(v))} has no form in DLPack; use .raw or to_numpy()")
    if RAY_I16 <= ray_type(v) <= RAY_I64 and null_count(v):
        raise BufferError("the vector holds nulls, which DLPack would show as numbers; use .raw or to_numpy()")
    lent = <Lent *>zeroed(sizeof(Lent))
    try:
        lent.v = snapshot(v) if copied else ray_retain(v)
        if not versioned:
            plain_ = <DLManagedTensor *>zeroed(sizeof(DLManagedTensor))
    except BaseException:
        end_lent(lent)
        raise
    if not versioned:
        plain_.manager_ctx, plain_.deleter = lent, delete_plain
        try:
            fill_tensor(&plain_.tensor, lent)
            return PyCapsule_New(plain_, b"dltensor", drop_plain)
        except BaseException:
            delete_plain(plain_)
            raise
    try:
        tensor = <DLManagedTensorVersioned *>zeroed(sizeof(DLManagedTensorVersioned))
    except BaseException:
        end_lent(lent)
        raise
    tensor.major, tensor.minor = 1, 0
    tensor.flags = DL_COPIED if copied else DL_READ_ONLY
    tensor.manager_ctx, tensor.deleter = lent, delete_versioned
    try:
        fill_tensor(&tensor.tensor, lent)
        return PyCapsule_New(tensor, b"dltensor_versioned", drop_versioned)
    except BaseException:
        delete_versioned(tensor)
        raise
