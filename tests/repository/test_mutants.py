"""What is mutated is the whole package: its tests find all files that it reads."""

import subprocess
import sys

from tools import mutants, sources


def test_the_copy_has_every_file_of_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "COPY", tmp_path / "mutants")
    monkeypatch.setattr(mutants, "SURVIVED_OLD_TESTS", tmp_path / "mutants" / "mark")
    mutants.prepare()
    package = mutants.PACKAGE.parent
    files = [path for path in sources.files(new=False) if path.is_relative_to(mutants.PACKAGE)]
    wanted = {path.relative_to(package).as_posix() for path in files}
    copied = {p.relative_to(mutants.COPY).as_posix() for p in mutants.COPY.glob("backprop/**/*.*")}
    assert wanted - copied == set()
    assert any(name.endswith(".js") for name in wanted)
    # They are read from there, by a test of a figure whose numbers are in a script.
    found = subprocess.run(
        [sys.executable, "-c", "import backprop; from backprop.explore import digit; "
         "print(backprop.__file__); print(len(digit.stored()['DIGITS']))"],
        cwd=mutants.COPY, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    assert found[0] == str(mutants.COPY / "backprop" / "__init__.py")
    assert int(found[1]) > 0
