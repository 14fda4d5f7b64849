"""Whatever the database may refuse has an answer: a row in app/constraints.c, or a reason why no request
can break it. A violation without either would be an internal error."""

import re

import pytest

from private_pg import ROOT

ROW = re.compile(r'^\t{ "(\w+)", ERR_', re.MULTILINE)
CHECKED_BEFORE = "the table of fields demands as much of the body or the query"
OWN_KEY = "a repeated id is taken for the same creation (ON CONFLICT), or the server has just made it"
BY_TRIGGER = "only triggers and defaults write it"
BY_JOBS = "only daybook-jobs and the functions of daybook_auth write it, which nobody outside gives values"
IN_ONE_STATEMENT = "the row that it names is made in the same transaction"
CANNOT_HAPPEN = {
    "users_name_check": CHECKED_BEFORE,
    "users_username_check": CHECKED_BEFORE,
    "users_version_check": BY_TRIGGER,
    "users_pkey": OWN_KEY,
    "credentials_password_hash_check": "password_hash() gives nothing else",
    "credentials_pkey": OWN_KEY,
    "credentials_user_id_fkey": IN_ONE_STATEMENT,
    "sessions_pkey": OWN_KEY,
    "stored_bytes_pkey": OWN_KEY,
    "sessions_revoked_check": "every statement writes both columns",
    "sessions_user_agent_check": "open_session() cuts the text",
    "rate_limits_pkey": "inserted ON CONFLICT DO NOTHING",
    "timezones_pkey": "only migrations write it",
    "timezones_in_any_case": "only migrations write it",
    "tasks_completed_at_check": BY_TRIGGER,
    "tasks_description_check": CHECKED_BEFORE,
    "tasks_due_date_check": CHECKED_BEFORE,
    "tasks_recurrence_check": CHECKED_BEFORE,
    "tasks_recurrence_from_check": CHECKED_BEFORE,
    "tasks_series": "inserted ON CONFLICT DO NOTHING",
    "tasks_remind_at_check": CHECKED_BEFORE,
    "tasks_title_check": CHECKED_BEFORE,
    "tasks_version_check": BY_TRIGGER,
    "tasks_pkey": OWN_KEY,
    "projects_color_check": CHECKED_BEFORE,
    "projects_description_check": CHECKED_BEFORE,
    "projects_name_check": CHECKED_BEFORE,
    "projects_version_check": BY_TRIGGER,
    "projects_pkey": OWN_KEY,
    "categories_color_check": CHECKED_BEFORE,
    "categories_name_check": CHECKED_BEFORE,
    "categories_version_check": BY_TRIGGER,
    "categories_pkey": OWN_KEY,
    "moods_emotions_check": CHECKED_BEFORE,
    "moods_note_check": CHECKED_BEFORE,
    "moods_recorded_at_check": CHECKED_BEFORE,
    "moods_score_check": CHECKED_BEFORE,
    "moods_version_check": BY_TRIGGER,
    "moods_pkey": OWN_KEY,
    "journals_content_check": CHECKED_BEFORE,
    "journals_entry_date_check": CHECKED_BEFORE,
    "journals_title_check": CHECKED_BEFORE,
    "journals_version_check": BY_TRIGGER,
    "journals_pkey": OWN_KEY,
    "journal_tags_journal_fkey": BY_TRIGGER,
    "journal_tags_pkey": BY_TRIGGER,
    "idempotency_keys_key_check": "is_key() takes no other key",
    "idempotency_keys_status_check": "only final answers are stored",
    "idempotency_keys_pkey": "claim_idempotency_key() holds a lock on the key",
    "board_generations_pkey": "inserted ON CONFLICT",
    "change_epochs_pkey": "begin_change_epoch() has the table to itself",
    "deletions_pkey": "inserted ON CONFLICT",
    "calendar_feeds_pkey": "inserted ON CONFLICT",
    "calendar_feeds_secret_hash_check": "sha256() gives nothing else",
    "calendar_feeds_secret_hash_key": "the digest of 256 random bits",
    "preferences_pkey": "inserted ON CONFLICT DO NOTHING",
    "preferences_deadline_threshold_check": CHECKED_BEFORE,
    "preferences_version_check": BY_TRIGGER,
    "notifications_pkey": BY_JOBS,
    "notifications_occasion_key": BY_JOBS,
    "notifications_task_fkey": BY_JOBS,
    "notifications_type_check": BY_JOBS,
    "notifications_message_check": "a deletion writes both columns",
    "outbox_pkey": BY_JOBS,
    "outbox_kind_check": BY_JOBS,
    "outbox_state_check": BY_JOBS,
    "outbox_sent_at_check": BY_JOBS,
    "mail_tokens_pkey": BY_JOBS,
    "mail_tokens_purpose_check": BY_JOBS,
    "reset_requests_pkey": BY_JOBS,
    "jobs_pkey": BY_JOBS,
}


@pytest.fixture(scope="module")
def answered():
    return set(ROW.findall((ROOT / "app" / "constraints.c").read_text()))


def test_every_constraint_has_an_answer(database, answered):
    found = {name for (name,) in database.ask(
        "SELECT conname::text FROM pg_constraint WHERE connamespace = 'daybook'::regnamespace AND contype <> 't'"
        " UNION SELECT c.relname::text FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid"
        " WHERE c.relnamespace = 'daybook'::regnamespace AND i.indisunique")}
    assert found - answered - set(CANNOT_HAPPEN) == set(), "these have neither a row nor a reason"
    assert set(CANNOT_HAPPEN) - found == set(), "these are gone"
    assert answered & set(CANNOT_HAPPEN) == set(), "these have both"


def test_every_key_of_a_user_may_lose_its_user(database, answered):
    """The account may be deleted while a request of it is under way."""
    keys = {name for (name,) in database.ask(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = 'daybook.users'::regclass")}
    assert keys - {"credentials_user_id_fkey"} <= answered
