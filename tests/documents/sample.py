"""An answer as plain values, for letters."""

from datetime import date

from mamoru.documents.terms import Addressee, AnnexTable, Answer, DemandAnswer, Purpose, Sender

TABLE = AnnexTable(
    title="会員",
    source="店舗",
    columns=("会員番号", "氏名"),
    rows=(("M000003", "𠮷野 﨑子"), ("M000002", "髙橋 太郎")),
    purposes=(Purpose(code="PU01", text="サービスの提供"),),
)
ANSWER = Answer(
    reference="C-2026-000001-5",
    received_on=date(2026, 11, 20),
    dated_on=date(2026, 12, 3),
    language="ja",
    sender=Sender(
        name="みなとリンク株式会社",
        representative="代表取締役 海野 遥",
        postal_code="108-0023",
        address="東京都港区芝浦三丁目4番1号",
        desk="個人情報相談窓口",
        contact="https://minato-link.example/",
    ),
    addressee=Addressee(
        postal_code="604-8166", address_lines=("京都府京都市中京区85番地の1",), name="𠮷野 﨑子"
    ),
    person_name="𠮷野 﨑子",
    demands=(DemandAnswer(kind="disclosure", items=(), outcome="fulfilled", tables=(TABLE,)),),
)
