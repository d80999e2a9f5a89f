"""A race on purpose: a thread reads a vector that looks into the memory of numpy into which a reply is written."""

import threading

import numpy as np

import rayforce as rf

memory = np.zeros(100_000, np.int64)
vector = rf.Vector(memory)
stop = threading.Event()


def read() -> None:
    while not stop.is_set():
        vector.sum()


with rf.Rayforce() as ray, ray.listen(0) as server, rf.connect(str(server.address)) as conn:
    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(20):
        conn.fetch_into("(til 100000)", out=memory)
    stop.set()
    reader.join()
