-- Deploy daybook:place_backfill to pg
-- requires: one_order
-- Gives a place to each task that was there before one_order. `position` came from one sequence, so its
-- order within a status keeps that of each project, and sorts tasks of different projects by age. A column
-- is filled from its last task to its first, each below all places that are there. So tasks that are
-- appended meanwhile stay behind them, and what an interrupted run has done is right.
--
-- Some tasks at a time, so that nobody waits long for a row. It is no change of the tasks: they keep their
-- version and entity tag. The owner sees rows only under a policy of its own, which ends with this change.
SET ROLE daybook_owner;
SET synchronous_commit = off; -- what a crash takes back is filled by the next run
SET app.backfill = 'on'; -- see touch_row()
SET client_min_messages = warning; -- it may be the second run

BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
DROP POLICY IF EXISTS backfill ON daybook.tasks;
CREATE POLICY backfill ON daybook.tasks TO daybook_owner USING (true) WITH CHECK (true);
COMMIT;

-- Gives these tasks, in their order, the slots below the lowest of their column. Whoever changes many tasks
-- of a user takes the lock of the board before any row, so none of them waits for us while we wait for it;
-- only the end of an account does not.
CREATE OR REPLACE PROCEDURE daybook.fill_places(owner uuid, rank smallint, ids uuid[])
	LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM set_config('app.user_id', owner::text, true);
	PERFORM daybook.lock_tasks();
	UPDATE daybook.tasks AS t SET place_key = daybook.place_in_slot(base.slot - i.n)
	FROM unnest(ids) WITH ORDINALITY AS i (id, n),
		(SELECT least(daybook.place_number('V', 6), (SELECT daybook.place_number(l.place_key, 6)
			FROM daybook.tasks AS l
			WHERE l.user_id = owner AND l.status_rank = rank AND l.place_key IS NOT NULL
			ORDER BY l.place_key LIMIT 1)) AS slot) AS base
	-- Rows are found by their key: the rest is one comparison, for which there is no index. That of places
	-- would be read through for each batch.
	WHERE t.user_id = owner AND t.id = i.id
		AND (t.status_rank, t.place_key) IS NOT DISTINCT FROM (rank, NULL::text);
EXCEPTION
	WHEN deadlock_detected THEN
		CALL daybook.fill_places(owner, rank, ids);
END
$$;

DO $$
DECLARE
	batch record;
BEGIN
	FOR batch IN
		SELECT t.user_id, t.status_rank, array_agg(t.id ORDER BY t.n) AS ids
		FROM (SELECT user_id, status_rank, id, row_number() OVER (PARTITION BY user_id, status_rank
				ORDER BY position DESC, id DESC) AS n
			FROM daybook.tasks WHERE place_key IS NULL) AS t
		GROUP BY t.user_id, t.status_rank, t.n / 250
		ORDER BY t.user_id, t.status_rank, t.n / 250
	LOOP
		-- Ends the batch before. The first one writes the whole list down, and must not hold rows meanwhile.
		COMMIT;
		CALL daybook.fill_places(batch.user_id, batch.status_rank, batch.ids);
	END LOOP;
END
$$;

-- The proof that none is left holds nobody up; with it the rule needs no look at the rows.
BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks DROP CONSTRAINT IF EXISTS tasks_place_given,
	ADD CONSTRAINT tasks_place_given CHECK (place_key IS NOT NULL) NOT VALID;
COMMIT;
ALTER TABLE daybook.tasks VALIDATE CONSTRAINT tasks_place_given;
BEGIN;
DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks ALTER COLUMN place_key SET NOT NULL;
ALTER TABLE daybook.tasks DROP CONSTRAINT tasks_place_given;
DROP POLICY backfill ON daybook.tasks;
DROP PROCEDURE daybook.fill_places(uuid, smallint, uuid[]);
COMMIT;
