"""Pages are valid HTML where other extensions' are not."""

import re
import subprocess
import sys

PAGE = """# Page

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
SETTINGS = 'extensions = ["myst_parser", "sphinx_exercise", "web.pages.valid_html"]\n'


def test_ids_occur_once_and_lists_stand_in_no_paragraph(tmp_path):
    (tmp_path / "conf.py").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "index.md").write_text(PAGE, encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", str(tmp_path), str(tmp_path / "html")]
    subprocess.run(command, check=True)
    html = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert {"ex-first", "ex-second"} <= set(ids)
    assert html.count('class="exercise-content"') == html.count('class="solution-content"') == 2
    assert "Another." in html
    assert not re.search(r"<p>\s*<ul|</ul>\s*</p>", html)
