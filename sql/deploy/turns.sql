-- Deploy daybook:turns to pg
-- requires: requests
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Takes a turn at what may take long, to the end of this transaction. Each user has two. While others hold
-- both, two more may wait for up to patience_ms; whoever waits in vain, or comes after them, fails with
-- DB429. So one user never holds more than four connections with such work. Nobody's turn needs none.
CREATE FUNCTION daybook.take_turn(patience_ms int) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	me CONSTANT uuid := daybook.current_user_id();
	give_up_at CONSTANT timestamptz := clock_timestamp() + patience_ms * interval '1 ms';
BEGIN
	IF me IS NULL THEN
		RETURN;
	END IF;
	-- EXISTS stops at the first lock that it gets. A lock on one turn would wait in PostgreSQL's own queue,
	-- but then the other one may become free.
	IF EXISTS (SELECT FROM generate_series(1, 4) AS place
		WHERE pg_try_advisory_xact_lock(hashtextextended(format('place %s %s', me, place), 0))) THEN
		LOOP
			IF EXISTS (SELECT FROM generate_series(1, 2) AS turn
				WHERE pg_try_advisory_xact_lock(hashtextextended(format('turn %s %s', me, turn), 0))) THEN
				RETURN;
			END IF;
			EXIT WHEN clock_timestamp() >= give_up_at;
			PERFORM pg_sleep(0.02);
		END LOOP;
	END IF;
	RAISE EXCEPTION 'too many requests of one user at once' USING ERRCODE = 'DB429';
END
$$;

GRANT EXECUTE ON FUNCTION daybook.take_turn(int) TO daybook_app;

COMMIT;
