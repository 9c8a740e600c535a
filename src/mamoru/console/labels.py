"""Staff words for stable codes: the law's terms, plain sentences for what to do (P3.17).

Words that letters and requesters' pages share are in `documents.wording`.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mamoru.cases.terms import Channel, NeedState, PostedState, Stage, TellingWay, Work
from mamoru.consents.terms import ProtectionGround
from mamoru.documents.blanks import LetterPart

Words = Mapping[str, "str | Promise"]

STAGES: Words = {
    Stage.RECEIVED: _("受付（確認前）"),
    Stage.SUPPLEMENT_ASKED: _("不足書類待ち"),
    Stage.VERIFIED: _("確認済み（判断中）"),
    Stage.DECIDED: _("決定済み（回答準備）"),
    Stage.ANSWERED: _("回答済み"),
    Stage.WITHDRAWN: _("取下げ"),
}

CHANNELS: Words = {
    Channel.WEB_FORM: _("ウェブの請求書"),
    Channel.MEMBER_PAGE: _("会員ページ"),
    Channel.API: _("API"),
    Channel.POST: _("郵送"),
}

WORK: Words = {
    Work.NOT_STARTED: _("まだ始まっていません"),
    Work.QUEUED: _("順番を待っています"),
    Work.RUNNING: _("自動で実行しています"),
    Work.WAITING: _("止まっています"),
    Work.READY: _("終わりました。回答書ができています"),
}

LETTER_PARTS: Words = {
    LetterPart.ADDRESSEE: _("宛名"),
    LetterPart.ADDRESS: _("宛先の住所"),
    LetterPart.TEXT: _("本文"),
    LetterPart.ANNEX: _("別紙"),
}

PROTECTION_GROUNDS: Words = {
    ProtectionGround.SUPPORT_MEASURE: _("支援措置の決定通知（住民基本台帳事務）"),
    ProtectionGround.PROTECTION_ORDER: _("保護命令・禁止命令など"),
    ProtectionGround.CONSULTATION: _("警察・支援センター・児童相談所などへの相談の証明"),
    ProtectionGround.STATEMENT: _("本人の申し出（書類はまだない）"),
}

NEEDS: Words = {
    NeedState.LACKING: _("不足"),
    NeedState.UNREAD: _("届いている・未確認"),
    NeedState.READ: _("確認済み"),
}

POSTED: Words = {
    PostedState.MADE: _("作成済み（まだ発送の記録がありません）"),
    PostedState.SENT: _("発送済み（入力待ち）"),
    PostedState.ENTERED: _("入力済み"),
    PostedState.EXPIRED: _("期限切れ"),
    PostedState.SPENT: _("入力の間違いが続いたため無効"),
}

CONTACTS: Words = {
    "address": _("登録の住所"),
    "email": _("登録のメール"),
}

NOTICE: Words = {
    "registered-mail": _("書留郵便（お知らせ先の住所あて）"),
    "ordinary-mail": _("普通郵便（お知らせ先の住所あて）"),
    "electronic-mail": _("電子メール（お知らせ先のメールあて）"),
}
"""How the contact as it was before is told: it is no longer the registered one."""

MAILED: Words = {
    "sent": _("送信済み（入力待ち）"),
    "uncertain": _("送信の結果が分かりません（自動では送り直しません）"),
    "failed": _("送信できませんでした"),
    "entered": _("入力済み"),
    "expired": _("期限切れ"),
    "spent": _("回数超過"),
}

TELLING: Words = {
    TellingWay.REGISTERED_MAIL: _("書留郵便（表示の住所あて）"),
    TellingWay.ORDINARY_MAIL: _("普通郵便（表示の住所あて）"),
    TellingWay.ELECTRONIC_MAIL: _("電子メール（表示のアドレスあて）"),
}

WORK_NOTES: Words = {
    "store-unreachable": _(
        "「%(place)s」に接続できません。接続できるまで回答は送られません。自動でやり直します。"
    ),
    "store-unreadable": _(
        "「%(place)s」の中身が個人データの台帳の記載と合いません。技術担当に確認を依頼してください。"
    ),
    "store-file-missing": _(
        "「%(place)s」のファイルが、台帳に書かれた場所にありません。技術担当に、ファイルを元の場所に戻すか、台帳の場所を直すよう依頼してください。戻れば自動でやり直します。"
    ),
    "store-failed": _(
        "「%(place)s」が処理の途中で失敗しました。何が変わったかは確かめられていません。技術担当に確認を依頼してください。"
    ),
    "outcome-unknown": _(
        "「%(place)s」の応答が途切れました。書き込まれたかどうかを確かめてから、自動でやり直します。二重にはなりません。"
    ),
    "extra-missing": _(
        "「%(place)s」につなぐための部品が入っていません。技術担当に、部品を入れるよう依頼してください。"
    ),
    "record-unknown": _(
        "「%(place)s」に、本人として特定した記録がありません。ほかの人が消したか、番号が変わった可能性があります。判断に差し戻し、本人の記録を検索し直してください。"
    ),
    "value-changed-meanwhile": _(
        "「%(place)s」の値が、訂正前の内容から変わっています。記録を確認してください。"
    ),
    "correction-refused-by-store": _(
        "「%(place)s」が訂正後の内容を受け付けません。技術担当に確認を依頼してください。"
    ),
    "not-proven": _(
        "「%(place)s」に、変更したはずの記録がまだ残っています。自動でやり直します。続くときは技術担当に確認を依頼してください。"
    ),
    "person-erased": _(
        "この方の記録は、別の請求により消去されています。判断に差し戻してください。"
    ),
    "erasure-refused-by-store": _(
        "「%(place)s」の制約により消去できません。技術担当に確認を依頼してください。"
    ),
    "erasure-order": _(
        "「%(place)s」の表どうしが互いに参照しているため消去できません。技術担当に確認を依頼してください。"
    ),
    "hand-work": _(
        "「%(place)s」は、担当者の手で行う作業です。行ったあと、下の欄に記録してください。"
    ),
    "person-untold": _(
        "支援措置の対象の方です。代理人のために何かを読む前に、安全な連絡先で本人に知らせ、下の欄に記録してください。安全な連絡先がないときは、登録してください。"
    ),
    "people": _("担当者の対応を待っています。"),
    "plan-changed": _(
        "承認のあとに、対象となる範囲が変わりました（%(place)s）。承認されていない範囲は実行しません。"
    ),
    "failed": _(
        "処理が途中で失敗しました（%(place)s）。自動でやり直しますが、失敗が続くほど間を空けます（最長30分）。"
    ),
}

WORK_TODOS: Words = {
    "store-unreachable": _("データベースの接続待ち"),
    "store-unreadable": _("データベースの確認"),
    "store-file-missing": _("ファイルの確認"),
    "store-failed": _("データベースの確認"),
    "outcome-unknown": _("書き込みの結果待ち"),
    "extra-missing": _("接続部品の確認"),
    "record-unknown": _("判断への差し戻し"),
    "value-changed-meanwhile": _("登録値の確認"),
    "correction-refused-by-store": _("訂正内容の確認"),
    "not-proven": _("変更の確認"),
    "person-erased": _("消去済みの方の請求の確認"),
    "erasure-refused-by-store": _("消去の制約の確認"),
    "erasure-order": _("消去の制約の確認"),
    "hand-work": _("手作業の記録"),
    "person-untold": _("本人へのお知らせ"),
    "people": _("担当者の対応"),
    "plan-changed": _("判断への差し戻し"),
    "failed": _("失敗の確認"),
}
"""What a queue says of waiting work: as short as a line, by the reason of the work note."""

VERDICTS: Words = {
    "match": _("一致"),
    "partial": _("一部のみ一致"),
    "mismatch": _("不一致"),
    "cannot-tell": _("判定できません"),
}

PAIRS: Words = {
    "application-document": _("請求書と確認書類"),
    "application-registered": _("請求書と登録内容"),
    "document-registered": _("確認書類と登録内容"),
    "document-former-registered": _("確認書類の前の住所と登録内容"),
}

OUTCOMES: Words = {
    "fulfilled": _("応じる"),
    "refused": _("応じない"),
    "nothing-held": _("該当する保有個人データなし"),
    "substituted": _("代わりの措置"),
}

ACTORS: Words = {
    "requester": _("請求者"),
    "member": _("会員ご本人"),
    "system": _("自動処理"),
    "operator": _("運用担当"),
}

TRAIL: Words = {
    "case.filed": _("請求を受け付けた"),
    "case.opened": _("請求の内容を見た"),
    "case.paper.received": _("書類が届いた"),
    "case.paper.opened": _("書類を開いた"),
    "case.paper.read": _("書類の記載を記録した"),
    "case.paper.blacked-out": _("書類の一部を塗りつぶした"),
    "case.papers.erased": _("保管期間を過ぎた書類を消去した"),
    "case.person.searched": _("本人の記録の検索を始めた"),
    "case.person.identified": _("本人の記録を特定した"),
    "case.verified": _("請求者の確認を確定した"),
    "case.posted-code.made": _("登録の住所あての確認番号の書面を作った"),
    "case.posted-code.sent": _("確認番号の書面を送った"),
    "case.posted-code.entered": _("書留郵便の確認番号が入力された"),
    "case.posted-code.refused": _("確認番号が入力されたが、確かめられなかった"),
    "case.person.told": _("代理人からの請求を、登録の連絡先で本人に知らせた"),
    "case.mailed-code.asked": _("メールの確認番号を求められた"),
    "case.mailed-code.not-sent": _(
        "メールの確認番号を送らなかった（送り先が一つに決まらないなど）"
    ),
    "case.mailed-code.sending": _("登録のメールあての確認番号を作り、送り始めた"),
    "case.mailed-code.sent": _("登録のメールあてに確認番号を送った"),
    "case.mailed-code.failed": _("メールの確認番号を送れなかった"),
    "case.mailed-code.entered": _("メールの確認番号が入力された"),
    "case.mailed-code.refused": _("違うメールの確認番号が入力された"),
    "case.change-notice.mailing": _("連絡先の変更のお知らせをメールで送り始めた"),
    "case.contact.changed": _("登録の連絡先が変わったことを確かめた"),
    "case.change-letter.opened": _("連絡先の変更のお知らせの書面を開いた"),
    "case.change.told": _("登録の連絡先の変更を、変更前の連絡先に知らせた"),
    "case.telling-letter.opened": _("本人へのお知らせの書面を開いた"),
    "case.protection.set": _("支援措置の対象として登録した"),
    "case.protection.contact-confirmed": _("支援措置の安全な連絡先を別の人が確かめた"),
    "case.protection.lifting-asked": _("支援措置の登録の解除を求めた"),
    "case.protection.lifted": _("支援措置の登録を解除した"),
    "case.answer.held-back": _("支援措置の登録が変わったため、回答書を止めて作り直した"),
    "case.supplement.asked": _("不足書類をお願いした"),
    "case.supplement.received": _("不足書類が提出された"),
    "case.demand.decided": _("判断した"),
    "case.demand.approved": _("承認した"),
    "case.demand.returned": _("差し戻した"),
    "case.demand.reopened": _("範囲が変わったため、判断に差し戻した"),
    "case.demand.carried-out": _("実行を終えた"),
    "case.demand.carried-out-by-hand": _("手作業の実行を記録した"),
    "case.decided": _("すべての判断が確定した"),
    "case.execution.began": _("実行を始めた"),
    "case.place.read": _("データベースを読んだ"),
    "standing.opened": _("本人についての定めを見た"),
    "restore.began": _("復元されたデータベースの消去のやり直しを始めた"),
    "restore.to-judge": _("復元のあと、この請求の変更について人の判断が必要"),
    "restore.redone": _("復元されたデータベースで、この請求の変更をやり直した"),
    "case.keys.forgotten": _("記録を指す鍵を破棄した"),
    "restore.replayed": _("復元されたデータベースで消去をやり直した"),
    "standing.recorded": _("利用停止・提供停止・消去・支援措置の印を付けた"),
    "case.lifting.asked": _("利用停止・提供停止を解くことを求めた"),
    "standing.ended": _("利用停止・提供停止・消去・支援措置の印を外した"),
    "case.place.corrected": _("データベースを訂正した"),
    "case.place.changed": _("データベースの記録を変更し、変更を確かめた"),
    "case.erasure.deepened": _("データベースの内部に残る跡を取り除いた"),
    "case.values.opened": _("登録されている値の一覧を開いた"),
    "case.value.named": _("請求の対象となる値を特定した"),
    "case.place.undone": _("変更が元に戻っていたため、やり直す"),
    "case.plan.counted": _("対象の件数を数えた"),
    "case.letter.by-hand": _("手書きする文字を記録した"),
    "case.work.hastened": _("今すぐ試すよう依頼した"),
    "case.answer.composed": _("回答書を作成した"),
    "case.letter.opened": _("回答書を開いた"),
    "case.data.downloaded": _("開示したデータ（CSV・JSON）が受け取られた"),
    "case.supplement-letter.opened": _("書類提出のお願いを開いた"),
    "case.answered": _("回答を送った"),
    "case.withdrawn": _("請求が取り下げられた"),
}

DISPATCH_HINT = _("宛先は、確認済みの住所に限られます。ほかの宛先には送れません。")

# code of an error -> what happened, and what to do
ERRORS: Words = {
    "nothing-sent": _("お願いしたあとに届いた書類がありません。届いてから再開してください。"),
    "not-confirmed": _(
        "本人または代理権の確認は、まだ確定できません。下の「残っている点」を解消するか、不足書類をお願いしてください。"
    ),
    "posting-forbidden": _(
        "確認番号の書面を送れません。本人の記録が特定され、登録の住所が一つに決まるときだけ送れます。"
    ),
    "tracking-unfit": _(
        "追跡番号は受領証のとおりに記入してください（11～13桁の数字）。例：123-45-67890-1"
    ),
    "stage-forbidden": _(
        "この請求は、いまその操作ができる段階にありません。画面はいまの状態です。もう一度確かめてください。"
    ),
    "case-changed-meanwhile": _(
        "表示している間に、ほかの人がこの請求を変更しました。いまの内容を確かめて、もう一度操作してください。"
    ),
    "plan-changed": _(
        "判断のあとに、対象となる範囲が変わりました。承認できません。判断をやり直すよう差し戻してください。"
    ),
    "second-person-needed": _(
        "判断した人と承認する人は、別の人でなければなりません。ほかの承認者に依頼してください。"
    ),
    "ground-forbidden": _(
        "その理由は、この種類の請求をお断りする理由として選べません。選べる理由から選んでください。"
    ),
    "reason-missing": _(
        "選んだ理由には、説明が必要です。「他の法令」の場合は、法令の名前と条も記入してください。"
    ),
    "paper-unknown": _(
        "その書類はこの請求にありません。保存期間が過ぎて消去された可能性があります。"
    ),
    "box-unfit": _(
        "塗りつぶす枠がないか、ページからはみ出しています。位置と大きさを確かめて、もう一度指定してください。何も変更していません。"
    ),
    "paper-unopened": _(
        "この書類をまだ開いていません。書類を開いて確かめてから、記載を記録してください。入力した内容は残っています。"
    ),
    "person-untold": _(
        "代理人に回答を送る前に、登録の連絡先で本人に知らせ、知らせたことを記録してください。"
    ),
    "authority-ended": _(
        "本人が成年に達したため、親権者への回答や実行はできません。ご本人からあらためて請求していただくか、ご本人の委任状をいただいてください。"
    ),
    "safe-contact-missing": _(
        "支援措置の対象の方ですが、安全な連絡先が一つに決まっていないか、別の人がまだ確かめていません。書面は、どこにも送れません。「支援措置」の欄を見てください。"
    ),
    "answer-held-back": _(
        "この方の支援措置の登録が変わったため、前に作った回答書は止めました。作り直しています。できた回答書を開いて確かめてください。"
    ),
    "protection-unfit": _(
        "登録できません。本人の記録を選び、更新の確認日（1年以内）を記入してください。連絡先には、宛名と、住所またはメールアドレスが必要です。"
    ),
    "no-mail-server": _("メールのサーバーが設定されていません。書面で知らせてください。"),
    "mail-refused": _(
        "メールのサーバーが受け付けませんでした。メールは送られていません。書面で知らせてください。"
    ),
    "mail-unreachable": _(
        "メールのサーバーに接続できません。メールは送られていません。しばらくしてから、もう一度操作してください。"
    ),
    "mail-uncertain": _(
        "メールを送る途中で接続が切れました。届いたかどうか分かりません。記録はしていません。"
    ),
    "old-contact-untold": _(
        "登録の連絡先が最近変わっています。回答を送る前に、変更前の連絡先に知らせ、知らせたことを記録してください。"
    ),
    "contact-cooling": _(
        "登録の連絡先が最近変わったため、この宛先にはまだ送れません。送れるようになる日は、この請求の「連絡先の最近の変更」にあります。"
    ),
    "letter-unopened": _(
        "いまの書面をまだ開いていません。開いて確かめてから、送ったことを記録してください。宛先や内容が変わっていたときは、新しい書面を送り直してください。"
    ),
    "store-unreachable": _(
        "データベース%(places)sに接続できません。何も変更していません。しばらくしてから、もう一度操作してください。"
    ),
    "store-unreadable": _(
        "データベース%(places)sの中身が個人データの台帳の記載と合いません。技術担当に確認を依頼してください。"
    ),
    "store-file-missing": _(
        "データベース%(places)sのファイルが、台帳に書かれた場所にありません。何も変更していません。技術担当に、ファイルを元の場所に戻すか、台帳の場所を直すよう依頼してください。"
    ),
    "record-unknown": _(
        "本人として選んだ記録%(places)sが見つかりません。ほかの人が消したか、番号が変わった可能性があります。何も変更していません。本人の記録を検索し直してください。"
    ),
    "outcome-unknown": _(
        "データベース%(places)sの応答が途切れました。もう一度操作してください。二重にはなりません。"
    ),
    "permit-refused": _(
        "この利用目的では、その項目を読むことが認められていません。個人情報保護管理者に確認してください。"
    ),
    "permit-expired": _("読み取りの許可の期限が切れました。もう一度操作してください。"),
    "address-unverified": _(
        "回答書の宛先となる住所が確認されていません。確認書類の記載を記録してください。"
    ),
    "glyph-missing": _(
        "書面に印字できない文字があります。「手書きする文字」の欄で、手書きで補う文字を記録してください。"
    ),
    "ledger-missing": _(
        "操作の記録（証跡台帳）に書き込めないため、何も変更していません。運用担当に連絡してください。"
    ),
    "ledger-head-broken": _(
        "操作の記録（証跡台帳）に書き込めないため、何も変更していません。運用担当に連絡してください。"
    ),
    "seal-broken": _("保管している内容を開けません。運用担当に連絡してください。"),
}

INCOMPLETE = _("入力に直すところがあります。赤い説明のある欄を確かめてください。")
UNKNOWN_ERROR = _(
    "操作できませんでした（コード：%(code)s）。何も変更していません。運用担当に連絡してください。"
)

CONFLICTS = frozenset({"case-changed-meanwhile", "plan-changed"})
FORBIDDEN = frozenset({"second-person-needed"})

WAYS_OF_WRITING = frozenset(
    {
        "width", "spacing", "dash", "kanji-numeral", "chome-notation", "banchi-notation",
        "lot-vs-block", "oaza-aza", "cho-omitted", "koaza-omitted", "ke-ga", "no-particle",
        "variant-kanji", "prefecture-omitted",
        "gun-omitted", "city-omitted", "kyoto-spelling", "room-notation", "postal-code-omitted",
        "renamed", "name-notation", "date-notation",
    }
)  # fmt: skip
"""Reasons of a comparison that name a way of writing: the same is meant on both sides."""

NOTATION = WAYS_OF_WRITING | {
    "postal-code-contradicts", "former-address", "table-outdated", "kana", "not-given",
}  # fmt: skip
"""Reasons of a comparison that name a way of writing, a remark or a gap, not a difference."""

HINDRANCES = {
    "value-changed-meanwhile": _(
        "登録されている値が、判断したときと変わっています。値を特定し直してください。"
    ),
    "correction-refused-by-store": _(
        "データベースがその値を受け付けません。値を見直してください。"
    ),
    "person-erased": _("この方の記録は、別の請求により消去されています。"),
    "erasure-refused-by-store": _(
        "データベースの制約により消去できません。技術担当に確認を依頼してください。"
    ),
    "erasure-order": _(
        "表どうしが互いに参照しているため消去できません。技術担当に確認を依頼してください。"
    ),
}
"""Why what was approved cannot be carried out, and does not pass by itself."""
