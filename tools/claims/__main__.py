"""Run claims, store their results and write chapters/claims.md: see ``tools.claims``."""

from __future__ import annotations

import argparse
import functools
import importlib.metadata
import multiprocessing
import os
import platform
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

from tools.claims import declaration, ledger, slices
from tools.claims.declaration import Claim
from tools.claims.ledger import Result
from web import freshness, notebooks, thread_settings


def missing(item: Claim) -> list[str]:
    """Return the frameworks that a claim's chapters require and that are not installed."""
    return sorted({name for path in item.experiment.chapters for name in notebooks.missing(path)})


def versions(item: Claim) -> str:
    """Return the versions of Python and of all that the experiment imports."""
    installed = importlib.metadata.packages_distributions()
    ours = {"backprop", "tools"}
    roots = slices.distributions(item.experiment.own) | {"numpy"}
    names = {installed[root][0] for root in roots - ours if root in installed}
    texts = [f"{name} {importlib.metadata.version(name)}" for name in sorted(names, key=str.lower)]
    return ", ".join([f"Python {platform.python_version()}", *texts])


def is_of_experiment(item: Claim, result: Result | None) -> bool:
    """Tell whether a stored result is that of the present experiment, whatever the package."""
    return result is not None and result.experiment == item.experiment.digest(item.cases)


def is_current(item: Claim, result: Result | None) -> bool:
    """Tell whether a stored result is that of the present experiment and package."""
    return is_of_experiment(item, result) and result.package == item.experiment.package_digest()


def run(item: Claim, pool: ProcessPoolExecutor, shift: int = 0) -> Result:
    """Run all cases of a claim, with seeds that are larger by ``shift``."""
    place = str(item.file), item.label
    jobs = [pool.submit(declaration.run_case, *place, n, shift) for n in range(len(item.cases))]
    answers = [job.result() for job in jobs]
    outcomes = [outcome for outcome, _ in answers]
    return Result(
        summary=item.summary(outcomes),
        held=item.held(outcomes),
        total=len(outcomes),
        outcomes=outcomes,
        seconds=round(sum(seconds for _, seconds in answers), 2),
        experiment=item.experiment.digest(item.cases),
        package=item.experiment.package_digest(),
        versions=versions(item),
    )


def differences(item: Claim, old: Result | None, new: Result) -> list[str]:
    """Return the cases of the same experiment whose outcomes differ."""
    if old is None or old.experiment != new.experiment:
        return []
    pairs = zip(item.cases, old.outcomes, new.outcomes, strict=True)
    return [
        f"{item.label}: {case} gave {before}, and now gives {after}"
        for case, before, after in pairs
        if not item.same(before, after)
    ]


def processes() -> ProcessPoolExecutor:
    """Return as many processes as there are cores, each with one thread."""
    os.environ.update(thread_settings())  # before the processes import NumPy
    context = multiprocessing.get_context("spawn")
    deaf = (signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for this process, which then ends them
    return ProcessPoolExecutor(os.cpu_count(), context, signal.signal, deaf)


def urgent_first(items: list[Claim], results: dict[str, Result]) -> list[Claim]:
    """Return claims in the order in which they are run: first those whose result tests refuse.

    The others have a result of the same experiment with another package.
    """
    return sorted(items, key=lambda item: is_of_experiment(item, results.get(item.label)))


def outlook(items: list[Claim], results: dict[str, Result]) -> str:
    """Return in words which claims will be run, and about how long they took the last time."""
    known = [results[item.label] for item in items if item.label in results]
    old = sum(is_of_experiment(item, results.get(item.label)) for item in items)
    minutes = sum(result.seconds for result in known) / 60 / (os.cpu_count() or 1)
    return (
        f"{len(items)} claims: {len(items) - old} new or changed, then {old} run with another "
        f"package; about {max(1, round(minutes))} min. Each result is stored at once."
    )


def run_all(items: list[Claim], results: dict[str, Result], keep: Callable[[], None]) -> list[str]:
    """Run claims, put their results among the others; return the outcomes that differ.

    After each claim, ``keep`` stores the results: somebody may stop before the end.
    """
    lines = []
    with processes() as pool:
        try:
            for item in items:
                start = time.perf_counter()
                new = run(item, pool)
                lines += differences(item, results.get(item.label), new)
                results[item.label] = new
                keep()
                spent = time.perf_counter() - start
                print(f"{spent:7.1f} s  {item.label}: {new.summary}", flush=True)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    return lines


def run_elsewhere(items: list[Claim], shift: int) -> int:
    """Run claims with other seeds, and store nothing; return how many do not hold there."""
    failures = 0
    with processes() as pool:
        for item in items:
            if any(declaration.elsewhere(case, shift) != case for case in item.cases):
                result = run(item, pool, shift)
                fails = not item.is_met(result.outcomes)
                failures += fails
                print(
                    f"{'FAILS' if fails else 'holds'}  {item.label}: {result.summary}", flush=True
                )
    return failures


def store(declarations: dict[str, Claim], results: dict[str, Result]) -> dict[str, Result]:
    """Store the results of all claims that are declared; return them."""
    results = {label: result for label, result in results.items() if label in declarations}
    ledger.write_results({k: (ledger.chapter_of(declarations[k]), r) for k, r in results.items()})
    return results


def save(declarations: dict[str, Claim], results: dict[str, Result]) -> list[str]:
    """Store the results and write the page; return the problems of the ledger."""
    results = store(declarations, results)
    in_text = ledger.marks_in_text()
    freshness.write(ledger.PAGE, ledger.page(in_text, declarations, results))
    return ledger.problems(in_text, declarations, results)


def main(arguments: list[str] | None = None) -> int:
    """Run claims and write their ledger; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labels", nargs="*", help="claims that are run, stale or not")
    parser.add_argument("--all", action="store_true", help="run all, compare with what is stored")
    parser.add_argument("--page", action="store_true", help="run none, write the page anew")
    parser.add_argument("--shift", type=int, help="run with seeds larger by this, store nothing")
    options = parser.parse_args(arguments)
    declarations, results = declaration.all_claims(), ledger.read_results()
    unknown = sorted(set(options.labels) - set(declarations))
    if unknown:
        raise SystemExit(f"no test declares {', '.join(unknown)}")
    wanted = [declarations[label] for label in options.labels]
    if options.shift:
        able = [item for item in wanted or declarations.values() if not missing(item)]
        return 1 if run_elsewhere(able, options.shift) else 0
    if not options.labels and not options.page:
        items = declarations.values()
        wanted = [i for i in items if options.all or not is_current(i, results.get(i.label))]
    able = urgent_first([item for item in wanted if not missing(item)], results)
    for item in wanted:
        if item not in able:
            print(f"{item.label} is not run: {' and '.join(missing(item))} not installed")
    start = time.perf_counter()
    if len(able) > 1:
        print(outlook(able, results), flush=True)
    try:
        keep = functools.partial(store, declarations, results)
        different = run_all(able, results, keep) if able else []
    except KeyboardInterrupt:
        save(declarations, results)
        raise SystemExit("stopped: what was run is stored; make claims runs the rest") from None
    lines = save(declarations, results)
    print("\n".join(different + lines), end="\n" * bool(different + lines))
    print(f"{len(able)} of {len(declarations)} claims run in {time.perf_counter() - start:.0f} s")
    return 1 if lines or (options.all and different) else 0


if __name__ == "__main__":
    sys.exit(main())
