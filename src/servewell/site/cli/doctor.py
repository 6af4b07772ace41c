"""Check the installation and say what to do."""

import argparse

from servewell.site.cli import installation, talk


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the address to look at."""
    installation.listening(parser)


def run(options: argparse.Namespace) -> int:
    """Print each finding; 1 if something is wrong."""
    from servewell.site import checkup

    marks = {checkup.GOOD: "✓", checkup.NOTE: "·", checkup.BAD: "✗"}
    findings = []
    for finding in checkup.examine(options.host, options.port):
        error = finding.error
        sentence = error.sentence(talk.language()) if error else talk.text(finding.key(), **finding.values)
        findings.append({"check": finding.name, "state": finding.state, "sentence": sentence, **finding.values})
        if not options.json:
            talk.out(f"{marks[finding.state]} {sentence}")
    bad = sum(finding["state"] == checkup.BAD for finding in findings)
    verdict = talk.text("site.doctor.bad" if bad else "site.doctor.well", count=bad)
    talk.emit(options, {"well": not bad, "checks": findings}, f"\n{verdict}")
    return 1 if bad else 0
