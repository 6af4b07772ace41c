"""Which conversations speak of this? The best first, by BM25; those that have all words before any that has most."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from servewell.apps.base import cursors
from servewell.apps.base.principal import Principal
from servewell.apps.conversations.inbox.filters import Filters
from servewell.apps.conversations.inbox.parts import Values
from servewell.apps.conversations.search import asked, candidates, figures, finds, keys
from servewell.apps.conversations.search.candidates import Candidate, Looked, Search
from servewell.apps.conversations.search.errors import SearchTooLong
from servewell.apps.conversations.search.figures import Figures
from servewell.apps.conversations.search.finds import Hit
from servewell.apps.people import permissions
from servewell.engines import text
from servewell.engines.text import bm25

PAGE = 20
LONGEST = 1_000  # characters that are looked for
SHOWN_TOTAL = 99  # more are not counted
_RAREST = 8  # words of which a conversation must have one, when none has all
_DIGITS = 6  # of a score, so that it is the same on the next page


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the conversations that were found."""

    items: list[Hit]  # the best first
    next: str | None  # cursor of what follows; None at the end
    total: int  # how many were found, at most SHOWN_TOTAL
    more: bool  # there are more than that
    match: str  # all: each has all words | most: none has all, these have most | none
    hints: tuple[str, ...]  # codes of what a person should know about this result


@dataclass(frozen=True, slots=True)
class _Ranked:
    rank: tuple[int, float, int]  # words it has, as far as that matters; score; number
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class _Shown:
    """What of the ranked ones stands on a page."""

    items: list[_Ranked]
    confirmed: int  # how many there are, as far as was looked
    last: tuple[int, float, int] | None  # rank after which the next page begins; None: this is the last
    stopped: bool = False  # not all were compared with the phrases
    is_whole: bool = True  # all that was written there was read


@dataclass(frozen=True, slots=True)
class _Place:
    """What the following page must know to go on where this one ends."""

    match: str
    figures: Figures
    after: tuple[int, float, int] | None  # rank of the last one shown; None: the first page

    def encoded(self, after: tuple[int, float, int], of: str) -> str:
        known = self.figures
        return cursors.encode(
            (self.match, known.documents, known.mean_length, known.newest, known.share, *after, *known.having), of
        )

    @classmethod
    def decoded(cls, cursor: str, of: str) -> "_Place":
        match, documents, mean_length, newest, share, matched, score, number, *having = cursors.decode(cursor, of)
        return cls(match, Figures(documents, mean_length, newest, tuple(having), share), (matched, score, number))


def search(
    principal: Principal,
    words: str,
    filters: Filters | None = None,
    cursor: str | None = None,
    *,
    notes: bool = False,
    limit: int = PAGE,
) -> Page:
    """Return the best conversations that `principal` may read; NotAllowed, SearchTooLong, BadCursor.

    `notes`: the words must stand in private notes. A cursor is of the same words and filters; what is written between
    two pages moves nothing on the following ones.
    """
    permissions.demand(principal, "conversations.read")
    if len(words) > LONGEST:
        raise SearchTooLong(most=LONGEST, characters=len(words))
    filters = filters or Filters()
    query = text.parse(words)
    if not query.terms:
        return Page([], None, 0, more=False, match="none", hints=("nothing-to-look-for",))
    of = _name(query, filters, notes=notes)
    words_ = tuple(map(keys.of_note if notes else keys.of_word, query.terms))
    wanted = _Wanted(principal, query, filters, words_, asked.within(principal, filters))
    place = _Place.decoded(cursor, of) if cursor else _Place("all", figures.of(words_, wanted.groups), None)
    return _page(wanted, place, of, limit)


