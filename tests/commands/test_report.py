"""custcli report: one page with everything, read as its reader sees it: in a real browser, without any network."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DAY = ("--as-of", "2026-06-30")  # the samples are as of this day
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
A4 = 680  # 180 mm between the margins, in pixels of 1/96 inch
WIDTHS = (390, 800, 1280)
PATIENCE = 240_000  # milliseconds

CUT_TABLES = """() => [...document.querySelectorAll('.wide')].filter(each => each.scrollWidth > each.clientWidth + 1)
  .map(each => each.getAttribute('aria-label'))"""
CUT_LABELS = """() => [...document.querySelectorAll('svg')].flatMap(drawn => {
  const frame = drawn.getBoundingClientRect();
  return [...drawn.querySelectorAll('text')].filter(text => {
    const own = text.getBoundingClientRect();
    return own.left < frame.left - 1 || own.right > frame.right + 1 || own.bottom > frame.bottom + 1;
  }).map(text => text.textContent);
})"""
# A letter that no font has is drawn as the same box as any other such letter.
ALIKE = """selector => {
  const family = getComputedStyle(document.querySelector(selector)).fontFamily, seen = new Map();
  const paper = new OffscreenCanvas(48, 48).getContext('2d', {willReadFrequently: true});
  paper.font = `32px ${family}`;
  for (const letter of new Set(document.body.textContent.match(/[\\u4e00-\\u9fff]/g))) {
    paper.clearRect(0, 0, 48, 48);
    paper.fillText(letter, 4, 38);
    const drawn = paper.getImageData(0, 0, 48, 48).data.join();
    seen.set(drawn, (seen.get(drawn) ?? '') + letter);
  }
  return [seen.size, [...seen.values()].filter(letters => letters.length > 1)];
}"""


def custcli(database, *args, lang="en"):
    from custcli.app import run

    assert run(["--db", str(database), "--lang", lang, *map(str, args)]) == 0


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The sample company, classified twice, so that there are movements."""
    database = tmp_path_factory.mktemp("company") / "c.db"
    custcli(database, "init", "--demo")
    custcli(database, "--as-of", "2025-12-31", "classify", "--limit", "1")
    custcli(database, *DAY, "classify", "--limit", "1")
    return database


