"""The snapshot of every field ever written, so that masking and erasure survive a lost form file (forms.md 4)."""

from sqlalchemy import Connection

from custcli.db import sqlite
from custcli.domain.forms import Form


def keep(connection: Connection, form: Form) -> None:
    """Remember the fields of a form as they are declared now."""
    rows = [
        (form.name, item.name, form.version, item.zh, item.en, item.type, item.pi, item.mask, item.unit)
        for item in form.fields.values()
    ]
    sqlite.many(
        connection,
        "INSERT INTO form_field (form, field, version, zh, en, type, pi, mask, unit) VALUES (?,?,?,?,?,?,?,?,?) "
        "ON CONFLICT (form, field) DO UPDATE SET version = excluded.version, zh = excluded.zh, en = excluded.en, "
        "type = excluded.type, pi = excluded.pi, mask = excluded.mask, unit = excluded.unit "
        "WHERE (version, zh, en, type, pi, mask, unit) IS NOT "
        "(excluded.version, excluded.zh, excluded.en, excluded.type, excluded.pi, excluded.mask, excluded.unit)",
        rows,
    )
