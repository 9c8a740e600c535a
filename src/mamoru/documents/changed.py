"""消去・停止の結果を述べる (Act 35, appi-reference 8.1): what went, what a law keeps, and until when."""

from collections.abc import Iterable, Iterator
from datetime import date

from mamoru.documents.terms import Changed
from mamoru.kit import calendar


def paragraphs(changed: Iterable[Changed], tongue: str) -> tuple[str, ...]:
    """Return the sentences about all places together: how deep the erasure is, and the backups."""
    places = tuple(changed)
    result: list[str] = []
    if any(place.erased for place in places):
        if all(place.level == "E2" for place in places if place.erased):
            result.append(_DEEP[tongue])
        else:
            result.append(_LOGICAL[tongue])
    result += _backups(places, tongue)
    if any(place.held for place in places):
        result.append(_HELD[tongue])
    return tuple(result)


def bullets(changed: Iterable[Changed], tongue: str) -> tuple[str, ...]:
    """Return a line for each place: what went, what was emptied, what a law keeps."""
    return tuple(
        line for place in changed for line in (_gone(place, tongue), _kept(place, tongue)) if line
    )


def _backups(places: Iterable[Changed], tongue: str) -> Iterator[str]:
    """Say of each source whose backups the map knows when the last copy is gone; of others nothing."""
    days: dict[str, date] = {}
    for place in places:
        if place.backups_until and (place.erased or place.emptied):
            days[place.source] = max(
                days.get(place.source, place.backups_until), place.backups_until
            )
    for day in dict.fromkeys(days.values()):
        sources = [source for source, until in days.items() if until == day]
        if tongue == "ja":
            yield (
                f"{'と'.join(sources)}のバックアップに残る写しは、{calendar.plain_date(day)}までに"
                "なくなります。それまでの間も、バックアップから戻したデータは、利用する前に消去します。"
            )
        else:
            yield (
                f"Copies in the backups of {' and '.join(sources)} are gone by {day.day} {day:%B %Y}. "
                "Until then anything restored from a backup is erased before it is used."
            )


_DEEP = {
    "ja": "消去した記録は、どの検索からも見つからず、データベースのファイルからも取り除きました。",
    "en": "What was erased is found by no query, and was removed from the database files as well.",
}
_LOGICAL = {
    "ja": "消去した記録は、どの検索からも見つかりません。データベースの内部に残る断片は、通常の運用の中で順次上書きされます。",
    "en": "What was erased is found by no query. Fragments inside the database engine are overwritten "
    "in the course of its normal work.",
}
_HELD = {
    "ja": "法令により保存が義務付けられている記録は、保存期間が終わるまで利用を止めて保管し、期間が終わりしだい消去いたします。",
    "en": "Records that a law obliges us to keep are locked away from use, and erased as soon as the "
    "period is over.",
}


def _gone(place: Changed, tongue: str) -> str:
    if not place.erased and not place.emptied:
        return ""
    if tongue == "ja":
        gone = f"{place.erased:,}件を消去し" if place.erased else ""
        emptied = f"{place.emptied:,}件から個人の情報を取り除き" if place.emptied else ""
        said = "、".join(part for part in (gone, emptied) if part)
        return f"{place.title}（{place.source}）：{said}ました。"
    gone = f"{place.erased:,} erased" if place.erased else ""
    emptied = f"personal data removed from {place.emptied:,}" if place.emptied else ""
    said = ", ".join(part for part in (gone, emptied) if part)
    return f"{place.title} ({place.source}): {said}"


def _kept(place: Changed, tongue: str) -> str:
    if not place.held:
        return ""
    laws = "、".join(place.laws) if tongue == "ja" else ", ".join(place.laws)
    if tongue == "ja":
        until = (
            f"{calendar.plain_date(place.until)}に消去します"
            if place.until
            else "保存の必要がなくなりしだい消去します"
        )
        return f"{place.title}（{place.source}）：{place.held:,}件を{laws}により保管し、{until}。"
    until = (
        f"erased on {place.until.day} {place.until:%B %Y}"
        if place.until
        else "erased as soon as it need not be kept any more"
    )
    return f"{place.title} ({place.source}): {place.held:,} kept under {laws}, {until}"
