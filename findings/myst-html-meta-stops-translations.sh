#!/usr/bin/env bash
# myst-parser 3.0.1 on Sphinx 7.4.7.
#
# A page in Markdown is translated by its catalogue until it, or conf.py for all pages, sets a
# description for search engines (myst_html_meta).  Then all of the page stays in the original language,
# and no warning says so.  Sphinx parses each translated sentence as a document of its own and takes its
# first node, which is then the description.
#
# Output seen (Python 3.11, 2026-11-29), how many of three sentences are translated:
#     without a description: 3
#     with a description: 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install sphinx==7.4.7 myst-parser==3.0.1
cd "$folder"
mkdir -p source/locale/nb/LC_MESSAGES
printf '# Title\n\nA first sentence.\n\nA second sentence.\n' > source/index.md
cat > source/locale/nb/LC_MESSAGES/index.po <<'PO'
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

msgid "Title"
msgstr "Oversatt tittel"

msgid "A first sentence."
msgstr "Oversatt: en."

msgid "A second sentence."
msgstr "Oversatt: to."
PO
seen=""
for how in without with; do
    meta=""
    [ "$how" = without ] || meta='myst_html_meta = {"description": "About the page."}'
    cat > source/conf.py <<CONF
extensions = ["myst_parser"]
language = "nb"
locale_dirs = ["locale"]
html_theme = "basic"
$meta
CONF
    venv/bin/python -m sphinx -q -E -b text source "$how"
    number=$(grep -c "Oversatt" "$how/index.txt" || true)
    seen+="$how a description: $number"$'\n'
done
printf '%s' "$seen"
[ "$seen" = $'without a description: 3\nwith a description: 0\n' ] ||
    { echo "this has changed" >&2; exit 1; }
