"""What is wanted of a list? As addresses and saved views carry it; all conditions must hold."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints

MOST = 50  # values of one kind
LONGEST = 10 * 366 * 86400.0  # seconds of a span
Statuses = Literal["open", "waiting_us", "waiting_customer", "solved", "closed"]
Priorities = Literal["low", "normal", "high", "urgent"]
Channels = Literal["chat", "email", "api", "phone", "sms", "social", "wechat", "wecom"]
_Word = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
_Pair = Annotated[str, StringConstraints(max_length=300, pattern=r"^[A-Za-z0-9_-]{1,40}:[^\x00]*$")]
_Seconds = Annotated[float, Field(ge=0, le=LONGEST)]


def _some(about: str) -> Any:
    return Field(default_factory=list, max_length=MOST, description=about)


class Filters(Schema):
    """Which conversations; a list means any of its values, and an empty one everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: list[Statuses] = _some("empty: what is not solved or closed")
    priority: list[Priorities] = _some("any of these")
    team: list[UUID | Literal["mine", "none"]] = _some("`mine`: the teams of whoever looks; `none`: of no team")
    assignee: list[UUID | Literal["me", "none"]] = _some("`me`: whoever looks; `none`: nobody has it")
    channel: list[Channels] = _some("any of these")
    tag: list[UUID] = _some("has any of these tags")
    tag_all: list[UUID] = _some("has all of these tags")
    customer: UUID | None = Field(default=None, description="of this customer, and of those merged with them")
    contact_type: list[_Word] = _some("any of these")
    sentiment: list[_Word] = _some("any of these")
    language: list[_Word] = _some("any of these codes")
    due: list[Literal["ok", "soon", "breached", "paused"]] = _some("how its promise stands")
    created_from: datetime | None = Field(default=None, description="begun then or later")
    created_before: datetime | None = Field(default=None, description="begun before then")
    updated_from: datetime | None = Field(default=None, description="changed then or later")
    updated_before: datetime | None = Field(default=None, description="changed before then")
    waiting: bool | None = Field(default=None, description="the customer waits for us, or it is the customer's turn")
    waiting_over_s: _Seconds | None = Field(default=None, description="the customer waits longer, in seconds")
    solved_within_s: _Seconds | None = Field(default=None, description="solved not longer ago, in seconds")
    unread: bool | None = Field(default=None, description="with messages that whoever looks has not seen, or without")
    attachments: bool | None = Field(default=None, description="with a file, or without any")
    field: list[_Pair] = _some("`key:value`: the custom field has this value")
    following: bool = Field(default=False, description="what whoever looks follows (the newest 2,000)")
    mentioned: bool = Field(default=False, description="where a note calls on whoever looks (the newest 2,000)")
    snoozed: Literal["no", "only", "any"] = Field(default="no", description="what sleeps until a time")

    def given(self) -> dict[str, Any]:
        """Return only what differs from nothing, as JSON: what a saved view keeps."""
        return self.model_dump(mode="json", exclude_defaults=True)
