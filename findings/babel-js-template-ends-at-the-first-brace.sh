#!/usr/bin/env bash
# Babel 2.18.0, the extractor for JavaScript with parse_template_string.
#
# In a template string the extractor takes an expression `${…}` to end at the first closing brace,
# also when that belongs to an object inside it.  So a call with named values, the usual form of a
# message with places, is left out of the catalogue, without an error or a warning; the same call
# without the object, or outside a template string, is found.
#
# Output seen (Python 3.11, 2026-11-30): the messages found in each line of JavaScript.
#     `${say("plain")}` ['plain']
#     say("{n} of {m}", { n, m }) ['{n} of {m}']
#     `${say("{n} of {m}", { n, m })}` []
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check babel==2.18.0
cat > messages.py <<'PYTHON'
import io

from babel.messages.extract import extract

for line in (
    '`${say("plain")}`',
    'say("{n} of {m}", { n, m })',
    '`${say("{n} of {m}", { n, m })}`',
):
    found = extract(
        "javascript",
        io.BytesIO(line.encode()),
        keywords={"say": None},
        options={"parse_template_string": True},
    )
    print(line, [message[1] for message in found])
PYTHON
venv/bin/python messages.py > seen
cat seen
diff seen - <<'SEEN'
`${say("plain")}` ['plain']
say("{n} of {m}", { n, m }) ['{n} of {m}']
`${say("{n} of {m}", { n, m })}` []
SEEN
