"""Is a language told only where it is plain?"""

import pytest

from servewell.apps.channels.email import languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你好，我的包裹在哪里？订单 A-1234 Express", "zh-Hans"),
        ("請問我的包裹在哪裡？謝謝", "zh-Hant"),
        ("荷物はどこですか。注文番号 1234", "ja"),
        ("소포는 어디에 있습니까", "ko"),
        ("Where is my parcel? Please tell, it is not here. Thanks", "en"),
        ("Où est mon colis, s'il vous plaît ?", ""),
        ("Wo ist mein Paket?", ""),
        ("Where is my parcel?", ""),  # too short to be sure
        ("1234", ""),
        ("", ""),
    ],
)
def test_it_works(text: str, language: str) -> None:
    """By the script, or by the small words of English."""
    assert languages.plain(text) == language
