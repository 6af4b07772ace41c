"""The made-up shop has exactly the faults it says it has."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean

import pytest

from servewell.site.demo import files, shop
from servewell.site.demo.shop import Shop
from servewell.site.demo.story import CLEAN, Faults
from servewell.site.demo.vocabulary import CHANNELS, ELEMENTS, GAVE_UP, OPENED, REOPENED

LAST = date(2026, 3, 31)
DAYS = 63  # enough Mondays; all ninety come in with the service test of the seeding
Row = dict[str, str]


@pytest.fixture(scope="module")
def faulty() -> Shop:
    return shop.run(7, DAYS, LAST, Faults())


@pytest.fixture(scope="module")
def clean(faulty: Shop) -> Shop:
    return shop.without(faulty, repeated_checks=False, ping_pong=False, monday_morning=False)


@pytest.fixture(scope="module")
def folder(faulty: Shop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("shop")
    files.write(faulty, where)
    return where


@pytest.fixture(scope="module")
def cases(folder: Path) -> dict[str, list[Row]]:
    return read(folder / "shop.csv")


@pytest.fixture(scope="module")
def planted(folder: Path) -> dict[str, dict[str, float]]:
    return {fault["kind"]: fault for fault in json.loads((folder / "planted.json").read_text())}


def read(path: Path) -> dict[str, list[Row]]:
    by_case: dict[str, list[Row]] = defaultdict(list)
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            by_case[row["case"]].append(row)
    return by_case


def at(row: Row, column: str = "time") -> datetime:
    return datetime.fromisoformat(row[column])


def seconds(first: datetime, second: datetime) -> float:
    return (second - first).total_seconds()


def waits(cases: dict[str, list[Row]]) -> Iterator[tuple[datetime, float]]:
    """Yield (since when somebody waited for a person while the desk was open, how many seconds), from the log alone."""
    for steps in cases.values():
        for before, step in pairwise(steps):
            if step["activity"] in ("hand_to_person", GAVE_UP):
                since = opened(at(step, "start") if step["start"] else at(before))
                yield since, max(0.0, seconds(since, at(step)))


def opened(moment: datetime) -> datetime:
    """Return the moment itself, or nine o'clock when it falls into the night."""
    morning = moment.replace(hour=9, minute=0, second=0, microsecond=0)
    return max(moment, morning) if moment.hour < 21 else morning + timedelta(days=1)


def mornings(cases: dict[str, list[Row]], *weekdays: int) -> list[float]:
    return [wait for since, wait in waits(cases) if since.weekday() in weekdays and 9 <= since.hour < 12]


def test_it_works(cases: dict[str, list[Row]]) -> None:
    """Nine weeks hold thousands of conversations whose map stays readable."""
    rows = [row for steps in cases.values() for row in steps]
    activities = {row["activity"] for row in rows}
    assert 4_500 <= len(cases) <= 6_300
    assert 40_000 <= len(rows) <= 60_000
    assert 14 <= len(activities) <= 20
    assert activities <= {*ELEMENTS, OPENED, REOPENED, GAVE_UP}
    assert {row["channel"] for row in rows} == set(CHANNELS)


def test_every_case_begins_with_the_contact_and_its_steps_follow_in_time(cases: dict[str, list[Row]]) -> None:
    for steps in cases.values():
        assert steps[0]["activity"] == OPENED
        assert all(at(one) <= at(two) for one, two in pairwise(steps))
        assert all(not row["start"] or at(row, "start") <= at(row) for row in steps)


def test_the_last_day_is_the_one_asked_for(cases: dict[str, list[Row]]) -> None:
    moments = [at(row) for steps in cases.values() for row in steps]
    assert max(moments).date() == LAST
    assert min(moments).date() == LAST - timedelta(days=DAYS - 1)


def test_a_repeated_check_is_found_from_the_log(
    cases: dict[str, list[Row]], planted: dict[str, dict[str, float]]
) -> None:
    """Every second identity check of a case counts, with the time it took."""
    found = {
        case: sum(seconds(at(check, "start"), at(check)) for check in checks[1:])
        for case, steps in cases.items()
        if len(checks := [row for row in steps if row["activity"] == "verify_identity"]) > 1
    }
    fault = planted["repeated_check"]
    assert fault["element"] == "verify_identity"
    assert len(found) == fault["cases"]
    assert fault["share_of_cases"] == pytest.approx(len(found) / len(cases))
    assert sum(found.values()) == pytest.approx(fault["seconds_lost"], rel=0.001)
    assert fault["share_of_cases"] > 0.15


