"""Addresses of the portal. None carries a name, a mail address or a document."""

from django.urls import path

from mamoru.portal import member, own_case, views

urlpatterns = [
    path("", views.home, name="home"),
    path("policy/", views.policy, name="policy"),
    path("policy/<str:version>/", views.policy_version, name="policy-version"),
    path("requests/", views.requests, name="requests"),
    path("requests/new/<str:role>/", views.file_case, name="file-case"),
    path("requests/check/", views.check_case, name="check-case"),
    path("requests/done/", views.case_filed, name="case-filed"),
    path("requests/status/", own_case.status, name="status"),
    path("requests/case/", own_case.own_case, name="own-case"),
    path("requests/case/papers/", own_case.send_paper, name="send-paper"),
    path("requests/case/submit/", own_case.submit_supplement, name="submit-supplement"),
    path("requests/case/code/", own_case.enter_posted_code, name="enter-posted-code"),
    path("requests/case/mail/", own_case.ask_mailed_code, name="ask-mailed-code"),
    path("requests/case/mail/code/", own_case.enter_mailed_code, name="enter-mailed-code"),
    path("requests/case/withdraw/", own_case.withdraw_case, name="withdraw-case"),
    path("requests/case/answer/", own_case.download_answer, name="download-answer"),
    path("requests/case/answer/<str:form>/", own_case.download_data, name="download-data"),
    path("requests/case/close/", own_case.close_case, name="close-case"),
    path("member/", member.member, name="member"),
    path("member/choice/", member.choose_own, name="choose-own"),
    path("member/case/", member.open_own_case, name="open-own-case"),
    path("member/correct/", member.correct_own, name="correct-own"),
    path("member/correct/check/", member.check_correction, name="check-correction"),
    path("member/correct/done/", member.correction_filed, name="correction-filed"),
]
