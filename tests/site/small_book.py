"""A book of a few pages, with the first page of chapter 6, built in another language in seconds."""

import json
import re
import shutil
from pathlib import Path

from backprop import explore

from web import ROOT, build

STUBS = {
    "01-neural-networks": "# A network\n\n$$\na = 1\n$$ (def-nn-neuron)\n",
    "03-chain-rule": "# The chain rule\n\nNothing.\n",
    "07-hidden-layer": "# A hidden layer\n\nNothing.\n",
    "index": "# A small book\n\n{doc}`06-perceptron`\n\n<!-- run -->\n\n"
    '<div id="offline"></div>\n\n```{figure} picture.svg\n:name: fig-picture\n:alt: A picture.\n\n'
    "A caption.\n```\n\n| A | B |\n|:--|:--|\n| one | two |\n",
    "references": "# References\n\n```{bibliography}\n```\n",
}
END = """
## Summary

- Nothing.

## Exercises

```{exercise}
:label: ex-small
Find it.
```

```{solution} ex-small
:class: dropdown
Found.
```

## Further reading

Nothing.
"""


def figure_with_handles() -> dict:
    """Return a cell that shows a figure with handles, as a chapter has it."""
    still = explore.figure("network")
    metadata = {
        "mystnb": {"figure": {"caption": "A.", "name": "fig-network"}, "image": {"alt": "A"}}
    }
    return {
        "cell_type": "code", "id": "handles", "metadata": metadata, "source": "2",
        "execution_count": 3,
        "outputs": [{"output_type": "execute_result", "execution_count": 3, "metadata": {},
                     "data": still._repr_mimebundle_()}],
    }  # fmt: skip


def write(folder: Path, language: str, translation: Path | None = None, **settings: str) -> None:
    """Write the sources of the book into a folder.

    Parameters
    ----------
    folder : Path
        An empty folder.
    language : str
        The language in its _config.yml.
    translation : Path, optional
        Sphinx's catalogue of chapter 6.
    **settings : str
        Further settings of Sphinx, such as ``words_folder``.
    """
    chapters = folder / "chapters"
    chapters.mkdir(parents=True)
    config = build.sources()[0]["_config.yml"].decode()
    lines = "".join(f"\n    {name}: {json.dumps(value)}" for name, value in settings.items())
    config = re.sub(r"(?m)^    language: \S+", f"    language: {language}{lines}", config)
    (folder / "_config.yml").write_text(config, "utf-8")
    pages = "".join(f"  - file: chapters/{name}\n" for name in ("06-perceptron", *STUBS))
    pages = pages.replace("  - file: chapters/index\n", "")
    toc = f"format: jb-book\nroot: chapters/index\nchapters:\n{pages}"
    (folder / "_toc.yml").write_text(toc, "utf-8")
    for name, text in STUBS.items():
        (chapters / f"{name}.md").write_text(text, "utf-8")
    shutil.copyfile(ROOT / "web" / "static" / "logo.svg", chapters / "picture.svg")
    shutil.copyfile(ROOT / "chapters" / "references.bib", chapters / "references.bib")
    shutil.copytree(ROOT / "web" / "static", folder / "web" / "static")
    notebook = json.loads((ROOT / "chapters" / "06-perceptron.ipynb").read_text("utf-8"))
    notebook["cells"] = notebook["cells"][:3]
    notebook["cells"].append({"cell_type": "markdown", "id": "end", "metadata": {}, "source": END})
    notebook["cells"].append(
        {"cell_type": "code", "id": "code", "metadata": {"tags": ["hide-input"]},
         "source": "print(1)", "execution_count": 2,
         "outputs": [{"output_type": "stream", "name": "stdout", "text": "1\n"}]}
    )  # fmt: skip
    notebook["cells"].append(figure_with_handles())
    (chapters / "06-perceptron.ipynb").write_text(json.dumps(notebook), "utf-8")
    if translation:
        target = chapters / "locale" / language / "LC_MESSAGES" / "chapters" / "06-perceptron.po"
        target.parent.mkdir(parents=True)
        shutil.copyfile(translation, target)


def make(folder: Path, language: str, translation: Path | None = None, **settings: str) -> Path:
    """Write the book and build it; return the folder of its site.

    Parameters
    ----------
    folder, language, translation, **settings
        As for ``write``.
    """
    write(folder / "source", language, translation, **settings)
    assert build.run_jupyter_book(folder / "source", folder, "-W", "-n")
    return folder / "_build" / "html"
