"""A child that dies or hangs takes only its book with it; one that ends leaves its place to the next (D 11)."""

import importlib.util
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from custcli.errors import RefusedError
from custcli.files import children
from custcli.files.read import open_book

_spec = importlib.util.spec_from_file_location("books", Path(__file__).with_name("books.py"))
books = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(books)
text, row, sheet, book = books.text, books.row, books.sheet, books.book

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are started anew where there is no fork")


@pytest.fixture(autouse=True)
def _no_free_ones():
    children.stop_all()
    yield
    children.stop_all()


def values(path, limits):
    with open_book(path, limits=limits) as found:
        return [list(each.rows) for each in found.sheets()]


def one(folder, name, said):
    return book(folder / name, sheet(row(1, text("A1", said))))


def test_books_come_from_one_process(tmp_path, limits):
    seen = set()
    for name in ("a", "b", "c"):
        assert values(one(tmp_path, f"{name}.xlsx", name), limits) == [[[name]]]
        seen.add(tuple(each.process.pid for each in children._free))
    assert len(seen) == 1


def test_two_books_at_once(tmp_path, limits):  # a sheet is read again while its book is open
    with open_book(one(tmp_path, "a.xlsx", "a"), limits=limits) as first:
        own = next(first.sheets())
        assert values(one(tmp_path, "b.xlsx", "b"), limits) == [[["b"]]]
        assert list(own.rows) == [["a"]]


def read_and_hit(path, limits, blow):
    with open_book(path, limits=limits) as found:
        if blow:
            nursery = found._end.__self__._child.nursery.process.pid
            born = Path(f"/proc/{nursery}/task/{nursery}/children").read_text(encoding="ascii")
            os.kill(int(born), blow)
        return [list(each.rows) for each in found.sheets()]


@pytest.mark.parametrize("wrong", ["memory", "abort", "killed", "no zip"])
def test_a_child_that_dies_takes_only_its_book_with_it(tmp_path, limits, wrong):
    values(one(tmp_path, "before.xlsx", "a"), limits)
    before = [each.process.pid for each in children._free]
    path, asked = tmp_path / "bad.xlsx", limits
    if wrong == "memory":
        book(path, sheet(row(1, text("A1", "x" * 20_000_000))))
        asked = replace(limits, memory_mib=60)
    elif wrong == "no zip":
        path.write_bytes(b"PK\x03\x04 truncated")
    else:
        book(path, sheet("".join(row(n, text(f"A{n}", "x" * 200)) for n in range(1, 20_000))))
    with pytest.raises(RefusedError):
        read_and_hit(path, asked, {"abort": signal.SIGABRT, "killed": signal.SIGKILL}.get(wrong))
    assert values(one(tmp_path, "after.xlsx", "z"), limits) == [[["z"]]]
    assert [each.process.pid for each in children._free] == before


def test_exit_codes_name_the_limit():
    assert children.by_time(-signal.SIGXCPU)
    assert children.by_time(-signal.SIGKILL)
    assert not children.by_time(-signal.SIGABRT)
    assert not children.by_time(0)


def test_a_child_that_hangs_is_ended_with_its_nursery(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "PATIENCE", 0.1)
    with one(tmp_path, "a.xlsx", "a").open("rb") as stream:
        child = children.start(stream, {})
        os.kill(child.nursery.process.pid, signal.SIGSTOP)
        process = child.nursery.process
        assert child.ended() == children.KILLED
        child.end()
    assert process.returncode == -signal.SIGKILL
    assert not children._free


def test_a_nursery_that_died_is_replaced(tmp_path, limits):
    values(one(tmp_path, "a.xlsx", "a"), limits)
    os.kill(children._free[0].process.pid, signal.SIGKILL)
    children._free[0].process.wait()
    assert values(one(tmp_path, "b.xlsx", "b"), limits) == [[["b"]]]


def test_without_fork_each_child_is_started(tmp_path, limits, monkeypatch):
    monkeypatch.delattr(os, "fork")
    assert values(one(tmp_path, "a.xlsx", "a"), limits) == [[["a"]]]
    assert not children._free
