"""custcli dashboard: the main figures on one screen (F139)."""

import json

ORDERS = """订单号,客户编号,日期,金额,成本
S1,K1,2025-08-01,300,200
S2,K1,2026-06-01,-60,-40
S3,K2,2026-06-02,60,40
S4,K3,2024-08-01,120,80
S5,K1,2025-06-30,80,60
"""


def test_figures_beside_those_of_the_year_before(run, tmp_path, monkeypatch):
    monkeypatch.setenv("CUSTCLI_DB", str(tmp_path / "c.db"))
    (tmp_path / "o.csv").write_text(ORDERS, encoding="utf-8")
    assert run("import", tmp_path / "o.csv", "--create-customers").code == 0
    found = json.loads(run("--as-of", "2026-06-30", "dashboard", "--json").out)
    rows = {row["figure"]: (row["value"], row["previous"], row["change"]) for row in found["rows"]}
    assert {name: rows[name] for name in ("customers", "sales", "profit", "orders", "buyers", "new", "current")} == {
        "customers": (3, None, None),
        "sales": (300, 200, 0.5),
        "profit": (100, 60, round(2 / 3, 10)),
        "orders": (2, 2, 0),
        "buyers": (2, 2, 0),
        "new": (1, 2, -0.5),
        "current": (1, None, None),  # K1 only gave back since August: lost
    }
    assert found["summary"]["average"] == 150
    shown = run("--as-of", "2026-06-30", "--lang", "en", "dashboard").out
    assert [line.split()[-3:] for line in shown.splitlines() if line.startswith("Net sales")] == [
        ["200.00", "50.0", "%"]
    ]
