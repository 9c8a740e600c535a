"""Who and what is in the product's own database at the start of a demo."""

from collections.abc import Mapping
from datetime import datetime
from importlib import resources

from django.contrib.auth.models import Group, User
from django.db import transaction

from mamoru.cases import store
from mamoru.cases.terms import Subject
from mamoru.consents import store as standings
from mamoru.kit import clock
from mamoru.kit.ids import StaffId
from mamoru.policy import publication
from mamoru.provision import actions as provision
from mamoru.provision import store as provisions
from mamoru.provision.terms import Basis, ProvisionRecord
from mamoru.site import publishing, wiring
from mamoru.site.sample import provisions as sample

ROLES = (
    "desk",
    "privacy-officer",
    "approver",
    "marketing",
    "engineer",
    "auditor",
    "administrator",
)


def publish_versions(*, now: datetime) -> None:
    """Publish the older version of the sample policy, then the present one."""
    from django.conf import settings

    folder = wiring.home() / settings.MAMORU.published
    older = resources.files("mamoru.site.sample") / "published"
    known = {each.policy.version for each in publication.publications(folder)}
    present = wiring.policy().version
    for path in sorted(older.iterdir(), key=lambda each: each.name):
        version = path.name.removesuffix(".yaml")
        if version not in {*known, present}:
            (folder / path.name).write_bytes(path.read_bytes())
    if present not in known:
        publishing.publish(by=StaffId("operator"), accept=True, now=now)


def make_staff(people: Mapping[str, tuple[str, str, str]]) -> None:
    """Make accounts of staff: username -> (family name, role, password)."""
    with transaction.atomic():
        Group.objects.bulk_create((Group(name=name) for name in ROLES), ignore_conflicts=True)
        groups = {group.name: group for group in Group.objects.filter(name__in=ROLES)}
        for username, (family_name, role, password) in people.items():
            user = User.objects.create_user(username, password=password, last_name=family_name)
            user.groups.add(groups[role])


def make_member(username: str, password: str, *, member_id: str) -> None:
    """Make a member's account and join it to the member's record in the shop."""
    with transaction.atomic():
        user = User.objects.create_user(username, password=password)
        store.link_member(user.pk, Subject(store="shop", table="members", key=member_id))


def record_provisions(*, by: StaffId, now: datetime) -> None:
    """Record the provisions of the sample company, with their ledger entry."""
    master = store.master()
    titles = {category.id: category.title.ja for category in wiring.policy().categories}
    provision.record(
        tuple(
            ProvisionRecord(
                person=provisions.person_ref(master, "member_id", each.person_key),
                basis=Basis.CONSENT,
                provided_on=each.provided_on,
                recipient=each.recipient_name,
                recipient_address=each.recipient_address,
                recipient_representative=each.recipient_representative,
                items=tuple(titles[item] for item in each.items),
            )
            for each in sample.provisions(clock.date_in_japan(now))
        ),
        persons={
            provisions.person_ref(master, "member_id", each.person_key): standings.person(
                master, {"member_id": (each.person_key,)}, shareable=()
            )
            for each in sample.provisions(clock.date_in_japan(now))
        },
        by=by,
        now=now,
    )
