"""Keys of files, and folders and stores that are replaced only when complete."""

import os
import stat
from pathlib import Path

import pytest

from web import freshness
from web.freshness import Product, Store, digest


@pytest.fixture
def folder(tmp_path):
    """Return a folder with two files, one of them in a subfolder."""
    (tmp_path / "a" / "sub").mkdir(parents=True)
    (tmp_path / "a" / "one.txt").write_text("1", encoding="utf-8")
    (tmp_path / "a" / "sub" / "two.txt").write_text("2", encoding="utf-8")
    return tmp_path / "a"


class TestDigest:
    def test_has_32_hexadecimal_digits_and_does_not_change(self, folder):
        assert len(digest(folder, "text", b"bytes")) == 32
        assert int(digest(folder), 16) >= 0
        assert digest(folder, "text", b"bytes") == digest(folder, "text", b"bytes")

    @pytest.mark.parametrize("name", ["one.txt", "sub/two.txt"])
    def test_contents_of_files_in_a_folder_count(self, folder, name):
        before = digest(folder)
        (folder / name).write_text("changed", encoding="utf-8")
        assert digest(folder) != before

    def test_dates_of_files_do_not_count(self, folder):
        before = digest(folder)
        os.utime(folder / "one.txt", (0, 0))
        assert digest(folder) == before

    def test_names_of_files_count(self, folder):
        before = digest(folder / "one.txt")
        (folder / "one.txt").rename(folder / "other.txt")
        assert digest(folder / "other.txt") != before

    def test_a_file_that_is_added_or_removed_counts(self, folder):
        before = digest(folder)
        (folder / "three.txt").write_text("", encoding="utf-8")
        assert digest(folder) != before
        (folder / "three.txt").unlink()
        assert digest(folder) == before
        (folder / "one.txt").unlink()
        assert digest(folder) != before

    def test_compiled_python_does_not_count(self, folder):
        before = digest(folder)
        (folder / "one.pyc").write_bytes(b"compiled")
        assert digest(folder) == before

    def test_folders_count_below_a_root_only(self, folder):
        before, before_below_root = digest(folder), digest(folder, root=folder)
        (folder / "sub").rename(folder / "other")
        assert digest(folder) == before
        assert digest(folder, root=folder) != before_below_root

    def test_the_place_of_the_root_does_not_count(self, folder, tmp_path):
        before = digest(folder, root=folder)
        folder.rename(tmp_path / "elsewhere")
        assert digest(tmp_path / "elsewhere", root=tmp_path / "elsewhere") == before

    def test_a_missing_file_counts_as_empty_list_of_files(self, tmp_path):
        assert digest(tmp_path / "missing") == digest()
        (tmp_path / "missing").write_bytes(b"")
        assert digest(tmp_path / "missing") != digest()

    def test_order_and_borders_of_parts_count(self, folder):
        assert digest("a", "b") != digest("b", "a")
        assert digest("ab", "c") != digest("a", "bc")
        assert digest("a", "") != digest("a")

    def test_a_text_is_not_a_file_with_that_content(self, folder):
        assert digest("1") != digest(folder / "one.txt")


class TestWrite:
    def test_makes_folders_and_replaces_the_content(self, tmp_path):
        path = tmp_path / "new" / "file.txt"
        freshness.write(path, "ä")
        assert path.read_bytes() == "ä".encode()
        freshness.write(path, b"\x00")
        assert path.read_bytes() == b"\x00"
        assert [p.name for p in path.parent.iterdir()] == ["file.txt"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o644

    def test_an_unchanged_file_is_not_written(self, tmp_path):
        path = tmp_path / "file.txt"
        assert freshness.write(path, "text")
        os.utime(path, (1, 1))
        assert not freshness.write(path, "text")
        assert path.stat().st_mtime == 1
        assert freshness.write(path, "other")
        assert path.stat().st_mtime > 1

    def test_is_atomic(self, tmp_path, monkeypatch):
        """Until the complete file takes the old one's place, the old content is there."""
        path = tmp_path / "file.txt"
        freshness.write(path, "old")
        states = []
        replace = os.replace

        def observe(source, target):
            states.append((Path(source).read_text("utf-8"), path.read_text("utf-8")))
            replace(source, target)

        monkeypatch.setattr(freshness.os, "replace", observe)
        freshness.write(path, "new")
        assert states == [("new", "old")]
        assert path.read_text("utf-8") == "new"


class TestProduct:
    def test_a_missing_folder_is_not_current(self, tmp_path):
        assert Product(tmp_path / "missing").key == ""
        assert not Product(tmp_path / "missing").is_current("k")

    def test_a_folder_is_current_when_it_is_complete_and_has_the_key(self, tmp_path):
        product = Product(tmp_path / "made")
        product.folder.mkdir()
        assert not product.is_current("k")
        product.complete("k")
        assert product.is_current("k")
        assert not product.is_current("other")

    def test_a_new_folder_replaces_the_old_one_as_a_whole(self, tmp_path):
        product, new = Product(tmp_path / "site"), tmp_path / "work"
        product.folder.mkdir()
        (product.folder / "old.html").write_text("old", encoding="utf-8")
        product.complete("1")
        new.mkdir()
        (new / "new.html").write_text("new", encoding="utf-8")
        product.replace(new, "2")
        assert product.is_current("2")
        assert {path.name for path in product.folder.iterdir()} == {"new.html", freshness.RECORD}
        assert {path.name for path in tmp_path.iterdir()} == {"site"}

    def test_remains_of_an_interrupted_replacement_are_removed(self, tmp_path):
        product, new = Product(tmp_path / "site"), tmp_path / "work"
        for path in (product.folder, tmp_path / "site.old", new):
            path.mkdir()
            (path / "page.html").write_text(path.name, encoding="utf-8")
        product.replace(new, "2")
        assert (product.folder / "page.html").read_text("utf-8") == "work"
        assert {path.name for path in tmp_path.iterdir()} == {"site"}


class TestStore:
    def test_names_have_the_key(self, tmp_path):
        store = Store(tmp_path, ".ipynb")
        assert store.path("01-one", "abc") == tmp_path / "01-one-abc.ipynb"

    def test_prune_removes_its_files_that_are_not_in_use(self, tmp_path):
        store = Store(tmp_path, ".ipynb")
        current, stale = store.path("a", "2"), store.path("a", "1")
        other = tmp_path / "note.txt"
        for path in (current, stale, other):
            path.write_text("", encoding="utf-8")
        store.prune(path for path in [current])
        assert {path.name for path in tmp_path.iterdir()} == {current.name, other.name}

    def test_a_store_without_a_folder_can_be_pruned(self, tmp_path):
        Store(tmp_path / "missing", ".pdf").prune([])
        assert not (tmp_path / "missing").exists()
