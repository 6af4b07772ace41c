"""How far is an import?"""

from servewell.apps.insight.course import Course


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_works() -> None:
    """Half the file read in 3 s: three tenths of all, 7 s to go."""
    clock = Clock()
    course = Course(clock)
    clock.now += 3.0
    course.read(500, 1000)
    assert course.report() == {"stage": "reading", "done": 0.3, "eta_s": 7.0}


def test_at_the_very_beginning_there_is_no_estimate() -> None:
    course = Course(Clock())
    course.read(1, 1000)
    assert course.report()["eta_s"] is None


def test_while_sorting_the_time_passes_as_it_was_foreseen() -> None:
    clock = Clock()
    course = Course(clock)
    course.read(1000, 1000)
    clock.now += 6.0
    course.enter("sorting")
    clock.now += 2.0
    assert course.report() == {"stage": "sorting", "done": 0.8, "eta_s": 2.0}


def test_a_stage_that_takes_longer_than_foreseen_never_claims_to_be_done() -> None:
    clock = Clock()
    course = Course(clock)
    clock.now += 6.0
    course.enter("sorting")
    clock.now += 60.0
    assert course.report() == {"stage": "sorting", "done": 0.89, "eta_s": 0.0}


def test_progress_never_goes_back() -> None:
    clock = Clock()
    course = Course(clock)
    clock.now += 6.0
    course.enter("sorting")
    clock.now += 3.9
    before = float(course.report()["done"] or 0)
    course.enter("writing")
    assert float(course.report()["done"] or 0) >= before


def test_a_file_of_unknown_length_is_no_error() -> None:
    course = Course(Clock())
    course.read(0, 0)
    assert course.report()["done"] == 0.0
