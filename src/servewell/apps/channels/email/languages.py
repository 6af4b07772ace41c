"""In which language is this written? Only what is plain to see: by its script, or English by its small words.

What says nothing stays unknown: the customer's own language, or the mailbox's, is the better guess then.
"""

import re

_LOOKED_AT = 2000  # characters
_KANA = re.compile(r"[\u3040-\u30ff]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTER = re.compile(r"[^\W\d_]")
# Of the commonest characters those that are written otherwise in the other form.
_HANT = re.compile(r"[這個們來說對時會為國經過還沒問題請謝買賣錢單號訂貨寄絡電話嗎麼後裡無應該開關]")
_HANS = re.compile(r"[这个们来说对时会为国经过还没问题请谢买卖钱单号订货络电话吗么后里无应该开关]")
_ENGLISH = frozenset({"the", "and", "my", "you", "is", "please", "thanks", "have", "with", "this", "not", "your", "it"})
_WORD = re.compile(r"[a-zA-Z']+")


def plain(text: str) -> str:
    """Return the language of a text as a BCP 47 tag; empty where it is not plain."""
    seen = text[:_LOOKED_AT]
    letters = len(_LETTER.findall(seen))
    if letters and _KANA.search(seen):
        return "ja"
    if letters and len(_HANGUL.findall(seen)) * 3 > letters:
        return "ko"
    if letters and len(_HAN.findall(seen)) * 5 > letters:
        return "zh-Hant" if len(_HANT.findall(seen)) > len(_HANS.findall(seen)) else "zh-Hans"
    return "en" if len(_ENGLISH & {word.lower() for word in _WORD.findall(seen)}) >= 3 else ""
