"""What is this channel, to the frame?"""

from servewell.apps.channels.frame import kinds
from servewell.apps.channels.frame.kinds import Field
from servewell.apps.channels.webchat.checking import check

_ASKED = ("off", "optional", "required")
FIELDS = (
    Field("origins", "list", default=[], group="page"),
    Field("title_zh", most=60, default="", group="words"),
    Field("title_en", most=60, default="", group="words"),
    Field("greeting_zh", "lines", most=500, default="", group="words"),
    Field("greeting_en", "lines", most=500, default="", group="words"),
    Field("away_zh", "lines", most=500, default="", group="words"),
    Field("away_en", "lines", most=500, default="", group="words"),
    Field("privacy_zh", "lines", most=500, default="", group="words"),
    Field("privacy_en", "lines", most=500, default="", group="words"),
    Field("privacy_url", "url", default="", group="words"),
    Field("languages", "choice", default="both", options=("both", "zh-Hans", "en"), group="words"),
    Field("colour", "colour", default="#0f766e", group="look"),
    Field("position", "choice", default="right", options=("left", "right"), group="look"),
    Field("theme", "choice", default="auto", options=("auto", "light", "dark"), group="look"),
    Field("offset_x", "number", default=20, least=0, most=400, group="look"),
    Field("offset_y", "number", default=20, least=0, most=400, group="look"),
    Field("rings", "boolean", default=True, group="look"),
    Field("ask_name", "choice", default="off", options=_ASKED, group="form"),
    Field("ask_email", "choice", default="off", options=_ASKED, group="form"),
    Field("ask_phone", "choice", default="off", options=_ASKED, group="form"),
    Field("ask_fields", "list", default=[], group="form"),
    Field("take_when_closed", "boolean", default=True, group="hours"),
    Field("files", "boolean", default=True, group="files"),
    Field("file_megabytes", "number", default=10, least=1, most=100, group="files"),
    Field("transcript", "boolean", default=True, group="files"),
    Field("identity", "choice", default="optional", options=("none", "optional", "required"), group="identity"),
    Field("identity_secret", "secret", group="identity"),
    Field("identity_secret_before", "secret", group="identity"),
    Field("identity_source", most=80, default="", group="identity"),
)
DEFAULTS = {field.key: field.default for field in FIELDS}
CHANNEL = kinds.register(kinds.Channel(code="webchat", speaks="chat", fields=FIELDS, check=check))
