#!/usr/bin/env bash
# sphinx-book-theme 1.3.0 with pydata-sphinx-theme 0.17.1, on Sphinx 7.4.7.
#
# The theme that it extends takes a repository on any forge: edit_page_url_template in html_context is
# the address of an edit, edit_page_provider_name the forge's name.  With these the button for edits
# works.  The button for the source, whose address is made out of that of an edit for GitHub, GitLab
# and Bitbucket, has no branch for others, and ends the build; so does the button for issues, which
# looks for one of the three in the context and finds nothing to unpack.  Neither error names the
# setting.
#
# Output seen (Python 3.11, 2026-11-29):
#     edit_page: 0
#     source: 2 cannot access local variable 'source_url' where it is not associated with a value
#     issues: 2 cannot unpack non-iterable NoneType object
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install \
    sphinx==7.4.7 sphinx-book-theme==1.3.0 pydata-sphinx-theme==0.17.1
cd "$folder"
mkdir source
printf 'Title\n=====\n\nA page.\n' > source/index.rst
seen=""
for button in edit_page source issues; do
    cat > source/conf.py <<CONF
html_theme = "sphinx_book_theme"
html_theme_options = {"use_${button}_button": True}
html_context = {
    "edit_page_url_template": "https://codeberg.org/someone/book/_edit/main/{{ file_name }}",
    "edit_page_provider_name": "Codeberg",
}
CONF
    status=0
    venv/bin/python -m sphinx -q -E source "pages-$button" > log 2>&1 || status=$?
    error=$(sed -n 's/.*(exception: \(.*\))$/\1/p' log)
    seen+="$button: $status $error"$'\n'
done
printf '%s' "$seen"
grep -q 'codeberg.org/someone/book/_edit/main/index.rst' pages-edit_page/index.html
[ "$seen" = "$(cat <<'SEEN'
edit_page: 0 
source: 2 cannot access local variable 'source_url' where it is not associated with a value
issues: 2 cannot unpack non-iterable NoneType object
SEEN
)"$'\n' ] || { echo "this has changed" >&2; exit 1; }