def test_the_ping_pong_is_found_from_the_log(cases: dict[str, list[Row]], planted: dict[str, dict[str, float]]) -> None:
    """A refund that goes back to after-sales after finance has seen it is played back and forth."""
    lost = []
    for steps in cases.values():
        turns = [row for row in steps if row["team"] in ("after_sales", "finance")]
        decided = [n for n, row in enumerate(turns) if row["team"] == "finance"]
        if decided and len(turns) > decided[0] + 1:
            lost.append(seconds(at(turns[decided[0]]), at(turns[-1])))
    fault = planted["ping_pong"]
    assert len(lost) == fault["cases"]
    assert sum(lost) == pytest.approx(fault["seconds_lost"], rel=0.001)
    assert fault["share_of_cases"] > 0.04


def test_the_monday_morning_is_found_from_the_log(
    cases: dict[str, list[Row]], planted: dict[str, dict[str, float]]
) -> None:
    """Against the mornings from Tuesday to Friday, Mondays' customers wait as long as the file says, within a fifth."""
    mondays, usual = mornings(cases, 0), mornings(cases, 1, 2, 3, 4)
    excess = sum(mondays) - len(mondays) * mean(usual)
    fault = planted["monday_morning"]
    assert excess == pytest.approx(fault["seconds_lost"], rel=0.2)
    assert mean(mondays) > 2 * mean(usual)
    assert fault["share_of_cases"] > 0.02


def test_the_clean_shop_has_none_of_it(clean: Shop, tmp_path: Path) -> None:
    path, planted = files.write(clean, tmp_path)
    cases = read(path)
    assert json.loads(planted.read_text()) == []
    for steps in cases.values():
        done = Counter(row["activity"] for row in steps)
        assert done["verify_identity"] <= 1
        assert done["refund_approval"] <= 1
    assert mean(mornings(cases, 0)) <= mean(mornings(cases, 1, 2, 3, 4))


def test_with_and_without_faults_the_same_customers_come(faulty: Shop, clean: Shop) -> None:
    def contacts(days: Shop) -> list[object]:
        return [steps[0].plan for steps in days.cases.values()]

    assert contacts(faulty) == contacts(clean)


def test_a_fault_switched_off_alone_leaves_the_others() -> None:
    mended = shop.run(7, 14, LAST, Faults(ping_pong=False))
    assert [fault.kind for fault in files.measure(mended)] == ["repeated_check", "monday_morning"]


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        files.write(shop.run(3, 7, LAST, Faults()), tmp_path / name)
    assert (tmp_path / "one/shop.csv").read_bytes() == (tmp_path / "two/shop.csv").read_bytes()
    assert (tmp_path / "one/planted.json").read_bytes() == (tmp_path / "two/planted.json").read_bytes()


def test_another_seed_makes_other_days() -> None:
    one, two = (shop.run(seed, 7, LAST, CLEAN) for seed in (1, 2))
    assert [steps[0].plan.arrival for steps in one.cases.values()] != [
        steps[0].plan.arrival for steps in two.cases.values()
    ]


def test_arrivals_dip_at_lunch_and_peak_on_monday(faulty: Shop) -> None:
    first = faulty.first.weekday()
    by_hour, by_day = Counter[int](), Counter[int]()
    for steps in faulty.cases.values():
        moment = steps[0].plan.arrival
        by_hour[int(moment % 86_400 // 3_600)] += 1
        by_day[(int(moment // 86_400) + first) % 7] += 1
    assert by_hour[10] > 1.5 * by_hour[13]
    assert by_hour[15] > 1.3 * by_hour[13]
    assert max(by_day, key=by_day.__getitem__) == 0


def test_the_last_contacts_stay_open(faulty: Shop) -> None:
    """The log is cut where its last day ends: some cases of the last day are neither closed nor given up."""
    last = [steps for steps in faulty.cases.values() if steps[0].plan.arrival > (DAYS - 1) * 86_400]
    ends = {"survey_and_close", GAVE_UP}
    assert any(not ends & {step.activity for step in steps if step.end is not None} for steps in last)
