"""How much do we know of a customer, and what is missing? One figure in percent, computed here for lists and details.

Each thing that may be known has a weight (setting `customers.weights`). The figure is the weight of what is known over
the weight of what could be; what has weight 0, or cannot be known here (no attribute is required), does not count.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

REACHABLE = frozenset({"email", "phone"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a family, the survivor first."""

    name: str
    language: str
    tier_chosen: bool  # somebody gave a tier other than the default
    attributes: Mapping[str, Any]
    kinds: Collection[str]  # of identities that could be read
    verified: Collection[str]  # kinds of identities that are proven
    decided: bool  # the customer said yes or no to something


@dataclass(frozen=True, slots=True)
class Demands:
    """What the house wants to know."""

    weights: Mapping[str, int]  # of options.MEASURED
    required: tuple[str, ...]  # keys of attributes


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much is known."""

    percent: int  # 0 to 100; 100 only when nothing is missing
    missing: list[str]  # codes, heaviest first; an attribute is `attribute:<key>`


def weights(entries: list[str]) -> dict[str, int]:
    """Return the setting `customers.weights` (`name=25`) as numbers."""
    return {name: int(number) for name, _, number in (entry.partition("=") for entry in entries)}


def of(facts: Facts, demands: Demands) -> Completeness:
    """Compute the figure; several required attributes share their weight evenly."""
    shares = _shares(facts, demands)
    total = sum(weight for weight, _ in shares.values())
    if total == 0:
        return Completeness(100, [])
    got = sum(weight for weight, known in shares.values() if known)
    lacking = sorted((code for code, (_, known) in shares.items() if not known), key=lambda code: -shares[code][0])
    return Completeness(100 if not lacking else min(99, int(100 * got / total + 0.5)), lacking)


def _shares(facts: Facts, demands: Demands) -> dict[str, tuple[float, bool]]:
    """Return what counts: code to weight and whether it is known."""
    known = {
        "name": bool(facts.name),
        "reachable": not REACHABLE.isdisjoint(facts.kinds),
        "verified": bool(facts.verified),
        "language": bool(facts.language),
        "tier": facts.tier_chosen,
        "consent": facts.decided,
    }
    shares = {code: (float(demands.weights.get(code, 0)), is_known) for code, is_known in known.items()}
    each = demands.weights.get("attributes", 0) / (len(demands.required) or 1)
    shares |= {f"attribute:{key}": (each, facts.attributes.get(key) is not None) for key in demands.required}
    return {code: share for code, share in shares.items() if share[0] > 0}
