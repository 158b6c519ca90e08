"""The days that figures are taken from: months that end at the business day, from a day to a day, or all (cli.md 6)."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from custcli.domain.readers import Refused
from custcli.messages import Message, message

MONTHS = 12


@dataclass(frozen=True)
class Period:
    """From `since` (None: from the first order on) to `until`, both included.

    `length` tells whether two periods are alike: `12m`, `365d`, `all`.
    """

    since: date | None
    until: date
    length: str


def months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last day of a shorter month; never before the calendar begins."""
    number = day.year * MONTHS + day.month - 1 - months
    year, month = divmod(number, MONTHS)
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_day(end: date, months: int) -> date:
    """The first day of so many months that end with a day: whole calendar months where the day is a month's last."""
    return months_before(end + timedelta(days=1), months) if end < date.max else months_before(end, months)


def earlier(found: Period, *, year: bool) -> Period | None:
    """The same days a year before, else the stretch as long right before it; None where it has no beginning.

    Whole calendar months are followed back by whole months, other stretches by as many days.
    """
    if found.since is None or found.since == date.min:
        return None
    last, after = found.since - timedelta(days=1), found.until + timedelta(days=1)
    if year:
        until = months_before(after, MONTHS) - timedelta(days=1)
        return Period(months_before(found.since, MONTHS), until, found.length)
    months = (after.year - found.since.year) * MONTHS + after.month - found.since.month
    if months > 0 and months_before(after, months) == found.since:
        return Period(months_before(found.since, months), last, found.length)
    days = found.until - found.since
    return Period(last - days if last - date.min > days else date.min, last, found.length)


def period(
    day: date,
    *,
    months: int | None = None,
    since: date | None = None,
    until: date | None = None,
    all_time: bool = False,
    usual: int = MONTHS,
) -> Period:
    """The period that the options mean at the business day, which caps it (decisions.md 1).

    Without `since` it is the `months` (else the `usual` ones) that end with `until`, else with the day.
    Refused: two of them at once, months below 1, an end before the beginning.
    """
    if (all_time and (months or since or until)) or (months is not None and since):
        raise Refused("give one of: months, since and until, all time")
    end = min(until or day, day)
    if all_time:
        return Period(None, end, "all")
    if since:
        if since > end:
            raise Refused("the period ends before it begins")
        return Period(since, end, f"{(end - since).days + 1}d")
    count = usual if months is None else months
    if count < 1:
        raise Refused("at least one month is meant")
    return Period(first_day(end, count), end, f"{count}m")


def period_text(span: Period) -> Message:
    """The days of a period as people say them."""
    since, until = span.since, span.until
    return message("{since} to {until}", since=since, until=until) if since else message("up to {until}", until=until)
