"""What the rules and structures say of a text, without the line scorer, which learns from them."""

from __future__ import annotations

from dataclasses import replace

from cleaner.blocks import text_document
from cleaner.decide import refusal
from cleaner.detectors import DETECTORS, find_scored
from cleaner.detectors.heard import Heard
from cleaner.language import find_language
from cleaner.model import Document, Finding
from cleaner.options import Options


def read_text(text: str, url: str | None = None) -> Document:
    """A text as text mode reads it, with its language."""
    document = text_document(text, None, {"url": url} if url else {})
    return replace(document, language=find_language(document))


def hear(document: Document) -> tuple[list[Finding], Heard]:
    """What is claimed, and what of it would act."""
    heard = Heard(document)
    found: list[Finding] = []
    for detector in DETECTORS:
        if detector is not find_scored:
            claims = list(detector(document, heard))
            heard.add(claim for claim in claims if not refusal(document, claim, Options()))
            found += claims
    return found, heard
