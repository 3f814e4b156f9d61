"""Write editions of the book, and mark what a class hands in.

python -m tools.editions handout [--branch BRANCH]   chapters without solutions, committed there
python -m tools.editions autograder [EXERCISE …]     assignments for nbgrader and otter-grader
python -m tools.editions links HUB [--branch BRANCH]   links to the handout for a JupyterHub
python -m tools.editions student ENGINE ASSIGNMENT   the student's version, by the grader
python -m tools.editions mark ENGINE ASSIGNMENT SUBMISSION …   marks in a CSV file
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from web import ROOT

from . import autograder, handout, links
from .marking import Marker, mark_all


def arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("handout").add_argument("--branch", help="commit it to this branch")
    command = commands.add_parser("links")
    command.add_argument("hub", help="address of the hub, such as https://hub.example.org")
    command.add_argument("--branch", default="handout", help="the branch with the handout")
    commands.add_parser("autograder").add_argument("exercises", nargs="*")
    for name in ("student", "mark"):
        command = commands.add_parser(name)
        command.add_argument("engine", choices=["nbgrader", "otter"])
        command.add_argument("assignment")
        command.add_argument("--graders", type=Path, default=ROOT / "_build" / "graders")
    command.add_argument("submissions", nargs="+", type=Path)
    command.add_argument("--limit", type=float, default=300, help="seconds for a submission")
    command.add_argument("--workers", type=int, default=os.cpu_count())
    command.add_argument("--output", type=Path, default=Path("marks.csv"))
    command.add_argument("--unprotected", action="store_true", help="without bubblewrap")
    return parser.parse_args()


def main() -> int:
    """Do what the command line says; return the exit status."""
    options = arguments()
    if options.command in ("handout", "autograder"):
        folder = ROOT / "_build" / options.command
        if options.command == "handout":
            written = [path.name for path in handout.write(folder)]
        else:
            written = autograder.write(folder, options.exercises)
        print(f"{folder.relative_to(ROOT)}: {', '.join(written)}")
        if branch := getattr(options, "branch", None):
            new = handout.commit(folder, branch)
            print(f"{branch}: {'committed; push it' if new else 'nothing has changed'}")
        return 0
    if options.command == "links":
        try:
            print("\n".join(links.handout_links(options.hub, options.branch)))
        except ValueError as error:
            raise SystemExit(str(error)) from None
        return 0
    if options.command == "student":
        print(
            Marker(options.engine, options.assignment, options.graders, protected=False).prepare()
        )
        return 0
    start = time.perf_counter()
    marker = Marker(
        options.engine, options.assignment, options.graders, limit=options.limit,
        protected=not options.unprotected,
    )  # fmt: skip
    count = mark_all(marker, options.submissions, options.output, options.workers)
    print(f"{count} submissions in {time.perf_counter() - start:.0f} s: {options.output}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
