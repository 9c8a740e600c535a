"""支援措置: a flag set by one person; its contact, and its lifting, take two. As on the pages."""

from django.http import HttpRequest
from ninja import Router
from ninja.security import django_auth

from mamoru.api.calling import APPROVER, DESK, DONE, OFFICER, Call, Key
from mamoru.api.schemas import DoneOut, ProtectionIn, UnprotectedIn, UnprotectIn
from mamoru.cases import actions

router = Router(tags=["staff"], auth=django_auth)


@router.post("/{reference}/protection", operation_id="set_protection", response=DONE)
def set_protection(request: HttpRequest, reference: str, body: ProtectionIn, key: Key) -> DoneOut:
    """Protect the person of a case, from now on and in every later case; nothing ends it but two."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.set_protection(
            call.case_id,
            ground=body.ground,
            paper=body.paper,
            renew_by=body.renew_by,
            contact=body.contact(),
            by=call.by,
            now=call.now,
        )
    )


@router.post("/{reference}/protection/contact", operation_id="confirm_safe_contact", response=DONE)
def confirm_safe_contact(
    request: HttpRequest, reference: str, body: UnprotectedIn, key: Key
) -> DoneOut:
    """Confirm the safe contact of a flag as the second person; only then is it written to."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.confirm_safe_contact(
            call.case_id, body.protection, by=call.by, now=call.now
        )
    )


@router.post(
    "/{reference}/protection/lifting", operation_id="ask_lifting_protection", response=DONE
)
def ask_lifting_protection(
    request: HttpRequest, reference: str, body: UnprotectIn, key: Key
) -> DoneOut:
    """Ask that a flag be lifted; it holds until a second person agrees."""
    call = Call(request, OFFICER, reference, body, key)
    return call.once(
        lambda: actions.ask_lifting_protection(
            call.case_id, body.protection, reason=body.reason, by=call.by, now=call.now
        )
    )


@router.post(
    "/{reference}/protection/lifting/approval", operation_id="lift_protection", response=DONE
)
def lift_protection(request: HttpRequest, reference: str, body: UnprotectedIn, key: Key) -> DoneOut:
    """Lift a flag as the second person."""
    call = Call(request, APPROVER, reference, body, key)
    return call.once(
        lambda: actions.lift_protection(call.case_id, body.protection, by=call.by, now=call.now)
    )
