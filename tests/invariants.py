"""The promises that hold for every document: design, section 5. Each test of a result calls them."""

import cleaner
from cleaner.audit import audit_record, restore_record, to_json
from cleaner.model import apply_removals


def check_invariants(result, options=None):
    document, at = result.document, 0
    for removal in result.removals:
        assert document.text[removal.start : removal.end] == removal.text
        assert removal.start >= at, "removals are sorted and do not overlap"
        assert removal.text, "nothing is no removal"
        at = removal.end
    assert apply_removals(document.text, result.removals) == result.text
    assert result.restore() == document.text
    again = cleaner.clean(
        result.text, kind="text", url=document.meta.get("url"), language=result.language, options=options
    )
    assert again.text == result.text, "cleaning again removes nothing more"
    record = audit_record(result, options or cleaner.Options())
    assert restore_record(result.text, record) == document.text
    assert "\n" not in to_json(record)
