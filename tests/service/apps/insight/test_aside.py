"""How are rows set aside told to a person?"""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import quote

from django.test import Client

from servewell.apps.people.models import User

BASE = "/api/v1/insight"
HEAD = b"case,activity,time\n"


def test_rows_set_aside_are_told_in_the_persons_language_and_in_the_order_of_the_file(
    manager: User, imported: Callable[..., str], client: Client
) -> None:
    """Chinese header, reasons in words, and what stood there whole: marks, line breaks and very long texts."""
    User.objects.filter(pk=manager.pk).update(language="zh-Hans")
    long = "长" * 70_000
    bad = f'1,{long},2026-03-01T09:00:00Z\n1,"two\n""lines""",soon\n1,x\n1,close,later\n'.encode()
    log = imported(HEAD + b"1,open,2026-03-01T09:00:00Z\n" * 8 + bad, "工单")
    answer = client.get(f"{BASE}/logs/{log}/set-aside.csv")
    assert quote("工单-搁置的行.csv") in answer["Content-Disposition"]
    content = b"".join(cast(Any, answer).streaming_content).decode("utf-8-sig")
    head, *rows = [line.split(",", 2) for line in content.split("\r\n")[:-1]]
    assert head == ["行号", "原因", "原文"]
    assert [row[:2] for row in rows] == [
        ["10", "内容过长"],
        ["11", "时间无法识别"],
        ["13", "单元格数不符"],
        ["14", "时间无法识别"],
    ]
    assert long in rows[0][2]
    assert "two\n" in rows[1][2]
