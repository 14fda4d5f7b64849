"""Journals and moods: what the database itself keeps about them."""

import psycopg2
import pytest

from database import add, query, read


@pytest.fixture
def mine(become, alice):
    return become(alice)


def test_defaults(mine, alice):
    journal, mood = add(mine, "journals", alice), add(mine, "moods", alice)
    assert read(mine, "journals", journal, "title, tags, mood_id, version, content_key") == (
        None, [], None, 1, "dear diary")
    assert read(mine, "moods", mood, "emotions, note, recorded_at = now(), version") == (
        [], None, True, 1)


def test_tags_are_stored_in_lower_case_without_duplicates(mine, alice):
    journal = add(mine, "journals", alice, tags=["Öl", "a b", "öl", "A B", "x"])
    assert read(mine, "journals", journal, "tags") == (["öl", "a b", "x"],)
    query(mine, "UPDATE journals SET tags = %s, content = 'ÄH' WHERE id = %s", ["Q", "q"], journal)
    assert read(mine, "journals", journal, "tags, content_key, version") == (["q"], "äh", 2)


@pytest.mark.parametrize("table, column, value", [
    ("journals", "title", "ü" * 201),
    ("journals", "content", ""),
    ("journals", "content", "\u2028\n"),
    ("journals", "content", "ü" * 100001),
    ("journals", "entry_date", "infinity"),
    ("journals", "tags", [str(n) for n in range(21)]),
    ("journals", "tags", [""]),
    ("journals", "tags", ["\u00a0"]),
    ("journals", "tags", ["ü" * 51]),
    ("journals", "tags", ["a", "b,c"]),
    ("journals", "tags", ["a", None]),
    ("moods", "score", 0),
    ("moods", "score", 6),
    ("moods", "emotions", [str(n) for n in range(11)]),
    ("moods", "emotions", ["ü" * 51]),
    ("moods", "emotions", [None]),
    ("moods", "emotions", [" "]),
    ("moods", "note", "x" * 1001),
    ("moods", "recorded_at", "infinity"),
])
def test_limits(mine, alice, table, column, value):
    with pytest.raises(psycopg2.errors.CheckViolation) as error:
        add(mine, table, alice, **{column: value})
    assert error.value.diag.constraint_name == f"{table}_{column}_check"


def test_limits_count_code_points(mine, alice):
    add(mine, "journals", alice, title="\U0001f5d3" * 200, content="ü" * 100000,
        tags=["\U0001f5d3" * 49 + chr(65 + n) for n in range(20)])
    add(mine, "moods", alice, score=1, note="ü" * 1000, emotions=["\U0001f5d3" * 50] * 10)


def test_a_deleted_mood_leaves_its_journals_as_changed(mine, alice):
    mood = add(mine, "moods", alice)
    journal = add(mine, "journals", alice, mood_id=mood)
    query(mine, "DELETE FROM moods WHERE id = %s", mood)
    assert read(mine, "journals", journal, "mood_id, version") == (None, 2)
