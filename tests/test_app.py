"""The frame of the program: options, errors and exit codes as cli.md 2 and 3 promise them."""

import os
import signal
import stat
import sys
from pathlib import Path
from typing import Annotated

import pytest
import typer

from custcli import messages
from custcli.app.register import COMMANDS, Entry
from custcli.errors import CustcliError, DatabaseError, PartialError, RefusedError, UnknownError, UsageError

ERRORS = {
    "usage": UsageError("bad"),
    "partial": PartialError("bad"),
    "refused": RefusedError("bad"),
    "database": DatabaseError("bad"),
    "unknown": UnknownError("bad"),
    "interrupt": KeyboardInterrupt(),
    "abort": typer.Abort(),
    "pipe": BrokenPipeError(),
    "full": OSError(28, "No space left on device"),
    "bug": ValueError("张三丰 13800138000"),
}
SEEN = []


def trial(
    ctx: typer.Context,
    form: Annotated[str, typer.Argument(metavar="FORM")],
    fields: Annotated[list[str] | None, typer.Argument(metavar="FIELD=VALUE")] = None,
    limit: Annotated[int | None, typer.Option("--limit")] = None,
):
    """Try what a command is given.

    Examples:
        custcli trial enterprise 客户名称=甲
    """
    SEEN.append((ctx.obj, form, fields, limit))
    if form == "term":
        os.kill(os.getpid(), signal.SIGTERM)
    if form in ERRORS:
        raise ERRORS[form]


class Trial(Entry):
    def load(self):
        return trial


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(COMMANDS, "trial", Trial("trial", "Trial"))
    before = signal.getsignal(signal.SIGTERM)
    SEEN.clear()
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("usage", 2),
        ("partial", 3),
        ("refused", 4),
        ("database", 5),
        ("unknown", 6),
        ("interrupt", 130),
        ("abort", 130),
        ("term", 143),
        ("full", 4),
        ("bug", 1),
        ("fine", 0),
    ],
)
def test_exit_codes(run, form, code):
    answer = run("trial", form)
    assert answer.code == code
    assert answer.out == ""
    assert "Traceback" not in answer.err
    if isinstance(ERRORS.get(form), CustcliError):
        assert answer.err == "bad\n"


def test_a_bug_leaves_a_report_without_data(run, home):
    answer = run("trial", "bug", "姓名=李四光")
    (report,) = (home / "state").rglob("*.txt")
    text = report.read_text(encoding="utf-8")
    assert str(report) in answer.err
    assert "builtins.ValueError" in text
    assert "test_app.py" in text
    for secret in ("张三丰", "13800138000", "李四光"):
        assert secret not in text + answer.err
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "args",
    [
        ["--db", "a.db", "trial", "x"],
        ["trial", "--db", "a.db", "x"],
        ["trial", "x", "--db=a.db"],
        ["--db", "b.db", "trial", "x", "--db", "a.db"],  # the later one wins
    ],
)
def test_global_options_stand_anywhere(run, args, monkeypatch):
    monkeypatch.setenv("CUSTCLI_DB", "env.db")
    assert run(*args).code == 0
    ((ctx, *_),) = SEEN
    assert ctx.settings.db == "a.db"
    assert ctx.settings.sources["db"] == "option"


def test_shared_options_reach_the_context(run, tmp_path):
    out = tmp_path / "a.JSON"
    run("--lang", "en", "trial", "x", "-q", "-v", "--reveal", "--reason", "audit", "-o", out, "--no-header", "--labels")
    ((ctx, *_),) = SEEN
    assert (ctx.quiet, ctx.verbose, ctx.reveal, ctx.reason) == (True, True, True, "audit")
    assert (ctx.output, ctx.format, ctx.header, ctx.labels, ctx.force) == (str(out), "json", False, True, False)


