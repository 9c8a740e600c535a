"""第三者提供記録 (P3.4, Act 29, Rules 19 to 21): a few records of the sample company, as values."""

from dataclasses import dataclass
from datetime import date, timedelta

from mamoru.site.sample import cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One provision of one person's data to a third party."""

    person_key: str  # the member number, which identifies the person (Rule 20)
    provided_on: date
    recipient: str  # id in policy.yaml
    recipient_name: str
    recipient_address: str
    recipient_representative: str
    items: tuple[str, ...]  # categories of policy.yaml
    purpose: str
    consented_on: date
    kept_until: date  # three years from making (Rule 21)


def provisions(today: date) -> tuple[Provision, ...]:
    """Return the records of 花子 and 太郎, with days counted back from `today`."""
    return (
        _to_forwarder(cast.TARO.member_id, cast.taro_left_on(today) - timedelta(days=120)),
        _to_forwarder(cast.TARO.member_id, cast.taro_left_on(today) - timedelta(days=45)),
        _to_forwarder(cast.HANAKO.member_id, today - timedelta(days=60)),
    )


def _to_forwarder(person_key: str, day: date) -> Provision:
    return Provision(
        person_key=person_key,
        provided_on=day,
        recipient="freight",
        recipient_name="芝浦海上物流株式会社",
        recipient_address="東京都港区海岸九丁目99番1号",
        recipient_representative="代表取締役 波多野 渚",
        items=("name", "contact", "company"),
        purpose="PU01.a",
        consented_on=day - timedelta(days=10),
        kept_until=date(day.year + 3, day.month, min(day.day, 28)),
    )
