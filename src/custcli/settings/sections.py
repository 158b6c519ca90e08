"""Which settings there are, section by section, and their defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

from custcli.errors import Mistake


def _rates(**rates: str) -> Mapping[str, Decimal]:
    return MappingProxyType({name: Decimal(rate) for name, rate in rates.items()})


@dataclass(frozen=True)
class Classify:
    """[classify]: cuts and tiers in percent, the period in months, R4's boundary, the set of tiers' names (F097)."""

    cut: tuple[Decimal, ...] = (Decimal(80), Decimal(95))
    tiers: tuple[Decimal, ...] = (Decimal(1), Decimal(5), Decimal(20))
    months: int = 12
    boundary: str = "end"
    tier_names: str = "key"


@dataclass(frozen=True)
class Value:
    """[value]: rates as fractions of 1; `probability` is the chance that an opportunity of a grade closes (R13).

    `measures`: what to do for a group of customers by lifetime value, by the group's name or number (R13.5).
    """

    discount: Decimal = Decimal("0.10")
    retention: Decimal = Decimal("0.8")
    margin: Decimal = Decimal("0.30")
    horizon_months: int = 36
    min_history_days: int = 90
    min_class: int = 20
    referral_share: Decimal = Decimal("0.5")
    retention_spread: Decimal = Decimal("0.1")
    probability: Mapping[str, Decimal] = field(default_factory=partial(_rates, A="0.6", B="0.3", C="0.1", D="0.0"))
    measures: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Prospects:
    """[prospects]: after how many days evidence is stale, from which score a letter counts as yes (R3)."""

    stale_days: int = 180
    threshold: int = 60


@dataclass(frozen=True)
class Status:
    """[status]: when a customer is lost or loyal (R2); `lost_gaps` is in mean gaps of the customer's own orders.

    `lost_days_by_kind` lengthens `lost_days` for a kind; `competitor_tag` marks who buys from a rival too (R16).
    """

    lost_days: int = 180
    lost_gaps: Decimal = Decimal(3)
    lost_days_by_kind: Mapping[str, Decimal] = field(default_factory=partial(_rates, individual="180"))
    loyal_orders: int = 4
    loyal_days: int = 365
    competitor_tag: str = "竞品"


@dataclass(frozen=True)
class Progress:
    """[progress]: below how many percent of what was due by now sales are red and yellow (W05).

    A projection of the year takes `min_days` of it.
    """

    levels: tuple[Decimal, ...] = (Decimal(60), Decimal(80))
    min_days: int = 30


@dataclass(frozen=True)
class Codes:
    """[codes]: how customer codes are made; `regions` gives a region's own prefix (decisions.md 8)."""

    prefix: str = "C"
    digits: int = 6
    regions: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Read:
    """[read]: the limits of reading a file; sizes in MiB, time in seconds of the reading child."""

    file_mib: int = 64
    unpacked_mib: int = 512
    entries: int = 4096
    cells: int = 20_000_000
    columns: int = 256
    sheets: int = 256
    seconds: int = 15
    memory_mib: int = 1024


@dataclass(frozen=True)
class Settings:
    """All settings. `db` is a path or an SQLAlchemy URL; `timeout` is in seconds.

    `sources` tells for each key (`lang`, `classify.cut`) where its value came from:
    `default`, `locale`, `config`, `environment` or `option`. `profiles` and `segments`: tables of import profiles and
    of segments as they are written (domain/profiles.py and domain/segments.py check one when it is used).
    """

    db: str = ""
    lang: str = "zh"
    timeout: Decimal = Decimal(30)
    currency: str = "CNY"
    classify: Classify = field(default_factory=Classify)
    value: Value = field(default_factory=Value)
    prospects: Prospects = field(default_factory=Prospects)
    status: Status = field(default_factory=Status)
    progress: Progress = field(default_factory=Progress)
    codes: Codes = field(default_factory=Codes)
    read: Read = field(default_factory=Read)
    profiles: Mapping[str, Any] = field(default_factory=dict)
    segments: Mapping[str, Any] = field(default_factory=dict)
    config_file: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()


TABLES = ("profiles", "segments")
"""Settings that are tables of the user's own names, which the config file alone states."""
_NOT_KEYS = {"config_file", "sources", *TABLES, "mistakes"}


def flat(settings: Settings) -> dict[str, Any]:
    """Every setting by its dotted key, in the order of the sections."""
    found: dict[str, Any] = {}
    for entry in fields(settings):
        value = getattr(settings, entry.name)
        if is_dataclass(value):
            found |= {f"{entry.name}.{inner.name}": getattr(value, inner.name) for inner in fields(value)}
        elif entry.name not in _NOT_KEYS:
            found[entry.name] = value
    return found
