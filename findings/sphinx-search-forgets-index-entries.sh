#!/usr/bin/env bash
# Sphinx 7.4.7: an incremental build forgets the index entries of the pages that it does not write.
#
# The search index lists the terms of glossaries and other index entries with their places, and the
# search page shows them first.  After one page has changed, the index has only the entries of
# the pages that were written in this build: those of an unchanged glossary cannot be found.
#
# Output seen (Python 3.11, 2026-11-29), with a glossary whose only term is "zebra":
#     from nothing: {"zebra": [[1, "term-zebra", true]]}
#     after a change of the other page: {}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install sphinx==7.4.7
cd "$folder"
mkdir source
echo 'project = "two pages"' > source/conf.py
printf 'Words\n=====\n\n.. glossary::\n\n   zebra\n      An animal.\n' > source/words.rst
build() {
    printf 'Title\n=====\n\n%s\n\n.. toctree::\n\n   words\n' "$1" > source/index.rst
    venv/bin/python -m sphinx -q source pages
    grep -o '"indexentries": {[^}]*}' pages/searchindex.js | sed 's/^[^{]*//'
}
first=$(build 'One text.')
second=$(build 'Another text.')
echo "from nothing: $first"
echo "after a change of the other page: $second"
[ "$first" = '{"zebra": [[1, "term-zebra", true]]}' ] || { echo "the index has: $first" >&2; exit 1; }
[ "$second" = '{}' ] || { echo "the index still has: $second" >&2; exit 1; }
