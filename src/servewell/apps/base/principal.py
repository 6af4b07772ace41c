"""Who acts? Every verb is told, and the journal writes it down."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """The one on whose behalf something is done."""

    kind: str  # agent | customer | bot | system | key (an API key)
    id: UUID | None  # None only for the system itself
    role: str | None = None  # agent | lead | manager | administrator | auditor
    teams: frozenset[UUID] = field(default_factory=frozenset)
    language: str = "zh-Hans"
    scopes: frozenset[str] | None = None  # None: not limited (a person); else what an API key may do


SYSTEM = Principal(kind="system", id=None)
