"""What PostgreSQL writes in two ways is the same, and nothing else is."""

import pytest

from safety.schema.canonical import canonical

ONCE = "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))"
RESTORED = "((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))"


def test_a_list_of_texts_and_what_a_restore_makes_of_it_are_the_same():
    assert canonical(ONCE) == canonical(RESTORED)


@pytest.mark.parametrize(
    "other",
    [
        RESTORED.replace("'b'", "'c'"),
        RESTORED.replace("status", "state"),
        RESTORED.replace("= ANY", "<> ALL"),
        f"(NOT {RESTORED})",
    ],
)
def test_another_condition_is_another(other):
    assert canonical(other) != canonical(ONCE)


@pytest.mark.parametrize("text", ["(a AND (b OR c))", "(x)::integer = 1", "ARRAY[]::uuid[]"])
def test_what_is_no_text_stays(text):
    assert canonical(text) == text
