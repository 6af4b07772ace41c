"""The page about a log."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from lxml import html as lxml_html

from servewell.engines.mining import Steps, report
from servewell.engines.mining.report import words

Make = Callable[..., Steps]
LINES = ["1 open 0 ann", "1 check 5 ann", "1 check 9 bob", "1 close 100 bob", "2 open 0 ann", "2 close 500 bob"]


def test_it_works(steps_of: Make) -> None:
    """The title is the finding; figures, map, ways, rework and hand-overs stand below."""
    page = report.html(steps_of(*LINES), "shop", "en")
    assert "<title>83% of the time passes between “open” and “close”</title>" in page
    for words_ in ("2</b><span>cases", "6</b><span>events", "50%</b><span>of cases repeat a step", "2 hand-overs"):
        assert words_ in page
    assert page.count("<svg") == 1


@pytest.mark.parametrize(("language", "sentence"), [("en", "Process map"), ("zh-Hans", "流程图")])
def test_it_speaks_two_languages(steps_of: Make, language: str, sentence: str) -> None:
    """And says which."""
    page = report.html(steps_of(*LINES), "shop", language)
    assert f'<html lang="{language}">' in page
    assert sentence in page
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_nothing_comes_from_outside(steps_of: Make) -> None:
    """No script, no link, no picture, no font; the policy forbids them."""
    page = report.html(steps_of(*LINES), "shop", "en")
    assert not re.search(r"<script|<link|<img|<iframe|url\((?!#)|@import|\son\w+=|https?://", page)
    assert "default-src 'none'" in page


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


def test_texts_of_the_log_are_escaped(steps_of: Make) -> None:
    """Names of activities, people and the log are text, whatever they look like."""
    nasty = "<script>alert('1')</script>\"&"
    page = report.html(steps_of(f"1 {nasty} 0 {nasty}", f"1 {nasty} 5 x", "1 b 9 y"), nasty, "en")
    tags = _Tags()
    tags.feed(page)
    assert "script" not in tags.seen
    assert nasty in lxml_html.fromstring(page).text_content()


def test_braces_in_names_are_no_places(steps_of: Make) -> None:
    """A log may call an activity `{share}`."""
    assert "“{share}”" in report.html(steps_of("1 {share} 0", "1 b 9"), "{0}", "en")


def test_names_for_people(steps_of: Make) -> None:
    """The journal's activities are shown by their names."""
    page = report.html(steps_of(*LINES), "shop", "en", label=str.title)
    assert "between “Open” and “Close”" in page


@pytest.mark.parametrize("lines", [["1 a 0"], ["1 a 0", "1 a 0"], ["1 a 0", "2 a 5"], ["1 a 0", "1 b 0", "2 b 0"]])
def test_logs_in_which_little_happens(steps_of: Make, lines: list[str]) -> None:
    """One event, no time, no resources: still a page, and no division by nothing."""
    assert "</html>" in report.html(steps_of(*lines), "x", "en")


def test_a_log_of_many_activities_shows_the_main_ones(steps_of: Make) -> None:
    """A page is no place for hundreds of boxes."""
    page = report.html(steps_of(*(f"1 a{n:03} {n}" for n in range(300))), "x", "en")
    assert page.count('<g class="step') == 24
    assert "24 most important of 300 activities" in page


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (0.25, "0.2 s"),
        (42, "42 s"),
        (89, "89 s"),
        (91, "1.5 min"),
        (5_400, "1.5 h"),
        (864_000, "10.0 days"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    """In the largest unit that leaves at least 1.5 of it."""
    assert words.duration(seconds, words.saying("en")) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0.0%"), (0.0004, "<0.1%"), (0.042, "4.2%"), (0.0996, "10%"), (1, "100%")]
)
def test_shares(share: float, said: str) -> None:
    """Never nothing for what exists."""
    assert words.percent(share) == said


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("open", ["open"]),
        ("Take in charge ticket", ["Take in charge", "ticket"]),
        ("核对客户身份并确认联系方式是否有效再转交", ["核对客户身份并确认", "联系方式是否有…"]),
        ("x" * 60, ["xxxxxxxxxxxxxx…"]),
    ],
)
def test_labels_are_broken_where_they_may(label: str, lines: list[str]) -> None:
    """Latin between words, Chinese anywhere; what does not fit ends in an ellipsis."""
    found = words.wrapped(label, 112, 12.5)
    assert len(found) <= 2
    assert all(words.width(line, 12.5) <= 112 for line in found)
    assert "".join(found).replace(" ", "")[:8] == label.replace(" ", "")[:8] == "".join(lines).replace(" ", "")[:8]
