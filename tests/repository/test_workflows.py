"""The workflows of public CI: of the right form, safe, and in step with the repository."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tools import environment
from web import build
from web.lite.build import LIST as LITE_LIST
from web.live import fetch

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}
JOBS = {
    f"{name}: {job}": content
    for name, text in TEXTS.items()
    for job, content in yaml.safe_load(text)["jobs"].items()
}
STEPS = [(job, step) for job, content in JOBS.items() for step in content.get("steps", ())]
PUBLISHED = (
    "github.event_name == 'push' && github.ref_name == github.event.repository.default_branch"
)

RUNTIME = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip()


def run(program, *arguments):
    """Run a program of the environment; return its exit status and its output."""
    command = [str(Path(sys.executable).parent / program), *arguments]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return process.returncode, process.stdout + process.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_form_of_a_workflow(path):
    status, output = run(
        "check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path)
    )
    assert status == 0, output


def test_form_of_dependabot():
    status, output = run(
        "check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"
    )
    assert status == 0, output


def test_security_audit():
    status, output = run("zizmor", "--offline", "--no-progress", ".github")
    assert status == 0, output


def test_the_audit_would_notice_an_action_that_is_not_pinned(tmp_path):
    text = re.sub(r"(actions/checkout)@\w+ # \S+", r"\1@v4", TEXTS["test.yml"])
    (tmp_path / "test.yml").write_text(text, encoding="utf-8")
    status, output = run("zizmor", "--offline", "--no-progress", str(tmp_path / "test.yml"))
    assert status != 0
    assert "unpinned-uses" in output


def test_actions_are_pinned_by_commit_in_one_version():
    actions = [
        m for text in TEXTS.values() for m in re.findall(r"uses: (\S+)@(\S+) # (v\S+)", text)
    ]
    assert len(actions) == sum(text.count("uses: ") for text in TEXTS.values())
    assert all(re.fullmatch(r"[0-9a-f]{40}", commit) for _, commit, _ in actions)
    commits = {}
    for action, commit, version in actions:
        assert commits.setdefault(action, (commit, version)) == (commit, version), action


def test_no_more_permissions_than_needed():
    for name, text in TEXTS.items():
        workflow = yaml.safe_load(text)
        assert workflow["permissions"] == {}, name
        for job, content in workflow["jobs"].items():
            allowed = content["permissions"]
            expected = {"pages": "write", "id-token": "write"} if job == "publish" else {}
            assert {k: v for k, v in allowed.items() if v == "write"} == expected, (name, job)


def test_every_job_ends_before_anybody_waits_for_a_day():
    hours = {job: content["timeout-minutes"] / 60 for job, content in JOBS.items()}
    assert {job: time for job, time in hours.items() if not 1 / 6 <= time <= 2} == {}


def test_when_workflows_run():
    when = {name: yaml.safe_load(text)[True] for name, text in TEXTS.items()}  # "on" is a truth
    assert when["test.yml"].keys() == {"push", "pull_request", "workflow_dispatch"}
    assert when["weekly.yml"].keys() == {"schedule", "workflow_dispatch"}
    (plan,) = when["weekly.yml"]["schedule"]
    assert re.fullmatch(r"[1-5]?\d (1?\d|2[0-3]) \* \* [0-6]", plan["cron"]), "once a week"


def test_only_a_push_to_the_main_branch_is_published():
    (publish,) = (content for job, content in JOBS.items() if job.endswith(": publish"))
    (pages,) = (step for _, step in STEPS if "upload-pages-artifact" in step.get("uses", ""))
    assert publish["if"] == f"${{{{ {PUBLISHED} }}}}"
    assert publish["needs"] == "test"
    assert pages["if"] == f"${{{{ matrix.target == 'test-all' && {PUBLISHED} }}}}"


def test_what_is_kept_of_a_run_is_what_the_tests_write():
    kept = [step["with"]["path"] for _, step in STEPS if "/upload-" in step.get("uses", "")]
    site = build.HTML.relative_to(ROOT).as_posix()
    assert set(kept) == {site, "_build/screenshots"}
    assert 'build.BUILD / "screenshots"' in (ROOT / "tests/site/test_browser.py").read_text("utf-8")


def caches():
    """Return the key of each cache, by what is kept there; one key for all workflows."""
    keys = {}
    for job, step in STEPS:
        if "actions/cache@" in step.get("uses", ""):
            path, key = step["with"]["path"], step["with"]["key"]
            assert keys.setdefault(path, key) == key, job
    return keys


def hashed(key):
    """Return the files on which a key depends; each pattern in it stands for some."""
    patterns = re.findall(r"'([^']+)'", re.search(r"hashFiles\((.+?)\)", key)[1])
    found = {pattern: set(ROOT.glob(pattern)) for pattern in patterns}
    assert all(found.values()), found
    return set().union(*found.values())


def test_a_cached_environment_is_left_when_something_that_made_it_changes():
    key = caches()[environment.VENV.relative_to(ROOT).as_posix()]
    program = ROOT / "tools" / "environment.py"
    helpers = re.findall(r'"(\w+)\.py"', program.read_text("utf-8"))
    helpers += re.findall(r"(?m)^from web import (\w+)$", program.read_text("utf-8"))
    assert len(helpers) == 2
    made_by = {program, *(next(ROOT.glob(f"*/{name}.py")) for name in helpers)}
    lists = {ROOT / name for names in environment.KINDS.values() for name in names}
    assert hashed(key) >= made_by | lists | {ROOT / "code" / "pyproject.toml"}
    assert "runner.os" in key
    assert "python-version" in key


def test_fetched_files_are_cached_under_the_lists_of_them(monkeypatch):
    for name in ("BOOK_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    key = caches()[f"~/{fetch.cache().relative_to(Path.home()).as_posix()}"]
    assert hashed(key) == {fetch.LIST, LITE_LIST}


def test_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):", makefile))
    calls = set()
    for text in TEXTS.values():
        calls |= set(re.findall(r"run: make ([a-z-]+)", text))
        for names in re.findall(r"target: ([a-z -]+)", text):
            calls |= set(names.split())
    tests = {
        "test-all",
        "test-python",
        "test-core",
        "test-code",
        "nbval",
        "claims",
        "cells",
        "rows",
    }
    assert calls == tests | {"frameworks", "pdf", "binder", "links"}
    assert calls <= targets
    for name, text in TEXTS.items():
        assert "continue-on-error" not in text, name


def test_pythons():
    jobs = yaml.safe_load(TEXTS["test.yml"])["jobs"]["test"]["strategy"]["matrix"]["include"]
    assert sorted(job["target"] for job in jobs) == ["test-all", "test-python", "test-python"]
    versions = [job["python"] for job in jobs]
    project = tomllib.loads((ROOT / "code" / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == f">={versions[0]}"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"Python (\d\.\d+)", readme) == [versions[0]]
    assert tuple(map(int, versions[0].split("."))) == environment.OLDEST
    weekly = {
        e["versions"]: e["python"]
        for e in JOBS["weekly.yml: versions"]["strategy"]["matrix"]["include"]
    }
    assert weekly == {"oldest": versions[0], "newest": versions[-1]}
    binder = RUNTIME.removeprefix("python-")
    assert binder in versions
    assert f'python-version: "{binder}" # as in .binder/runtime.txt' in TEXTS["weekly.yml"]
    others = re.findall(r'python-version: "([^"]+)"', TEXTS["weekly.yml"])
    assert set(others) == {binder}


def test_libraries_whose_newest_releases_are_tried_are_those_of_the_book():
    named = re.search(r"--upgrade\n\s+(.+)", TEXTS["weekly.yml"])[1].split()
    lists = "".join(path.read_text("utf-8") for path in (ROOT / "requirements").glob("*.in"))
    assert {"keras", "torch"} <= set(named)
    assert [name for name in named if not re.search(rf"(?m)^{name}==", lists)] == []
