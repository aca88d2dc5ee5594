import threading

import pytest

from face_rec.people.gallery.shared_rows import ReadWriteLock


def test_readers_share() -> None:
    sharing, together = ReadWriteLock(), threading.Barrier(2, timeout=10)

    def read() -> None:
        with sharing.reading():
            together.wait()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not together.broken


def test_a_writer_is_alone_and_comes_before_later_readers() -> None:
    sharing, order = ReadWriteLock(), list[str]()
    reading, let_go = threading.Event(), threading.Event()

    def first_reader() -> None:
        with sharing.reading():
            reading.set()
            let_go.wait(10)
            order.append("first reader")

    def writer() -> None:
        with sharing.writing():
            order.append("writer")

    def later_reader() -> None:
        with sharing.reading():
            order.append("later reader")

    threads = [threading.Thread(target=first_reader), threading.Thread(target=writer)]
    threads[0].start()
    assert reading.wait(10)
    threads[1].start()
    while not sharing._waiting:
        threading.Event().wait(0.001)
    threads.append(threading.Thread(target=later_reader))
    threads[2].start()
    let_go.set()
    for thread in threads:
        thread.join(10)
    assert order == ["first reader", "writer", "later reader"]


def test_an_error_in_a_turn_ends_the_turn() -> None:
    sharing = ReadWriteLock()
    for turn in (sharing.reading, sharing.writing):
        with pytest.raises(ZeroDivisionError), turn():
            _ = 1 / 0
    with sharing.writing():
        pass
