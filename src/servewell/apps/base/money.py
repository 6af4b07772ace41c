"""How is money kept? As whole minor units of one currency; fractions are rounded half to even."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

# ISO 4217 currencies whose minor unit is not a hundredth.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount."""

    amount: int  # minor units, e.g. fen
    currency: str  # ISO 4217, upper case

    @classmethod
    def of(cls, major: Decimal | int | str, currency: str) -> "Money":
        """Return `major` units (e.g. yuan) as Money, rounded half to even to the minor unit."""
        scaled = Decimal(major).scaleb(_DIGITS.get(currency, 2))
        return cls(int(scaled.to_integral_value(ROUND_HALF_EVEN)), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def times(self, factor: Decimal | int) -> "Money":
        """Return this amount times `factor`, rounded half to even to the minor unit."""
        product = (Decimal(self.amount) * Decimal(factor)).to_integral_value(ROUND_HALF_EVEN)
        return Money(int(product), self.currency)

    def as_json(self) -> dict[str, int | str]:
        """Return the form of the API: `{"amount": minor units, "currency": code}`."""
        return {"amount": self.amount, "currency": self.currency}

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.amount
