"""The workflows of public CI: of the right form, safe, and in step with the repository."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS}

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


def test_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):", makefile))
    calls = set()
    for text in TEXTS.values():
        calls |= set(re.findall(r"run: make ([a-z-]+)", text))
        for names in re.findall(r"target: ([a-z -]+)", text):
            calls |= set(names.split())
    assert {"test", "test-python", "test-core", "nbval", "binder", "links"} <= calls <= targets


def test_pythons():
    jobs = yaml.safe_load(TEXTS["test.yml"])["jobs"]["test"]["strategy"]["matrix"]["include"]
    assert sorted(job["target"] for job in jobs) == ["test", "test-python", "test-python"]
    versions = [job["python"] for job in jobs]
    project = tomllib.loads((ROOT / "code" / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["requires-python"] == f">={versions[0]}"
    binder = RUNTIME.removeprefix("python-")
    assert binder in versions
    assert f'python-version: "{binder}" # as in .binder/runtime.txt' in TEXTS["weekly.yml"]
