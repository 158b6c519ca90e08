"""Settings: default, config file, environment, option, in this order; mistakes named with file and line."""

from decimal import Decimal

import pytest

from custcli.errors import UsageError
from custcli.settings import Settings, flat, load

NOTHING = {"db": None, "lang": None, "timeout": None}


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.toml"

    def write(text, encoding="utf-8"):
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def loaded(path, environ=None, **options):
    return load(path, environ or {}, NOTHING | options)


def test_defaults():
    settings = Settings()
    assert settings.classify.cut == (Decimal(80), Decimal(95))
    assert settings.value.probability == {
        "A": Decimal("0.6"),
        "B": Decimal("0.3"),
        "C": Decimal("0.1"),
        "D": Decimal(0),
    }
    assert (settings.timeout, settings.currency, settings.codes.prefix) == (30, "CNY", "C")


def test_each_layer_beats_the_one_before(config):
    path = config('db = "file.db"\ntimeout = 5\nlang = "en"\n[value]\ndiscount = 0.12\nmargin = 0.25\n')
    environ = {"CUSTCLI_TIMEOUT": "6.5", "CUSTCLI_DB": "env.db", "CUSTCLI_VALUE_MARGIN": "0.2"}
    settings = loaded(path, environ, db="option.db")
    assert (settings.db, settings.timeout, settings.lang) == ("option.db", Decimal("6.5"), "en")
    assert (settings.value.discount, settings.value.margin) == (Decimal("0.12"), Decimal("0.2"))
    came = settings.sources
    assert [came[key] for key in ("db", "timeout", "lang", "value.margin", "value.discount", "codes.digits")] == [
        "option",
        "environment",
        "config",
        "environment",
        "config",
        "default",
    ]


def test_rates_are_exact_and_tables_are_read(config):
    path = config('[value]\ndiscount = 0.1\nprobability = {A = 0.7, B = 1}\n[codes.regions]\n"华南" = "HN"\n')
    settings = loaded(path)
    assert settings.value.discount == Decimal("0.1")
    assert dict(settings.value.probability) == {"A": Decimal("0.7"), "B": Decimal(1)}
    assert dict(settings.codes.regions) == {"华南": "HN"}


@pytest.mark.parametrize(
    ("name", "text", "key", "value"),
    [
        ("CUSTCLI_CLASSIFY_CUT", "70, 90", "classify.cut", (Decimal(70), Decimal(90))),
        ("CUSTCLI_CODES_REGIONS", "华南=HN,华北=HB", "codes.regions", {"华南": "HN", "华北": "HB"}),
        ("CUSTCLI_VALUE_PROBABILITY", "A=0.5", "value.probability", {"A": Decimal("0.5")}),
        ("CUSTCLI_READ_FILE_MIB", "128", "read.file_mib", 128),
    ],
)
def test_every_setting_has_a_variable(name, text, key, value, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(None, {name: text}, NOTHING)
    assert flat(settings)[key] == value


def test_a_byte_order_mark_is_no_mistake(config):
    assert loaded(config("timeout = 3\n", "utf-8-sig")).timeout == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("timeout = \n", "line 1: this is not TOML."),
        ("[codes.regions]\n华南 = 1\n", "line 2: this is not TOML. Chinese names need quotes."),
        ("\n[value]\ndiscont = 0.1\n", "line 3: no such setting: value.discont. Did you mean value.discount?"),
        ("[valeu]\ndiscount = 0.1\n", "line 1: no such setting: valeu. Did you mean value?"),
        ("timeout = true\n", "line 1: timeout should be a number."),
        ("timeout = nan\n", "line 1: timeout should be a number."),
        ("db = 5\n", "line 1: db should be a text."),
        ("value = 5\n", "line 1: no such setting: value."),
        ('[classify]\nmonths = "12"\n', "line 2: classify.months should be a whole number."),
        ("[classify]\ncut = 80\n", "line 2: classify.cut should be a list of numbers."),
        ("[value]\nprobability = 1\n", "line 2: value.probability should be a table of name = value."),
        ("[classify]\n\ncut = [95, 80]\n", "line 3: classify.cut: two percentages should rise between 0 and 100"),
        ("[classify]\ntiers = [1, 5]\n", "line 2: classify.tiers: three percentages should rise"),
        ("[value]\nretention = 1.5\n", "line 2: value.retention: it should lie between 0 and 1"),
        ("[read]\ncells = 0\n", "line 2: read.cells: it should be greater than 0"),
        ('lang = "fr"\n', "line 1: lang: it should be zh or en"),
    ],
)
def test_mistakes_are_named_with_file_and_line(config, text, said):
    path = config(text)
    with pytest.raises(UsageError) as caught:
        loaded(path)
    assert str(caught.value).startswith(f"{path}, {said}")


def test_a_config_file_in_another_encoding_is_refused(config):
    with pytest.raises(UsageError, match="not written in UTF-8"):
        loaded(config('db = "数据"\n', "gbk"))


def test_a_config_file_that_was_asked_for_has_to_exist(tmp_path):
    with pytest.raises(UsageError, match="no config file"):
        loaded(str(tmp_path / "none.toml"))


def test_a_wrong_variable_is_named():
    with pytest.raises(UsageError, match="CUSTCLI_TIMEOUT should be a number"):
        load(None, {"CUSTCLI_TIMEOUT": "soon"}, NOTHING)
