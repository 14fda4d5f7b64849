-- Deploy daybook:places to pg
-- requires: board
-- requires: text_keys
-- requires: etags
-- Each user has one order of tasks per status, over all projects: that of `place_key`. That is a place, a fraction
-- between 0 and 1, written as its digits to the base 62 without zeros at the end. So COLLATE "C" orders
-- places as the numbers that they are, and there is room between any two.
--   * The first 6 digits are a slot, the next 8 are drawn at random. A task that goes to the end takes the
--     slot behind the last one. Two that do so at once, without waiting for each other, share a slot; the
--     random digits tell them apart.
--   * A task that goes next to a neighbour takes a place close to it: the chance that somebody who appends
--     just now has drawn one in between is less than 1 in 62^5.
--   * Appended tasks have the slots from the middle (V00000) upwards, tasks put first have those below. So
--     what is put first comes before everything that is being appended at the same time.
-- This change adds the column and the arithmetic; place_indexes, one_order and place_backfill follow.
BEGIN;

SET LOCAL ROLE daybook_owner;

DO $$ BEGIN PERFORM daybook.claim_table('daybook.tasks'); END $$;
ALTER TABLE daybook.tasks ADD COLUMN place_key text COLLATE "C";
GRANT UPDATE (place_key) ON daybook.tasks TO daybook_app;

-- The digits in their order, which is that of their codes.
CREATE FUNCTION daybook.place_digits() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

-- The first digits of a place, as an integer. Digits that it does not have are zeros.
CREATE FUNCTION daybook.place_number(place text, digits int) RETURNS numeric
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
	padded text := rpad(place, digits, '0');
	number numeric := 0;
BEGIN
	FOR i IN 1..digits LOOP
		number := number * 62 + strpos(daybook.place_digits(), substr(padded, i, 1)) - 1;
	END LOOP;
	RETURN number;
END
$$;

-- The place with these first digits and no others.
CREATE FUNCTION daybook.place_text(number numeric, digits int) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
	place text := '';
BEGIN
	FOR i IN 1..digits LOOP
		place := substr(daybook.place_digits(), mod(number, 62)::int + 1, 1) || place;
		number := div(number, 62);
	END LOOP;
	RETURN rtrim(place, '0');
END
$$;

-- A place in a slot; null beyond the last one. There are 62^6 slots for each user and status, half of them
-- for appending, and each append and each move to an end takes at most one.
CREATE FUNCTION daybook.place_in_slot(slot numeric) RETURNS text
	LANGUAGE sql VOLATILE PARALLEL SAFE
	RETURN CASE WHEN slot >= 0 AND slot < 62::numeric ^ 6
		THEN daybook.place_text(slot * 62::numeric ^ 8 + floor(random() * 62 ^ 8)::numeric, 14) END;

-- A place behind the last one of a column (null: it is empty), and one before its first.
CREATE FUNCTION daybook.place_last(last text) RETURNS text
	LANGUAGE sql VOLATILE PARALLEL SAFE
	RETURN daybook.place_in_slot(greatest(daybook.place_number(last, 6) + 1,
		daybook.place_number('V', 6)));
CREATE FUNCTION daybook.place_first(first text) RETURNS text
	LANGUAGE sql VOLATILE PARALLEL SAFE
	RETURN daybook.place_in_slot(least(daybook.place_number(first, 6),
		daybook.place_number('V', 6)) - 1);

-- A place between two others, close to the lower one (side `after`) or to the higher one (`before`). Null
-- for `low` means that none is below; null for `high`, that none is above, and the place stays below the
-- next slot. It has no more digits than the gap needs; null means that it would need more than 200.
CREATE FUNCTION daybook.place_between(low text, high text, side text) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL SAFE
AS $$
DECLARE
	bottom numeric;
	gap numeric;
	step numeric;
BEGIN
	FOR digits IN 14..200 BY 2 LOOP
		bottom := coalesce(daybook.place_number(low, digits), 0);
		gap := coalesce(daybook.place_number(high, digits),
			(daybook.place_number(low, 6) + 1) * 62::numeric ^ (digits - 6)) - bottom;
		IF gap >= 62 THEN
			-- Between a third and two thirds of the way, so that the gaps on both sides stay usable.
			step := floor(least(gap, 62 ^ 3) * (1 + random()) / 3);
			RETURN daybook.place_text(bottom + CASE side WHEN 'after' THEN step ELSE gap - step END, digits);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;

GRANT EXECUTE ON FUNCTION daybook.place_digits(), daybook.place_number(text, int),
	daybook.place_text(numeric, int), daybook.place_in_slot(numeric), daybook.place_last(text),
	daybook.place_first(text), daybook.place_between(text, text, text) TO daybook_app;

COMMIT;
