#!/usr/bin/env bash
# pypdfium2 5.15.2 (PDFium), with a page made by reportlab 4.4.4.
#
# A hyphen that ends a line comes out as U+FFFE, which Unicode sets aside as no character at all,
# although the page contains an ordinary hyphen (U+002D) that belongs to the word; the line break after
# it is gone as well.  The same hyphen in the middle of a line stays what it is.  pypdf 6.1.1 gives the
# hyphen and the line break.  Whoever looks for "pre-activation" in the text of a PDF finds it or
# not, depending on where its lines break.
#
# Seen:
#   pypdfium2 'a pre\ufffeactivation\r\na pre-activation'
#   pypdf     'a pre-\nactivation\na pre-activation\n'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet pypdfium2==5.15.2 reportlab==4.4.4 pypdf==6.1.1
cat > look.py <<'PYTHON'
import pypdf
import pypdfium2
from reportlab.pdfgen.canvas import Canvas

canvas = Canvas("page.pdf")
for height, line in ((700, "a pre-"), (685, "activation"), (670, "a pre-activation")):
    canvas.drawString(100, height, line)
canvas.save()

with pypdfium2.PdfDocument("page.pdf") as document:
    text = document[0].get_textpage().get_text_range()
print("pypdfium2", ascii(text))
other = pypdf.PdfReader("page.pdf").pages[0].extract_text()
print("pypdf    ", ascii(other))
assert text == "a pre\ufffeactivation\r\na pre-activation"
assert other.splitlines() == ["a pre-", "activation", "a pre-activation"]
PYTHON
env/bin/python look.py
