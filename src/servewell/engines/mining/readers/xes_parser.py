"""Turns the text of an XES log into events, block by block, with expat's callbacks and as little Python as can be."""

from typing import Any
from xml.parsers import expat

from servewell.engines.mining.columns import Columns
from servewell.engines.mining.errors import MiningError

Event = tuple[int | str | None, ...]
"""(line it starts on, negative if outside any trace; the case; the cells named by Parser.keys)"""
TRACE = "case:"  # before the name of an attribute of the trace
_SEEN_EVENTS = 1_000  # events whose attributes are remembered for a sentence about missing ones


class Parser:
    """Feed it bytes, take events. A trace's events come when it ends, for its name may stand behind them."""

    def __init__(self, file_name: str, columns: Columns) -> None:
        self.file_name = file_name
        self.case = columns.case.removeprefix(TRACE)
        resource = () if columns.resource is None else (columns.resource,)
        self.keys = tuple(dict.fromkeys((*columns.activity, columns.time, *resource, *columns.extra)))
        self.seen: set[str] = set()  # keys of events met so far
        self.found: set[str] = set()  # those that were wanted and met, the trace's with `case:`
        self.events = 0
        self._done: list[Event] = []
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.EntityDeclHandler = self._refuse_entities
        self._listen()

    def feed(self, block: bytes) -> list[Event]:
        """Return the events that this block completed."""
        self._expat.Parse(block, False)
        return self._taken()

    def close(self) -> list[Event]:
        """Return the last events; a text that breaks off raises ExpatError."""
        self._expat.Parse(b"", True)
        return self._taken()

    def _taken(self) -> list[Event]:
        done, self._done = self._done, []
        return done

    def _refuse_entities(self, *_declared: Any) -> None:
        raise MiningError("forbidden-xml", path=self.file_name)

    def _listen(self) -> None:
        """Set the callbacks: closures over plain locals, because they run several times per event."""
        wanted = {key for key in self.keys if not key.startswith(TRACE)} | {self.case}
        of_trace = {key.removeprefix(TRACE) for key in self.keys if key.startswith(TRACE)} | {self.case}
        seen, found = self.seen, self.found
        depth = level = line = 0
        prefix = ""
        event: dict[str, str] | None = None
        trace: dict[str, str] | None = None
        held: list[tuple[int, dict[str, str]]] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth, level, line, prefix, event, trace
            depth += 1
            if event is not None:
                if depth == level:
                    key = attributes.get("key", "")
                    if key in wanted:
                        event[key] = attributes.get("value", "")
                    if self.events < _SEEN_EVENTS:
                        seen.add(key)
            elif depth == 1:
                prefix = _prefix(name)
                if name != prefix + "log":
                    raise MiningError("not-xes", path=self.file_name, root=name[:80])
            elif name == prefix + "event" and (depth == 2 or (depth == 3 and trace is not None)):
                event, level, line = {}, depth + 1, self._expat.CurrentLineNumber
            elif trace is not None:
                if depth == 3 and attributes.get("key") in of_trace:
                    trace[attributes["key"]] = attributes.get("value", "")
            elif depth == 2 and name == prefix + "trace":
                trace = {}

        def end(_name: str) -> None:
            nonlocal depth, event, trace
            depth -= 1
            if event is not None:
                if depth == level - 2:
                    self.events += 1
                    if not found.issuperset(event):
                        found.update(event)
                    if trace is None:
                        self._done.append(self._told(-line, event, {}))
                    else:
                        held.append((line, event))
                    event = None
            elif depth == 1 and trace is not None:
                found.update(TRACE + key for key in trace)
                for at, one in held:
                    self._done.append(self._told(at, one, trace))
                held.clear()
                trace = None

        self._expat.StartElementHandler = start
        self._expat.EndElementHandler = end

    def _told(self, line: int, event: dict[str, str], trace: dict[str, str]) -> Event:
        case = trace.get(self.case, event.get(self.case) if self.case not in self.keys else None)
        cells = [trace.get(key.removeprefix(TRACE)) if key.startswith(TRACE) else event.get(key) for key in self.keys]
        return (line, case, *cells)


def _prefix(root: str) -> str:
    space, colon, _name = root.rpartition(":")
    return space + colon