@dataclass(frozen=True, slots=True)
class _Wanted:
    principal: Principal
    query: text.Query
    filters: Filters
    words: tuple[int, ...]  # keys
    groups: tuple[tuple[int, ...], ...]  # keys of which each conversation has one

    def all_of(self, known: Figures) -> Search:
        """Ask for what has every word."""
        return self._search(known, all_=self.words, about=min(known.having))

    def most_of(self, known: Figures) -> Search:
        """Ask for what has at least one of the rarest words."""
        rarest = sorted(zip(known.having, self.words, strict=True))[:_RAREST]
        return self._search(known, any_=tuple(key for _, key in rarest), about=sum(having for having, _ in rarest))

    def _search(
        self, known: Figures, *, about: float, all_: tuple[int, ...] = (), any_: tuple[int, ...] = ()
    ) -> Search:
        values = Values()
        conditions = asked.conditions(self.principal, self.filters, values)
        within = tuple(f"d.terms && {values.put(group, 'bigint[]')}" for group in self.groups)
        return Search(self.words, all_, any_, conditions, within, values, known.newest, about * known.share)


def _page(wanted: _Wanted, place: _Place, of: str, limit: int) -> Page:
    looked, place = _looked(wanted, place)
    ranked = _ranked(looked.candidates, place)
    reading = finds.Reading()
    left = [one for one in ranked if place.after is None or one.rank < place.after]
    shown = _confirmed(wanted, left, limit, reading)
    told = finds.hits(
        wanted.principal, [one.candidate.conversation_id for one in shown.items], wanted.query.terms, reading
    )
    total = len(ranked) if not wanted.query.phrases else shown.confirmed
    return Page(
        told.items,
        place.encoded(shown.last, of) if shown.last else None,
        min(total, SHOWN_TOTAL),
        more=total > SHOWN_TOTAL or looked.partial or shown.stopped,
        match=place.match if ranked else "none",
        hints=_hints(wanted.query, place, looked, ranked, is_whole=told.is_whole and shown.is_whole),
    )


def _looked(wanted: _Wanted, place: _Place) -> tuple[Looked, _Place]:
    """Look for what has all words; where nothing has, for what has most."""
    known = place.figures
    if place.match == "all":
        looked = candidates.look(wanted.all_of(known), known)
        if looked.candidates or looked.partial or len(wanted.words) == 1:
            return looked, place
    return candidates.look(wanted.most_of(known), known), _Place("most", known, place.after)


def _ranked(found: Sequence[Candidate], place: _Place) -> list[_Ranked]:
    """Return what counts, best first."""
    worth = place.figures.worth()
    least = math.ceil(len(worth) / 2)
    ranked = []
    for one in found:
        having = sum(count > 0 for count in one.counts)
        if having >= least:
            score = bm25.score(one.counts, worth, one.length, place.figures.mean_length)
            ranked.append(_Ranked((having if place.match == "most" else 0, round(score, _DIGITS), one.number), one))
    return sorted(ranked, key=lambda one: one.rank, reverse=True)


def _confirmed(wanted: _Wanted, ranked: list[_Ranked], limit: int, reading: finds.Reading) -> _Shown:
    """Return what is shown: with phrases, of those that have them, as far as may be read at once."""
    if not wanted.query.phrases:
        some = ranked[:limit]
        return _Shown(some, len(ranked), some[-1].rank if len(ranked) > limit else None)
    ids = [one.candidate.conversation_id for one in ranked]
    compared = finds.with_phrases(ids, wanted.query.phrases, SHOWN_TOTAL + 1, reading)
    kept = [one for one in ranked if one.candidate.conversation_id in compared.having]
    stopped = compared.looked < len(ranked)
    last = kept[limit - 1].rank if len(kept) > limit else ranked[compared.looked - 1].rank if stopped else None
    return _Shown(kept[:limit], len(kept), last, stopped=stopped, is_whole=compared.is_whole)


def _hints(
    query: text.Query, place: _Place, looked: Looked, ranked: list[_Ranked], *, is_whole: bool
) -> tuple[str, ...]:
    said = (
        ("words-left-out", query.cut),
        ("nothing-found", not ranked and not looked.partial),
        ("most-words", place.match == "most" and bool(ranked)),
        ("only-newest", looked.partial),
        ("not-all-read", not is_whole),
    )
    return tuple(code for code, applies in said if applies)


def _name(query: text.Query, filters: Filters, *, notes: bool) -> str:
    """Return the name of the list that a cursor belongs to."""
    told: tuple[Any, ...] = (query.terms, query.phrases, filters.model_dump_json(exclude_defaults=True), notes)
    return f"conversations.search.{blake2b(repr(told).encode('utf-8', 'surrogatepass'), digest_size=12).hexdigest()}"
