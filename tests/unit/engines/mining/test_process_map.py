"""The directly-follows graph."""

from collections.abc import Callable

from servewell.engines import mining
from servewell.engines.mining import Edge, Node, Times

StepsOf = Callable[..., mining.Steps]


def test_it_works(steps_of: StepsOf) -> None:
    """Nodes and edges carry counts of steps and of cases, and times in seconds."""
    found = mining.process_map(steps_of("1 Ask 0", "1 Wait 1", "1 Ask 3", "1 Wait 4", "2 Ask 0", "2 Wait 5"))
    assert found.nodes == (
        Node("Ask", 3, 2, starts=2, ends=0, rework_cases=1, rework_extra=1, before=Times(120.0, 120.0, 120.0, 120.0)),
        Node("Wait", 3, 2, starts=0, ends=2, rework_cases=1, rework_extra=1, before=Times(420.0, 140.0, 60.0, 252.0)),
    )
    assert found.edges == (
        Edge("Ask", "Wait", 3, 2, Times(420.0, 140.0, 60.0, 252.0)),
        Edge("Wait", "Ask", 1, 1, Times(120.0, 120.0, 120.0, 120.0)),
    )


def test_what_only_begins_cases_has_no_time_before_it(steps_of: StepsOf) -> None:
    """There is nothing to wait for before the first step."""
    assert mining.process_map(steps_of("1 Ask 0")).nodes[0].before is None


def test_a_case_of_one_step_is_no_edge(steps_of: StepsOf) -> None:
    """It is a node that begins and ends."""
    found = mining.process_map(steps_of("1 Ask 0", "2 Ask 1"))
    assert found.edges == ()
    assert (found.nodes[0].starts, found.nodes[0].ends) == (2, 2)


def test_an_empty_log_has_an_empty_map(steps_of: StepsOf) -> None:
    """No nodes, no edges, no error."""
    assert mining.process_map(steps_of()) == mining.ProcessMap((), ())


def test_every_step_is_counted_once(steps_of: StepsOf) -> None:
    """Steps are starts or ends of edges: what comes in, and begins, goes out, or ends."""
    lines = [f"{n % 7} {'ABCDE'[n * n % 5]} {n * 37 % 100}" for n in range(200)]
    found = mining.process_map(steps_of(*lines))
    for node in found.nodes:
        assert node.events == node.starts + sum(edge.n for edge in found.edges if edge.target == node.activity)
        assert node.events == node.ends + sum(edge.n for edge in found.edges if edge.source == node.activity)