@pytest.mark.parametrize(
    ("args", "format_"),
    [
        ([], None),
        (["--json"], "json"),
        (["-f", "csv"], "csv"),
        (["-o", "-", "-f", "tsv"], "tsv"),
        (["-o", "x.xlsx", "--json"], "xlsx"),
        (["-o", "x.dat", "--json"], "json"),
        (["-o", "x.html"], "html"),
    ],
)
def test_format_by_ending_or_option(run, args, format_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("trial", "x", *args).code == 0
    assert SEEN[0][0].format == format_


def test_the_limit_reaches_function_and_context(run):
    run("trial", "x", "--limit", "7")
    ((ctx, _, _, limit),) = SEEN
    assert (limit, ctx.limit) == (7, 7)


def test_the_journal_line_has_no_values(run):
    run(
        "--db",
        "/home/li/db",
        "trial",
        "enterprise",
        "客户名称=张三丰",
        "legal_rep.name=李四",
        "13800138000",
        "--limit",
        "3",
    )
    ((ctx, *_),) = SEEN
    assert ctx.command == ["trial", "enterprise", "客户名称", "legal_rep.name", "--limit"]


def test_a_value_that_begins_with_a_dash(run):  # R48
    assert run("trial", "x", "--", "-甲=乙").code == 0
    assert SEEN[0][2] == ["-甲=乙"]


WRONG = [
    (["imprt"], "No such command: imprt. Did you mean import?"),
    (["nope"], "No such command: nope."),
    (["trial", "x", "--forma"], "No such option: --forma. Did you mean --format? See: custcli trial --help"),
    (["--nope"], "No such option: --nope."),
    (["list", "--where", "x"], "No such option: --where. Conditions stand without it: region=华东. See: custcli list"),
    (["trial"], "Missing: FORM."),
    (["trial", "x", "--limit", "张三"], "--limit: a number from 0 is expected."),
    (["trial", "x", "--format", "张三"], "--format: one of table, json, jsonl, csv, tsv is expected."),
    (["--lang", "fr", "trial", "x"], "--lang: one of zh, en is expected."),
    (["trial", "x", "--quiet=张三"], "--quiet takes no value."),
    (["trial", "x", "--reason"], "--reason needs a value."),
    (["trial", "x", "--as-of", "2026-02-30"], "--as-of:"),
    (["trial", "x", "--timeout", "张三"], "--timeout should be a number."),
    (["trial", "x", "-o", "a.doc"], "a.doc: the ending should be one of"),
]


@pytest.mark.parametrize(("args", "text"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_wrong_usage_is_told_in_one_line(run, args, text):
    answer = run(*args)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(text)
    assert answer.err.count("\n") == 1
    assert "张三" not in answer.err
    assert SEEN == []


@pytest.mark.parametrize("args", [args for args, _ in WRONG if "--lang" not in args], ids=" ".join)
def test_wrong_usage_is_told_in_chinese(run, args, monkeypatch):
    monkeypatch.setenv("CUSTCLI_LANG", "zh")
    answer = run(*args)
    assert answer.code == 2
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.err)


def test_an_existing_output_is_refused_before_the_work(run, tmp_path):
    out = tmp_path / "x.csv"
    out.write_text("keep")
    assert run("trial", "x", "-o", out).code == 4
    assert SEEN == []
    assert run("trial", "x", "-o", out, "--force").code == 0


def test_without_a_command_help_is_told_on_stderr(run):  # R07
    answer = run()
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("Usage: custcli")


@pytest.mark.parametrize("args", [["-h"], ["--help"], ["trial", "-h"], ["trial", "--help"]], ids=" ".join)
def test_help(run, args):  # R01, R02
    answer = run(*args)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Usage: custcli")
    for option in ("--db", "--config", "--lang", "--as-of", "--quiet", "--verbose", "--reveal", "--reason", "--color"):
        assert option in answer.out


def test_help_of_a_command_has_examples_and_both_sections(run):
    out = run("trial", "--help").out
    assert "Usage: custcli trial [OPTIONS] FORM [FIELD=VALUE...]\n" in out
    assert "Examples:\n  custcli trial enterprise 客户名称=甲\n" in out
    for heading in ("Arguments:", "Options:", "Output options:", "Global options:"):
        assert heading in out


def test_help_in_chinese_is_aligned(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    out = run("--lang", "zh", "--help").out
    assert out.startswith("用法：custcli")
    starts = {line.index(text) for line in out.splitlines() for text in ("建立数据库", "检查数据库") if text in line}
    assert len(starts) == 1


def test_version(run):  # R03
    answer = run("--version")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.count("\n") == 1
    assert answer.out.startswith("custcli ")


@pytest.mark.parametrize(
    ("environ", "args", "language"),
    [
        ({}, [], "zh"),
        ({"LANG": "en_US.UTF-8"}, [], "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.GBK"}, [], "zh"),
        ({"LC_ALL": "C"}, [], "zh"),
        ({"LANG": "zh_CN.UTF-8", "CUSTCLI_LANG": "en"}, [], "en"),
        ({"CUSTCLI_LANG": "en"}, ["--lang", "zh"], "zh"),
        ({"CUSTCLI_LANG": "zh"}, ["--lang=en"], "en"),
    ],
)
def test_the_language_is_known_before_anything_is_said(run, monkeypatch, environ, args, language):
    monkeypatch.delenv("CUSTCLI_LANG")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    run("trial", "x", *args)
    assert messages.language() == language


def test_a_broken_config_file_stops_no_help(run, tmp_path, monkeypatch):
    config = tmp_path / "config.toml"
    config.write_text("lang = ")
    monkeypatch.setenv("CUSTCLI_CONFIG", str(config))
    assert run("--help").code == 0
    answer = run("trial", "x")
    assert answer.code == 2
    assert f"{config}, line 1" in answer.err


# ---- in a process of its own --------------------------------------------------------------------------------


def test_a_full_output_is_told(start):  # R27
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = start("--help", stdout=full)
    assert done.returncode == 4
    assert done.stderr.count(b"\n") == 1


def test_a_closed_pipe_is_quiet(start):  # R26
    reading, writing = os.pipe()
    os.close(reading)
    done = start("--help", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1"])
def test_any_encoding_is_survived(start, encoding):  # R23–R25
    environ = os.environ | {"PYTHONIOENCODING": encoding}
    done = start("--lang", "zh", "--help", env=environ)
    assert (done.returncode, done.stderr) == (0, b"")
    assert start("nope𠮷¥", env=environ).returncode == 2


def test_words_are_completed_without_loading_a_command(start):
    environ = os.environ | {"_CUSTCLI_COMPLETE": "complete_bash", "COMP_WORDS": "custcli cl", "COMP_CWORD": "1"}
    done = start(env=environ)
    assert done.stdout.split() == [b"classify"]


def test_the_completion_script_is_shown(start):
    if sys.platform == "win32":
        pytest.skip("the shell is bash here")
    done = start("--show-completion", env=os.environ | {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"})
    assert done.returncode in {0, 2}  # the shell cannot always be told in a test
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 30, "-1"])
@pytest.mark.parametrize(
    "args",
    [["list", "--limit"], ["log", "--limit"], ["classify", "--months"], ["value", "--top"], ["prospects", "--limit"]],
    ids=" ".join,
)
def test_numbers_out_of_range_are_wrong_usage(run, args, number):
    answer = run(*args, number)
    assert answer.code == 2
    assert args[1] in answer.err


@pytest.mark.parametrize(("number", "code"), [("9" * 30, 2), ("9223372036854775807", 6)])
def test_a_change_with_a_number_out_of_range(run, tmp_path, number, code):
    run("--db", tmp_path / "c.db", "init")
    assert run("--db", tmp_path / "c.db", "undo", number).code == code


def test_the_largest_number_is_all(run, tmp_path):
    run("--db", tmp_path / "c.db", "init")
    for command in ("list", "log", "classify", "prospects", "value"):
        assert run("--db", tmp_path / "c.db", command, "--limit", 2**63 - 1, "--json").code == 0


def test_verbose_says_which_files_are_used_on_stderr(run, tmp_path):
    db, config = tmp_path / "c.db", tmp_path / "c.toml"
    config.write_text("", encoding="utf-8")
    run("--db", db, "init")
    said = run("--db", db, "--config", config, "log", "-v", "--json")
    assert said.out.startswith("{")
    assert said.err.splitlines()[:2] == [f"database: {db}", f"settings: {config}"]
    assert said.err.splitlines()[2].startswith("done after 0.")
    assert run("--db", db, "log", "-v", "-q").err == ""
    assert run("--db", db, "log").err == ""
