#!/usr/bin/env bash
# sphinx-book-theme 1.3.0 with Sphinx 7.4.7: the words of the buttons for the repository.
#
# The theme's catalogues translate "repository", "suggest edit" and "open issue" into French and others,
# but its code asks for "Repository", "Suggest edit" and "Open issue", so the translations are never
# found.  On a French page these buttons stay English, beside others that are French.
#
# Output seen (Python 3.11, 2026-11-30): what the catalogue has, and the texts of the page's buttons.
#     in the catalogue: open issue, repository, suggest edit
#     on the page: Repository, Suggest edit, Open issue
#     but: Ouvrez un problème
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check sphinx-book-theme==1.3.0 sphinx==7.4.7
mkdir book
cat > book/conf.py <<'PYTHON'
language = "fr"
html_theme = "sphinx_book_theme"
html_theme_options = {
    "repository_url": "https://github.com/someone/book",
    "use_repository_button": True,
    "use_edit_page_button": True,
    "use_issues_button": True,
}
PYTHON
printf 'Titre\n=====\n\nTexte.\n' > book/index.rst
venv/bin/python -m sphinx -q -b html book site
cat > look.py <<'PYTHON'
import gettext
import re
from pathlib import Path

import sphinx_book_theme

package = Path(sphinx_book_theme.__file__).parent
(file,) = package.rglob("fr/LC_MESSAGES/booktheme.mo")
with file.open("rb") as content:
    translations = gettext.GNUTranslations(content)
lower = ("open issue", "repository", "suggest edit")
print("in the catalogue:", ", ".join(word for word in lower if translations.gettext(word) != word))
page = Path("site/index.html").read_text(encoding="utf-8")
buttons = re.findall(r'btn-source-[\w-]+ dropdown-item"(.*?)</a>', page, flags=re.DOTALL)
texts = [re.search(r'btn__text-container">([^<]*)<', button)[1].strip() for button in buttons]
print("on the page:", ", ".join(texts))
print("but:", re.search(r'title="(Ouvrez[^"]*)"', page)[1])
PYTHON
venv/bin/python look.py > seen
cat seen
diff seen - <<'SEEN'
in the catalogue: open issue, repository, suggest edit
on the page: Repository, Suggest edit, Open issue
but: Ouvrez un problème
SEEN
