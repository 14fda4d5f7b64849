-- Revert daybook:outbox from pg
BEGIN;

SET LOCAL ROLE daybook_owner;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.users'); END $$;
DROP FUNCTION daybook.queue_mail(uuid, text, text);
DROP TABLE daybook.outbox;
DROP FUNCTION daybook.mail_life(text);

COMMIT;
