"""The ledger of experiments: claims about experiments, run again on what the chapters do not show.

    make claims                          run what is stale, store the results, write the page
    make claims LABELS="claim-act-width" some claims only
    make claims ALL=1                    all of them; an outcome that differs is an error

A claim is declared in ``tests/claims`` (its README shows how) and marked in the text of a chapter
with the role ``claim``.  ``slices`` takes experiments from chapters and tells on what they depend,
``declaration`` says what a claim is, ``ledger`` compares text, declarations and stored results.
"""

from tools.claims.declaration import cases, claim
from tools.claims.slices import chapter

__all__ = ["cases", "chapter", "claim"]
