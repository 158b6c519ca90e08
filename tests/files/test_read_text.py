"""Text: encodings, delimiters, quotes, guards (cli.md 5, reliability.md B)."""

import codecs
import csv
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custcli.domain.cells import Fault, guard, unguard
from custcli.errors import RefusedError, UsageError
from custcli.files.read import open_book

LINES = "编号,姓名\r\n1,张三\r\n"
ROWS = [["编号", "姓名"], ["1", "张三"]]


def read(path, limits, **options):
    with open_book(path, limits=limits, **options) as found:
        return [row for sheet in found.sheets() for row in sheet.rows], found


def written(tmp_path, content: bytes):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LINES.encode(), "utf-8"),
        (codecs.BOM_UTF8 + LINES.encode(), "utf-8-sig"),
        (LINES.encode("gbk"), "gb18030"),
        (LINES.replace("张三", "㐂䶮").encode("gb18030"), "gb18030"),
        (LINES.encode("utf-16"), "utf-16"),
        (LINES.encode("utf-16-le"), "utf-16-le"),
        (LINES.encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings(tmp_path, limits, content, encoding):
    rows, found = read(written(tmp_path, content), limits)
    assert found.encoding == encoding
    assert [row[0] for row in rows] == ["编号", "1"]
    assert "䶮" in rows[1][1] or rows == ROWS


def test_encoding_given_and_refused(tmp_path, limits):
    path = written(tmp_path, "naïve,café\n".encode("latin-1"))
    with pytest.raises(RefusedError, match="--encoding"):
        read(path, limits)
    assert read(path, limits, encoding="latin-1")[0] == [["naïve", "café"]]
    for wrong in ("utf-8", "no-such", "hex"):
        with pytest.raises(RefusedError):
            read(path, limits, encoding=wrong)


def test_bytes_behind_the_sample_count_too(tmp_path, limits):
    path = written(tmp_path, b"a,b\n" * 100_000 + b"\xff\xff\n")
    with pytest.raises(RefusedError, match="--encoding"):
        read(path, limits)


@pytest.mark.parametrize(
    ("content", "delimiter", "rows"),
    [
        ("a;b;c\n1,5;2,5;3,5\n", ";", [["a", "b", "c"], ["1,5", "2,5", "3,5"]]),
        ("a\tb\n1,2\t3\n", "\t", [["a", "b"], ["1,2", "3"]]),
        ("a|b\n1|2\n", "|", [["a", "b"], ["1", "2"]]),
        ("only\none\n", ",", [["only"], ["one"]]),
        ("sep=;\na;b\n", ";", [["a", "b"]]),
        ("客户表\n\na,b\n", ",", [["客户表"], [], ["a", "b"]]),
        ('a,"b;c;d"\n1,"2;3;4"\n', ",", [["a", "b;c;d"], ["1", "2;3;4"]]),
        (
            " 1 19970101  1   11.77\n 2 19970112  5   77.00\n",
            "blanks",
            [["1", "19970101", "1", "11.77"], ["2", "19970112", "5", "77.00"]],
        ),
        ("two words\nthree more words\n", ",", [["two words"], ["three more words"]]),
    ],
)
def test_delimiters(tmp_path, limits, content, delimiter, rows):
    got, found = read(written(tmp_path, content.encode()), limits)
    assert (got, found.delimiter) == (rows, delimiter)


def test_delimiter_given(tmp_path, limits):
    path = written(tmp_path, b"a,b\tc\n")
    assert read(path, limits, delimiter="tab")[0] == [["a,b", "c"]]
    with pytest.raises(UsageError):
        read(path, limits, delimiter="ab")


@pytest.mark.parametrize(
    ("content", "rows"),
    [  # blank lines are rows, extra fields are kept, quoted line ends belong to their record
        ("a,b\n\n1,,\n,2\n", [["a", "b"], [], ["1"], [None, "2"]]),
        ("a,b\n1,2,3,4\n", [["a", "b"], ["1", "2", "3", "4"]]),
        ('a,"b\r\nc"\r\nd\r\n', [["a", "b\nc"], ["d"]]),
        ('="110101199003078515",\'0138,x\n', [["110101199003078515", "0138", "x"]]),
        ("'=1+1,'-5,it's,'x,''\n", [["=1+1", "-5", "it's", "'x", "''"]]),
        ("NULL,NA,nan,None,013800138000\n", [["NULL", "NA", "nan", "None", "013800138000"]]),
        ("a\u200b,\u202eb\x1b\n", [["a", "b"]]),
    ],
)
def test_records(tmp_path, limits, content, rows):
    assert read(written(tmp_path, content.encode()), limits)[0] == rows


def test_errors_shown_as_text_are_distrusted(tmp_path, limits):
    row = read(written(tmp_path, b"#REF!,a\0b,#1\n"), limits)[0][0]
    assert [isinstance(value, Fault) for value in row] == [True, True, False]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('a,b\n1,"2\n3,4\n', 2),  # the unclosed quote that swallows the rest of the file
        ("a,b\n" + "长" * 32_768 + ",2\n", 2),
        ('a,b\n\n"x"y,2\n', 3),
        ("a,b\n" + "," * 300 + "z\n", 2),
    ],
)
def test_refused_lines_are_named(tmp_path, limits, content, line):
    with pytest.raises(RefusedError) as refused:
        read(written(tmp_path, content.encode()), limits)
    assert refused.value.message.params["line"] == line


def test_one_endless_line_is_refused(tmp_path, limits):
    with pytest.raises(RefusedError):
        read(written(tmp_path, b"x" * 10_000_000), limits)
    with pytest.raises(RefusedError):
        read(written(tmp_path, b"x," * 5_000_000), limits)


def test_size_and_binary(tmp_path, limits):
    with pytest.raises(RefusedError, match="binary"):
        read(written(tmp_path, bytes(range(256)) * 4 + b"\0" * 500), limits)
    with pytest.raises(RefusedError, match="larger"):
        read(written(tmp_path, b"a,b\n"), replace(limits, file_mib=0))


def test_text_has_no_sheets(tmp_path, limits):
    with pytest.raises(RefusedError):
        read(written(tmp_path, b"a,b\n"), limits, sheet="x")


NASTY = st.text(st.sampled_from("'=+-@\t＝09ab,;\"\n张"), max_size=6)


@given(NASTY)
def test_guard_comes_off_again(text):
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in tuple("=+-@\t＝") or not text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(st.lists(NASTY.map(str.strip), min_size=2, max_size=4), min_size=1, max_size=5))
def test_written_rows_are_read_back(tmp_path, limits, table):
    out = io.StringIO()
    csv.writer(out).writerows([[guard(text) for text in row] for row in table])
    got, _ = read(written(tmp_path, out.getvalue().encode()), limits, delimiter=",")
    wanted = [[text or None for text in row] for row in table]
    for row in wanted:
        while row and row[-1] is None:
            row.pop()
    assert got == wanted
