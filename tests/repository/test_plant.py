"""The errors of `make planted`, and the copy that `make mutants` changes."""

import shutil

import pytest

from tools import mutants, plant, sources


@pytest.mark.parametrize("case", plant.CASES, ids=lambda case: case.name)
def test_every_error_can_still_be_planted(case, tmp_path):
    path = tmp_path / case.file
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(sources.ROOT / case.file, path)
    before = path.read_bytes()
    case.change(path)
    assert not path.exists() or path.read_bytes() != before


def test_names_of_cases_are_different():
    names = [case.name for case in plant.CASES]
    assert len(set(names)) == len(names)


def test_text_that_is_missing_cannot_be_changed(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("a = b\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="no longer contains 'c'"):
        plant.text("c", "d")(path)


MODULE = '''
class Circle:
    """A circle."""

    def __init__(self, r):
        self.r = r

    @property
    def area(self) -> float:
        """Its area, for a coarse value of pi."""
        return 3 * self.r**2

    @area.setter
    def area(self, value):
        self.r = (value / 3) ** 0.5

    @staticmethod
    def unit():
        return Circle(1)


TABLE: dict = {
    "double": lambda x: 2 * x,
    "both": [lambda x, y: (x, y)],
}
'''


def test_the_mutable_form_of_a_module_does_the_same():
    names = {}
    text = mutants.mutable_form(MODULE)
    assert "@property" not in text
    assert "lambda" not in text
    exec(text, names)
    circle = names["Circle"](2)
    assert circle.area == 12
    circle.area = 27
    assert circle.r == 3
    assert names["Circle"].unit().r == 1
    assert names["TABLE"]["double"](4) == 8
    assert names["TABLE"]["both"][0](1, 2) == (1, 2)
    assert mutants.mutable_form("x = 1\n") == "x = 1\n"