@pytest.fixture(scope="module")
def pages(company, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for lang in ("zh", "en"):
        custcli(company, *DAY, "report", "-o", folder / f"{lang}.html", lang=lang)
    return folder


def words(path: Path) -> str:
    text = re.sub(r"<(style|svg).*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"<[^>]+>", " ", text))


def test_all_chapters_are_there(pages):
    heads = re.findall("<h2[^>]*>(.*?)</h2>", (pages / "en.html").read_text(encoding="utf-8"))
    assert heads == [
        "Position", "Sales by month", "Classes and tiers", "RFM", "Composition", "Status", "Movement", "Watch list",
        "Customer value", "Prospects", "Retention",
    ]  # fmt: skip


def test_prospects_by_letters_with_what_to_do(pages):  # F140, R3; whoever has an unknown letter is to be assessed
    told = words(pages / "en.html").partition("Prospects by grade")[2].partition("assessed in full")[0]
    found = re.findall(r"\b([A-D])\s+([Mm]\+[Aa]\+[Nn]|\?)\s", told)
    confirmed = ["A M+A+N", "A ?", "B M+A+n", "B M+a+N", "B m+A+N", "B ?", "C M+a+n", "C m+A+n", "C m+a+N", "C ?"]
    assert [" ".join(each) for each in found] == [*confirmed, "D m+a+n"]


def test_a_page_speaks_of_no_options_and_commands(pages):
    assert not re.search(r" --\w|custcli", words(pages / "en.html"))


def test_the_same_data_give_the_same_bytes(start, company, pages, tmp_path):
    done = start("--db", company, *DAY, "report", "-o", tmp_path / "again.html")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.html").read_bytes() == (pages / "en.html").read_bytes()


def test_persons_are_masked_unless_revealed(run, company, pages, tmp_path):
    masked = re.findall(r"[\u4e00-\u9fff]\*", words(pages / "zh.html"))
    assert masked
    copy = shutil.copy(company, tmp_path / "c.db")
    assert run("--db", copy, *DAY, "--reveal", "report", "-o", tmp_path / "r.html").code == 0
    assert not re.findall(r"[\u4e00-\u9fff]\*", words(tmp_path / "r.html"))
    assert sum("reveal" in line for line in run("--db", copy, "log", "--format", "csv").out.splitlines()) == 1


def test_an_empty_database_gives_a_page_of_noughts(run, tmp_path):
    assert run("--db", tmp_path / "e.db", "init").code == 0
    assert run("--db", tmp_path / "e.db", *DAY, "report", "-o", tmp_path / "e.html").code == 0
    text = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert re.findall("<h2[^>]*>(.*?)</h2>", text) == ["Position"]
    assert re.findall("<dd>(.*?)</dd>", text) == ["0", "0", "0", "0.00", "–", "–", "–", "–"]


@pytest.fixture
def orders(run, tmp_path):
    def load(*lines):
        source = tmp_path / "o.csv"
        source.write_text("\n".join(["单号,客户编号,交易日期,金额,币种", *lines]), encoding="utf-8")
        database = tmp_path / "o.db"
        assert run("--db", database, "import", source, "--as", "orders", "--create-customers").code == 0
        return database

    return load


def test_one_customer_with_one_order(run, orders, tmp_path):
    database = orders("D1,C1,2026-06-01,100,CNY")
    assert run("--db", database, *DAY, "report", "-o", tmp_path / "one.html").code == 0
    text = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert re.findall("<dd>(.*?)</dd>", text) == ["1", "1", "1", "100.00", "100.00", "100.0 %", "100.0 %", "0.000"]


def test_what_is_unknown_of_everybody_takes_no_room(run, tmp_path):
    """Without orders there are no ranks, shares and classes, and no bars to draw; a long name has its room."""
    database = tmp_path / "c.db"
    assert run("--db", database, "add", "enterprise", f"name={'Trading' * 9}", "code=C1").code == 0
    assert run("--db", database, *DAY, "report", "-o", tmp_path / "c.html").code == 0
    text = (tmp_path / "c.html").read_text(encoding="utf-8")
    ranking = text[text.index("Classes and tiers</h2>") :]
    heads = re.findall("<th scope.*?>(.*?)</th>", ranking[: ranking.index("</thead>")])
    assert heads == ["Customer code", "Customer name", "Amount"]
    assert f'<td class="t">{"Trading" * 9}' in ranking
    assert "<svg" not in text


def test_several_currencies_are_never_added(run, orders, tmp_path):
    database = orders("D1,C1,2026-06-01,100,CNY", "D2,C2,2026-06-01,70,USD")
    asked = ["--db", database, *DAY, "report", "-o", tmp_path / "two.html"]
    answer = run(*asked)
    assert (answer.code, "CNY, USD" in answer.err) == (2, True)
    assert run(*asked, "--currency", "USD").code == 0
    text = (tmp_path / "two.html").read_text(encoding="utf-8")
    assert re.findall("<dd>(.*?)</dd>", text)[1:4] == ["1", "1", "70.00"]


def test_names_are_texts_and_never_markup(run, orders, tmp_path):
    database = orders("D1,C1,2026-06-01,100,CNY")
    assert run("--db", database, "edit", "C1", "name=<script>alert(1)</script>&", "region=<b>").code == 0
    assert run("--db", database, *DAY, "report", "-o", tmp_path / "x.html").code == 0
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<b>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in text


@pytest.mark.parametrize("how", [[], ["-o", "r.xlsx"], ["--json"], ["-o", "r.csv"]], ids=" ".join)
def test_a_report_is_a_page(run, tmp_path, how):
    assert run("--db", tmp_path / "e.db", "init").code == 0
    answer = run("--db", tmp_path / "e.db", "report", *how)
    assert (answer.code, "A report is a page" in answer.err) == (2, True)


# in a browser


@pytest.fixture(scope="module")
def browser():
    """A browser, however long a busy machine needs for it; where it does not start, it is said what is lacking."""
    if BROWSER is None:
        pytest.skip("there is no chromium here")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as play:
        try:
            started = play.chromium.launch(
                executable_path=BROWSER, args=["--no-sandbox", "--disable-dev-shm-usage"], timeout=PATIENCE
            )
        except Error as error:
            pytest.skip(f"chromium does not start here: {error.message.splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def opened(browser, pages):
    """A page of the report at a width of the window, with what its console and the network have heard."""
    views = []

    def call(lang, width=1280):
        view = browser.new_page(viewport={"width": width, "height": 900})
        view.set_default_timeout(PATIENCE)
        heard = []
        view.on("console", lambda said: heard.append(said.text))
        view.on("pageerror", lambda error: heard.append(str(error)))
        view.on("request", lambda asked: heard.append(asked.url))
        address = (pages / f"{lang}.html").as_uri()
        view.goto(address)
        views.append(view)
        assert heard == [address]
        return view

    yield call
    for view in views:
        view.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_runs_over(opened, lang, width):
    view = opened(lang, width)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    assert view.evaluate(CUT_LABELS) == []
    assert view.locator("svg").count() == 9  # months, Pareto, Lorenz, RFM, four compositions, movements
    if width == max(WIDTHS):
        assert view.evaluate(CUT_TABLES) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_paper_nothing_is_cut(opened, lang):
    view = opened(lang, A4)
    view.emulate_media(media="print")
    assert view.evaluate("document.documentElement.scrollWidth") <= A4
    assert view.evaluate(CUT_TABLES) == []
    assert view.evaluate(CUT_LABELS) == []


@pytest.mark.parametrize("selector", ["td", "svg text"])
def test_chinese_has_its_letters(opened, selector):
    listed = shutil.which("fc-list")
    if listed and not subprocess.run([listed, ":lang=zh-cn"], check=True, capture_output=True).stdout:
        pytest.skip("there is no Chinese font here")
    different, alike = opened("zh").evaluate(ALIKE, selector)
    assert different > 100
    assert alike == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everybody_can_read_it(opened, lang):
    from axe_playwright_python.sync_playwright import Axe

    view = opened(lang)
    assert view.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[lang]
    found = Axe().run(view).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == []
