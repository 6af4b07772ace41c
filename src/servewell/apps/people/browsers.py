"""What browser is it? In two codes that have words, from what the browser calls itself; nothing else of it is kept.

Browsers name those they descend from: Edge says Chrome and Safari too. So the most particular name is looked for first.
"""

BROWSERS = (  # (what stands in the user agent, code)
    ("MicroMessenger", "wechat"),
    ("wxwork", "wecom"),
    ("DingTalk", "dingtalk"),
    ("Edg", "edge"),
    ("OPR/", "opera"),
    ("QQBrowser", "qq"),
    ("360SE", "360"),
    ("360EE", "360"),
    ("HuaweiBrowser", "huawei"),
    ("MiuiBrowser", "miui"),
    ("UCBrowser", "uc"),
    ("SamsungBrowser", "samsung"),
    ("Firefox", "firefox"),
    ("FxiOS", "firefox"),
    ("HeadlessChrome", "chrome"),
    ("CriOS", "chrome"),
    ("Chrome", "chrome"),
    ("Safari", "safari"),
)
SYSTEMS = (
    ("HarmonyOS", "harmonyos"),
    ("OpenHarmony", "harmonyos"),
    ("Android", "android"),
    ("iPhone", "ios"),
    ("iPad", "ipados"),
    ("Windows", "windows"),
    ("CrOS", "chromeos"),
    ("Macintosh", "macos"),
    ("Linux", "linux"),
)
OTHER = "other"


def named(user_agent: str) -> tuple[str, str]:
    """Return the codes of browser and system; `other` for what is not known."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((code for part, code in names if part.lower() in user_agent.lower()), OTHER)
