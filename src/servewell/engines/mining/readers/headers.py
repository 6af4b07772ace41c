"""Which column is what? By the name at its head, in English or Chinese, and by what stands below it."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from servewell.engines.mining.columns import Columns
from servewell.engines.mining.errors import MiningError
from servewell.engines.mining.readers import times

LISTED = 40  # columns that an error sentence names at most

_WORDS: dict[str, tuple[str, ...]] = {
    "case": (
        "case:concept:name", "case_id", "caseid", "case id", "case", "conversation_id", "conversation",
        "ticket_id", "ticket id", "ticket", "ticket number", "incident", "incident id", "sr number",
        "order_id", "trace", "trace_id", "session_id", "session", "call_id", "callid", "案例编号", "案例号",
        "案例", "工单编号", "工单号", "工单id", "工单", "会话编号", "会话id", "会话号", "会话", "单号",
        "服务单号", "订单号", "订单编号", "流程实例", "流水号", "受理编号", "受理单号", "来电编号", "通话编号",
        "业务编号", "编号",
    ),
    "activity": (
        "concept:name", "activity", "activity name", "activity_name", "event", "event name", "event_name",
        "event_type", "action", "step", "task", "status", "state", "operation", "活动名称", "活动", "步骤名称",
        "步骤", "环节名称", "环节", "节点名称", "节点", "动作", "操作类型", "操作", "事件名称", "事件类型",
        "事件", "工单状态", "处理状态", "状态", "阶段", "任务",
    ),
    "time": (
        "time:timestamp", "timestamp", "complete timestamp", "complete_timestamp", "completed_at",
        "completetime", "end time", "end_time", "end timestamp", "occurred_at", "created_at", "event time",
        "event_time", "time", "datetime", "date", "change date+time", "at", "发生时间", "完成时间", "结束时间",
        "操作时间", "处理时间", "事件时间", "时间戳", "创建时间", "变更时间", "更新时间", "时间", "日期时间",
        "日期",
    ),
    "start": (
        "start_timestamp", "start timestamp", "start time", "start_time", "started_at", "begin", "开始时间",
        "起始时间", "受理时间",
    ),
    "resource": (
        "org:resource", "resource", "agent", "agent_id", "assignee", "assignee_id", "user", "user_id", "owner",
        "operator", "handler", "performer", "employee", "actor", "actor_id", "author_id", "处理人", "处理人员",
        "坐席工号", "坐席", "座席", "客服人员", "客服", "负责人", "操作人", "操作员", "受理人", "经办人",
        "执行人", "员工", "工号", "人员",
    ),
}  # fmt: skip
"""Names of columns per part, the surest first."""


class Headers:
    """The names of the columns: blanks trimmed, nameless ones `#3`, repeated ones `name (2)`."""

    def __init__(self, raw: Sequence[str]) -> None:
        self.names: list[str] = []
        taken: set[str] = set()
        counts: dict[str, int] = {}
        for place, cell in enumerate(raw, start=1):
            name = cell.replace("\x00", "").strip().lstrip("\ufeff").strip() or f"#{place}"
            while name in taken:
                base = cell.strip() or f"#{place}"
                counts[base] = counts.get(base, 1) + 1
                name = f"{base} ({counts[base]})"
            taken.add(name)
            self.names.append(name)
        self._places = {name: place for place, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def place(self, name: str) -> int:
        """Where a column stands, from 0."""
        return self._places[name]

    def require(self, names: Sequence[str]) -> None:
        """Raise `missing-columns`, with what exists and what comes nearest, unless all are there."""
        missing = [name for name in names if name not in self._places]
        if missing:
            nearest = [match for name in missing for match in self._nearest(name)]
            raise MiningError(
                "missing-columns",
                missing=", ".join(missing),
                existing=self.listed(),
                nearest=", ".join(dict.fromkeys(nearest)) or "-",
            )

    def listed(self) -> str:
        """Name the columns for a sentence."""
        shown = [name[:60] for name in self.names[:LISTED]]
        return ", ".join(shown) + (f", … ({len(self.names)})" if len(self.names) > LISTED else "")

    def _nearest(self, name: str) -> list[str]:
        folded = {known.casefold(): known for known in self.names[:2_000]}
        return [folded[near] for near in difflib.get_close_matches(name.casefold(), folded, n=2, cutoff=0.5)]


@dataclass(frozen=True, slots=True)
class Guess:
    """The part each column seems to play; None where none does."""

    case: str | None
    activity: str | None
    time: str | None
    start: str | None
    resource: str | None

    def part_of(self, name: str) -> str | None:
        """Return `case`, `activity`, `time`, `start`, `resource` or None."""
        for part in ("case", "activity", "time", "start", "resource"):
            if getattr(self, part) == name:
                return part
        return None


def guessed(headers: Headers, sample: Sequence[Sequence[str]]) -> Guess:
    """Guess by names first, then by contents: the time is a column of times, the case one whose values come again."""
    found: dict[str, str] = {}
    time_like = {name for place, name in enumerate(headers.names[:500]) if _holds_times(place, sample)}
    for part in ("case", "activity", "time", "start", "resource"):
        taken = set(found.values())
        wants_times = part in ("time", "start")
        open_names = [name for name in headers.names[:500] if name not in taken and (name in time_like) == wants_times]
        if match := _by_name(part, open_names):
            found[part] = match
    _by_contents(found, headers, time_like, sample)
    return Guess(**{part: found.get(part) for part in ("case", "activity", "time", "start", "resource")})


def resolved(columns: Columns | None, headers: Headers, sample: Sequence[Sequence[str]]) -> Columns:
    """Return the columns as given, once they are seen to exist, or as guessed.

    Raises `missing-columns`, and `which-columns` where case, activity or time is left open.
    """
    if columns is None:
        guess = guessed(headers, sample)
        activity = (guess.activity,) if guess.activity else ()
        columns = Columns(guess.case or "", activity, guess.time or "", guess.resource)
    open_parts = [part for part in ("case", "activity", "time") if not getattr(columns, part)]
    if open_parts:
        raise MiningError("which-columns", missing=", ".join(open_parts), existing=headers.listed())
    headers.require(columns.names)
    return columns


def _by_name(part: str, names: Sequence[str]) -> str | None:
    folded = {_folded(name): name for name in reversed(names)}
    for word in _WORDS[part]:
        if match := folded.get(_folded(word)):
            return match
    for word in _WORDS[part]:  # 「工单编号（内部）」 still is a case; Latin words must stand whole
        for name in names:
            if _contains(_folded(name), _folded(word)):
                return name
    return None


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", " ", name.casefold()).strip()


def _contains(name: str, word: str) -> bool:
    if not word.isascii():
        return word in name
    return len(word) > 3 and re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", name) is not None


def _by_contents(found: dict[str, str], headers: Headers, time_like: set[str], sample: Sequence[Sequence[str]]) -> None:
    if "time" not in found:
        rest = [name for name in headers.names if name in time_like and name not in found.values()]
        if rest or "start" in found:
            found["time"] = rest[-1] if rest else found.pop("start")
    free = [name for name in headers.names[:500] if name not in found.values() and name not in time_like]
    kinds = {name: len({row[headers.place(name)] for row in sample}) for name in free}
    repeated = [name for name in free if 1 < kinds[name] < len(sample)]
    if "case" not in found and repeated:
        found["case"] = max(repeated, key=lambda name: kinds[name])
        repeated.remove(found["case"])
    if "activity" not in found and repeated:
        found["activity"] = max(repeated, key=lambda name: kinds[name] if kinds[name] <= 60 else 0)


def _holds_times(place: int, sample: Sequence[Sequence[str]]) -> bool:
    cells = [row[place] for row in sample[:50] if row[place].strip()]
    good = sum(times.written(cell) is not None for cell in cells)
    return bool(cells) and good >= len(cells) * 0.3
