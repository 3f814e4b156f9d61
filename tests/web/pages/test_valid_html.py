"""Pages are valid HTML where other extensions' are not."""

import re
import subprocess
import sys

import pytest

PAGE = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# Page

```{prf:theorem} First
:label: thm-first
Three.
```

```{prf:theorem} Second
:label: thm-second
Four.
```

```{code-cell}
:tags: [hide-input]
1
```

```{exercise} First
:label: ex-first
One.
```

```{exercise} Second
:label: ex-second
Two.
```

```{solution} ex-first
This.
```

```{solution} ex-second
That.
```

{ref}`ex-first`

```{eval-rst}
.. py:function:: f()

   :returns: * **a** (*int*) -- One number.
             * **b** (*int*) -- Another.
```
"""
SETTINGS = """
extensions = ["myst_nb", "sphinx_exercise", "sphinx_proof", "web.pages.valid_html"]
nb_execution_mode = "off"
nb_code_prompt_show = "Show <it>"
"""


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """Return a page that has what would not be valid."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "conf.py").write_text(SETTINGS, encoding="utf-8")
    (folder / "index.md").write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", str(folder), str(folder / "html")]
    subprocess.run(command, check=True)
    return (folder / "html" / "index.html").read_text(encoding="utf-8")


def test_ids_occur_once_and_lists_stand_in_no_paragraph(html):
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert {"ex-first", "ex-second", "thm-first", "thm-second"} <= set(ids)
    assert html.count('class="exercise-content"') == html.count('class="solution-content"') == 2
    assert "Another." in html
    assert not re.search(r"<p>\s*<ul|</ul>\s*</p>", html)


def test_the_line_that_unfolds_a_cell_has_no_paragraphs_and_is_called_what_it_says(html):
    (line,) = re.findall(r"(?s)<summary.*?</summary>", html)
    assert line.startswith('<summary><span class="collapsed admonition-title">Show &lt;it&gt;<')
    assert line.count("<span") == 2
    assert "<p" not in line
    assert html.count("<details") == html.count("</details>") == 1
