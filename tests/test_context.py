"""The context: the day of the run, where database and forms lie."""

from datetime import date, datetime
from pathlib import Path

import pytest

from custcli.context import Context, day_of, default_database
from custcli.errors import UsageError
from custcli.settings import Settings


def test_the_business_date_is_given_or_today():
    now = datetime(2026, 6, 30, 23, 59)  # noqa: DTZ001 - the clock on the wall
    assert Context(Settings(), clock=lambda: now).day == date(2026, 6, 30)
    given = Context(Settings(), as_of=date(2025, 1, 1), clock=lambda: now)
    assert (given.day, given.today) == (date(2025, 1, 1), date(2026, 6, 30))


def test_the_default_database_lies_in_the_data_folder(home):
    assert default_database() == home / "data" / "custcli" / "customers.db"
    assert Context(Settings()).url == str(default_database())
    assert Context(Settings(db="sqlite:///a.db")).url == "sqlite:///a.db"


def test_own_forms_lie_beside_the_config_file(tmp_path: Path):
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "x.toml").write_text('[form]\nname = "x"\nzh = "某"\nnmae = 1\n', encoding="utf-8-sig")
    context = Context(Settings(config_file=tmp_path / "config.toml"))
    with pytest.raises(UsageError, match="nmae"):
        _ = context.forms


def test_the_built_in_forms_load():
    assert {"wholesale", "enterprise", "individual", "prospects", "orders", "payments"} <= set(
        Context(Settings()).forms
    )


@pytest.mark.parametrize("text", ["2026-03-05", "2026/3/5", "20260305", "2026年3月5日"])  # cli.md 2
def test_dates_are_read_by_own_rules(text):
    assert day_of(text, "--as-of") == date(2026, 3, 5)


def test_no_date_is_no_date():
    assert day_of(None, "--as-of") is None
    with pytest.raises(UsageError, match="--as-of"):
        day_of("05/03/2024", "--as-of")


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        ("2024-02", "--since", date(2024, 2, 1)),
        ("2024-02", "--until", date(2024, 2, 29)),
        ("2024-02-10", "--until", date(2024, 2, 10)),
        ("2024", "--since", date(2024, 1, 1)),
        ("2024", "--until", date(2024, 12, 31)),
    ],
)
def test_a_month_or_a_year_is_its_first_or_last_day(text, name, day):
    assert day_of(text, name) == day


@pytest.mark.parametrize(("text", "name"), [("2024-02", "--as-of"), ("2024-13", "--since")])
def test_a_month_is_no_day_elsewhere(text, name):
    with pytest.raises(UsageError):
        day_of(text, name)
