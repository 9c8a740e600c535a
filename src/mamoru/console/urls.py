"""Addresses of the desk. Each carries the 受付番号 and nothing that identifies a person (P3.17)."""

from django.urls import path

from mamoru.console import answering, deciding, identifying, letters, protecting, proving, views

_CASE = "cases/<str:case_id>/"
_DEMAND = f"{_CASE}demands/<int:position>/"

urlpatterns = [
    path("", views.queue, name="console"),
    path("datamap/", views.show_datamap, name="console-datamap"),
    path(_CASE, views.show_case, name="console-case"),
    path(f"{_CASE}papers/<str:proof_id>/", proving.open_paper, name="open-paper"),
    path(f"{_CASE}papers/<str:proof_id>/finding/", proving.record_finding, name="record-finding"),
    path(f"{_CASE}papers/<str:proof_id>/black-out/", proving.black_out, name="black-out"),
    path(
        f"{_CASE}papers/<str:proof_id>/pages/<int:number>/", proving.paper_page, name="paper-page"
    ),
    path(f"{_CASE}search/", identifying.find_person, name="find-person"),
    path(f"{_CASE}identify/", identifying.identify, name="identify"),
    path(f"{_CASE}verify/", identifying.verify_case, name="verify-case"),
    path(f"{_CASE}code-letter/", letters.make_posted_code, name="make-posted-code"),
    path(f"{_CASE}code-letter/sent/", letters.record_posted_code, name="record-posted-code"),
    path(f"{_CASE}supplement/", proving.ask_supplement, name="ask-supplement"),
    path(f"{_CASE}resume/", proving.resume_check, name="resume-check"),
    path(f"{_CASE}supplement-letter/", letters.supplement_letter, name="supplement-letter"),
    path(f"{_DEMAND}value/", identifying.name_value, name="name-value"),
    path(f"{_DEMAND}decide/", deciding.decide, name="decide"),
    path(f"{_DEMAND}approve/", deciding.approve, name="approve"),
    path(f"{_DEMAND}return/", deciding.return_demand, name="return"),
    path(f"{_DEMAND}carried-out/", answering.carried_out, name="carried-out"),
    path(f"{_DEMAND}lifting/", deciding.ask_lifting, name="ask-lifting"),
    path(f"{_DEMAND}lift/", deciding.lift, name="lift"),
    path(f"{_CASE}reopen/", deciding.reopen_case, name="reopen"),
    path(f"{_CASE}try/", answering.try_now, name="try-now"),
    path(f"{_CASE}by-hand/", answering.write_by_hand, name="by-hand"),
    path(f"{_CASE}change-letter/", letters.change_letter, name="change-letter"),
    path(f"{_CASE}change-mail/", letters.mail_change_notice, name="mail-change-notice"),
    path(f"{_CASE}change-told/", letters.record_change_told, name="record-change-told"),
    path(f"{_CASE}telling-letter/", letters.telling_letter, name="telling-letter"),
    path(f"{_CASE}told/", letters.record_told, name="record-told"),
    path(f"{_CASE}protection/", protecting.set_protection, name="set-protection"),
    path(
        f"{_CASE}protection/<int:position>/lifting/",
        protecting.ask_lifting,
        name="ask-lifting-protection",
    ),
    path(
        f"{_CASE}protection/<int:position>/contact/",
        protecting.confirm_contact,
        name="confirm-safe-contact",
    ),
    path(f"{_CASE}protection/<int:position>/lift/", protecting.lift, name="lift-protection"),
    path(f"{_CASE}letter/", letters.letter, name="letter"),
    path(f"{_CASE}send/", answering.send_answer, name="send-answer"),
]
