#!/usr/bin/env bash
# Sphinx 7.4.7: the search index of an incremental build keeps the words that no page has any longer.
#
# When a page is written again, its words are taken out of the index and put in anew.  A word that
# has gone from the last page that had it stays, with an empty list of pages, so that the index
# differs from that of a build from nothing, and grows from build to build.
#
# Output seen (Python 3.11, 2026-11-28), where "zebra" was replaced by "giraffe" in the only page:
#     incremental: "zebra": []
#     from nothing:
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install sphinx==7.4.7
cd "$folder"
mkdir source
echo 'project = "one page"' > source/conf.py
build() {
    venv/bin/python -m sphinx -q source "$1"
    grep -o '"zebra": [^,}]*' "$1/searchindex.js" || true
}
printf 'Title\n=====\n\nA zebra.\n' > source/index.rst
first=$(build pages)
[ -n "$first" ] || { echo "the word is not in the index at all" >&2; exit 1; }
printf 'Title\n=====\n\nA long giraffe.\n' > source/index.rst
incremental=$(build pages)
fresh=$(build other)
echo "incremental: $incremental"
echo "from nothing: $fresh"
[ "$incremental" = '"zebra": []' ] || { echo "the index has: $incremental" >&2; exit 1; }
[ -z "$fresh" ] || { echo "a build from nothing has: $fresh" >&2; exit 1; }
