#!/usr/bin/env bash
# jupyterlab-language-pack-no-NO 4.5.post3, beside the pack for French of the same version.
#
# The Norwegian pack is published and installed like any other, with a catalogue for each program.
# Hardly a sentence in them is translated, and none for the notebook, so that with this language
# nearly all stays English; neither the package's metadata nor pip says so.
#
# Output seen (Python 3.11, 2026-11-30): the sentences that a catalogue translates.
#     fr_FR jupyterlab 2124
#     fr_FR notebook 97
#     no_NO jupyterlab 56
#     no_NO notebook 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-deps \
    jupyterlab-language-pack-no-NO==4.5.post3 jupyterlab-language-pack-fr-FR==4.5.post3
cat > count.py <<'PYTHON'
import json
import sysconfig
from pathlib import Path

for language in ("fr_FR", "no_NO"):
    pack = Path(sysconfig.get_path("purelib"), f"jupyterlab_language_pack_{language}")
    for name in ("jupyterlab", "notebook"):
        file = pack / "locale" / language / "LC_MESSAGES" / f"{name}.json"
        entries = json.loads(file.read_text(encoding="utf-8"))
        print(language, name, sum(bool(key) and any(entries[key]) for key in entries))
PYTHON
venv/bin/python count.py > seen
cat seen
diff seen - <<'SEEN'
fr_FR jupyterlab 2124
fr_FR notebook 97
no_NO jupyterlab 56
no_NO notebook 0
SEEN
