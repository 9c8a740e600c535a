"""What changes in what people may ask for, and how (Act 32(1)(iii), 33 to 38)."""

from collections.abc import Iterator
from typing import Any

from mamoru.policy.diff.change import LAW_PURPOSE, Change, details, kept, pairs, sentence
from mamoru.policy.document import Policy
from mamoru.policy.terms import Need, Way


def requests(before: Policy, after: Policy) -> Iterator[Change]:
    """Yield what changes in kinds, grounds, ways, fee, desk and purposes of requests."""
    old, new = before.requests, after.requests
    for was, now in pairs(old.kinds, new.kinds, "kind"):
        yield from kept(
            "request-kind", "請求の種類", was, now, "kind", right="Act 32(1)(iii), 33, 34, 35"
        )
    for was, now in pairs(old.grounds, new.grounds, "ground"):
        yield from kept("ground", "請求に応じない理由", was, now, "ground", but=("kinds",))
        if was is not None and now is not None and was.kinds != now.kinds:
            yield _reach(after, was, now)
    for was, now in pairs(old.ways, new.ways):
        through_agent = Way.AGENT in {each.id for each in (was, now) if each is not None}
        right = "Act 37(3)" if through_agent else ""
        yield from kept("way", "請求の方法", was, now, "id", right=right)
    if (old.fee.yen if old.fee else 0) != (new.fee.yen if new.fee else 0):
        was_yen, now_yen = (old.fee.yen if old.fee else 0), (new.fee.yen if new.fee else 0)
        yield Change(
            code="fee-raised" if now_yen > was_yen else "fee-lowered", subject="requests.fee",
            need=Need.PUBLICATION, article="Act 32(1)(iii), 38",
            ja=f"手数料が {was_yen} 円から {now_yen} 円に変わります。",
            en=f"the fee changes from {was_yen} to {now_yen} yen",
        )  # fmt: skip
    elif old.fee != new.fee:
        yield sentence(
            "fee-changed", "requests.fee", "手数料の定めが変わります。", "the rule on fees changes"
        )
    if old.desk != new.desk:
        yield Change(
            code="desk-changed", subject="requests.desk", need=Need.PUBLICATION, article="Order 10(ii)",
            ja="お問い合わせ窓口が変わります。", en="the contact desk changes",
        )  # fmt: skip
    if set(old.purposes) != set(new.purposes):
        more = set(new.purposes) - set(old.purposes)
        yield Change(
            code="request-purposes-widened" if more else "request-purposes-narrowed", subject="requests.purposes",
            need=Need.NOTICE if more else Need.PUBLICATION, article=LAW_PURPOSE,
            ja=f"請求で取得した個人情報の利用目的が {'、'.join(old.purposes)} から {'、'.join(new.purposes)} に変わります。",
            en=f"what data obtained through requests is used for changes from {', '.join(old.purposes)} to {', '.join(new.purposes)}",
        )  # fmt: skip
    yield from details(
        old, new, "requests", but=("kinds", "grounds", "ways", "fee", "desk", "purposes")
    )


def _reach(after: Policy, was: Any, now: Any) -> Change:
    wider = now.kinds is None or (was.kinds is not None and set(now.kinds) - set(was.kinds))
    titles = {each.kind: each.title for each in after.requests.kinds}
    reached = None if now.kinds is None else [titles[kind] for kind in now.kinds if kind in titles]
    kinds = "すべて" if reached is None else "、".join(each.ja for each in reached)
    kinds_en = "every kind" if reached is None else ", ".join(each.en for each in reached)
    return Change(
        code="ground-widened" if wider else "ground-narrowed", subject=now.ground,
        need=Need.PUBLICATION, article="Act 33(2), 34, 35",
        ja=f"応じない理由「{now.title.ja}」を使える請求が次のとおりになります: {kinds}。",
        en=f"the ground \"{now.title.en}\" now reaches: {kinds_en}",
    )  # fmt: skip
