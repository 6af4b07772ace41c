"""Sets the figures as one page of HTML that needs nothing else: no script, no font, no picture from outside."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from servewell.engines.mining.report.drawing import heat, map_svg
from servewell.engines.mining.report.figures import Figures
from servewell.engines.mining.report.words import Say, duration, number, percent

SHOWN_EDGES, SHOWN_REWORK, SHOWN_STEPS = 10, 8, 14
_STYLE = Path(__file__).with_name("report.css")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(figures: Figures, language: str, say: Say) -> str:
    """Return the page."""
    title = finding(figures, say)
    parts = [_header(figures, title, say), _key(figures, say)]
    if figures.events:
        parts += [_map(figures, say), _slow(figures, say), _ways(figures, say)]
        parts.append(f'<div class="two">{_rework(figures, say)}{_handovers(figures, say)}</div>')
    parts.append(f"<footer>{say('footer')}</footer>")
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def finding(figures: Figures, say: Say) -> str:
    """Return the one sentence that the log says loudest: where most of the time passes."""
    if not figures.events:
        return say("finding.none")
    slowest = next(iter(figures.slowest), None)
    if slowest is None or not figures.passed_s:
        return say("finding.flat", cases=number(figures.cases))
    share = percent(slowest.times.sum / figures.passed_s)
    names = {"source": figures.label(slowest.source), "target": figures.label(slowest.target)}
    return say("finding.self" if slowest.source == slowest.target else "finding", share=share, **names)


def _header(figures: Figures, title: str, say: Say) -> str:
    span = ""
    if figures.first and figures.last:
        span = say("span", first=f"{figures.first:%Y-%m-%d}", last=f"{figures.last:%Y-%m-%d}")
    return f"<header><p>{escape(figures.name)}</p><h1>{title}</h1><p>{span}</p></header>"


def _key(figures: Figures, say: Say) -> str:
    again = percent(figures.repeating / figures.cases) if figures.cases else "–"
    cards = [
        (number(figures.cases), "key.cases"),
        (number(figures.events), "key.events"),
        (duration(figures.durations.median, say), "key.median"),
        (duration(figures.durations.p90, say), "key.p90"),
        (number(figures.variants.total), "key.variants"),
        (again, "key.again"),
    ]
    inside = "".join(f"<div><b>{value}</b><span>{say(key)}</span></div>" for value, key in cards)
    return f'<section class="key">{inside}</section>'


def _map(figures: Figures, say: Say) -> str:
    svg, steps, edges = map_svg(figures, say)
    shown = say(
        "map.shown",
        steps=number(steps),
        all_steps=number(len(figures.map.nodes)),
        edges=number(edges),
        all_edges=number(len(figures.map.edges)),
    )
    heats = "".join(f'<i class="h{n}"></i>' for n in range(1, 6))
    legend = (
        f"<span>{heats} {say('legend.heat')}</span><span>{say('legend.width')}</span><span>{say('legend.back')}</span>"
    )
    return (
        f'<section><h2>{say("map")}</h2><p class="lead">{shown}</p><div class="scroll">{svg}</div>'
        f'<p class="legend">{legend}</p></section>'
    )


def _slow(figures: Figures, say: Say) -> str:
    slowest = figures.slowest[:SHOWN_EDGES]
    whole = figures.passed_s
    if not slowest or not whole:
        return ""
    rows = [
        (
            _named("name", f"{_label(figures, edge.source)}<span class='arrow'>→</span>{_label(figures, edge.target)}"),
            _bar(edge.times.sum / slowest[0].times.sum, f"heat{heat(edge.times.sum / whole)}"),
            _right(percent(edge.times.sum / whole)),
            _right(duration(edge.times.sum, say)),
            _right(number(edge.n)),
            _right(duration(edge.times.median, say)),
            _right(duration(edge.times.p90, say)),
        )
        for edge in slowest
    ]
    share = percent(sum(edge.times.sum for edge in slowest[:3]) / whole)
    heads = ("col.edge", "", "col.share", "col.sum", "col.n", "col.median", "col.p90")
    title = say("slow.title", share=share, n=min(3, len(slowest)))
    return _section(title, say("slow.lead", sum=duration(whole, say)), _table(heads, rows, 2, say))


def _ways(figures: Figures, say: Say) -> str:
    items = figures.variants.items
    whole = figures.variants.cases
    rows, covered = [], 0
    for way in items:
        covered += way.cases
        rows.append(
            (
                _named("", _way(figures, way.steps, say)),
                _right(number(way.cases)),
                _right(percent(way.cases / whole)),
                _right(percent(covered / whole)),
                _right(duration(way.median_s, say)),
            )
        )
    title = say("ways.title", n=len(items), share=percent(covered / whole))
    heads = ("col.way", "col.cases", "col.share", "col.covered", "col.median")
    return _section(title, say("ways.lead", total=number(figures.variants.total)), _table(heads, rows, 1, say))


def _way(figures: Figures, steps: Sequence[str], say: Say) -> str:
    shown = steps if len(steps) <= SHOWN_STEPS else steps[: SHOWN_STEPS - 1]
    seen: set[str] = set()
    items = []
    for step in shown:
        again = ' class="again"' if step in seen else ""
        items.append(f'<li{again} title="{_label(figures, step)}">{_label(figures, step)}</li>')
        seen.add(step)
    if len(shown) < len(steps):
        items.append(f'<li class="more">{say("way.more", n=len(steps) - len(shown))}</li>')
    return f'<ol class="way">{"".join(items)}</ol>'


def _rework(figures: Figures, say: Say) -> str:
    again = figures.repeated[:SHOWN_REWORK]
    share = percent(figures.repeating / figures.cases)
    if not again:
        return _section(say("rework.none"), "", "")
    rows = [
        (
            _named("name", _label(figures, node.activity)),
            _bar(node.rework_extra / again[0].rework_extra, "plain"),
            _right(number(node.rework_extra)),
            _right(percent(node.rework_cases / figures.cases)),
        )
        for node in again
    ]
    heads = ("col.activity", "", "col.extra", "col.of_cases")
    return _section(say("rework.title", share=share), say("rework.lead"), _table(heads, rows, 2, say))


def _handovers(figures: Figures, say: Say) -> str:
    found = figures.handovers
    if not found.total:
        return _section(say("handovers.none"), "", "")
    rows = [
        (
            _named("name", f"{escape(one.source)}<span class='arrow'>→</span>{escape(one.target)}"),
            _bar(one.n / found.top[0].n, "plain"),
            _right(number(one.n)),
        )
        for one in found.top[:SHOWN_REWORK]
    ]
    each = f"{found.total / figures.cases:.1f}"
    title = say("handovers.title", each=each)
    lead = say("handovers.lead", total=number(found.total), pairs=number(found.pairs))
    return _section(title, lead, _table(("col.pair", "", "col.n"), rows, 2, say))


def _label(figures: Figures, activity: str) -> str:
    return escape(figures.label(activity), quote=True)


def _section(title: str, lead: str, inside: str) -> str:
    below = f'<p class="lead">{lead}</p>' if lead else ""
    return f'<section><h2>{title}</h2>{below}<div class="scroll">{inside}</div></section>'


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int, say: Say) -> str:
    """Set rows below their heads; the first `left` columns stand left, the figures right."""
    head = "".join(
        f"<th{'' if place < left else ' class=r'}>{say(key) if key else ''}</th>" for place, key in enumerate(heads)
    )
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _named(kind: str, inside: str) -> str:
    return f'<td class="{kind}">{inside}</td>'


def _right(inside: str) -> str:
    return f'<td class="r">{inside}</td>'


def _bar(share: float, kind: str) -> str:
    return f'<td class="bar"><i class="{kind}" style="width:{max(share, 0) * 100:.1f}%"></i></td>'
