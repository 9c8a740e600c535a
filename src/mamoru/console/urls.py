"""Addresses of the desk. Each carries the 受付番号 and nothing that identifies a person (P3.17)."""

from django.urls import path

from mamoru.console import protecting, views

_CASE = "cases/<str:case_id>/"
_DEMAND = f"{_CASE}demands/<int:position>/"

urlpatterns = [
    path("", views.queue, name="console"),
    path("datamap/", views.show_datamap, name="console-datamap"),
    path(_CASE, views.show_case, name="console-case"),
    path(f"{_CASE}papers/<str:proof_id>/", views.open_paper, name="open-paper"),
    path(f"{_CASE}papers/<str:proof_id>/finding/", views.record_finding, name="record-finding"),
    path(f"{_CASE}papers/<str:proof_id>/black-out/", views.black_out, name="black-out"),
    path(f"{_CASE}papers/<str:proof_id>/pages/<int:number>/", views.paper_page, name="paper-page"),
    path(f"{_CASE}search/", views.find_person, name="find-person"),
    path(f"{_CASE}identify/", views.identify, name="identify"),
    path(f"{_CASE}verify/", views.verify_case, name="verify-case"),
    path(f"{_CASE}code-letter/", views.make_posted_code, name="make-posted-code"),
    path(f"{_CASE}code-letter/sent/", views.record_posted_code, name="record-posted-code"),
    path(f"{_CASE}supplement/", views.ask_supplement, name="ask-supplement"),
    path(f"{_CASE}resume/", views.resume_check, name="resume-check"),
    path(f"{_CASE}supplement-letter/", views.supplement_letter, name="supplement-letter"),
    path(f"{_DEMAND}value/", views.name_value, name="name-value"),
    path(f"{_DEMAND}decide/", views.decide, name="decide"),
    path(f"{_DEMAND}approve/", views.approve, name="approve"),
    path(f"{_DEMAND}return/", views.return_demand, name="return"),
    path(f"{_DEMAND}carried-out/", views.carried_out, name="carried-out"),
    path(f"{_DEMAND}lifting/", views.ask_lifting, name="ask-lifting"),
    path(f"{_DEMAND}lift/", views.lift, name="lift"),
    path(f"{_CASE}reopen/", views.reopen_case, name="reopen"),
    path(f"{_CASE}try/", views.try_now, name="try-now"),
    path(f"{_CASE}by-hand/", views.write_by_hand, name="by-hand"),
    path(f"{_CASE}change-letter/", views.change_letter, name="change-letter"),
    path(f"{_CASE}change-mail/", views.mail_change_notice, name="mail-change-notice"),
    path(f"{_CASE}change-told/", views.record_change_told, name="record-change-told"),
    path(f"{_CASE}telling-letter/", views.telling_letter, name="telling-letter"),
    path(f"{_CASE}told/", views.record_told, name="record-told"),
    path(f"{_CASE}protection/", protecting.set_protection, name="set-protection"),
    path(
        f"{_CASE}protection/<int:position>/lifting/",
        protecting.ask_lifting,
        name="ask-lifting-protection",
    ),
    path(f"{_CASE}protection/<int:position>/lift/", protecting.lift, name="lift-protection"),
    path(f"{_CASE}letter/", views.letter, name="letter"),
    path(f"{_CASE}send/", views.send_answer, name="send-answer"),
]
