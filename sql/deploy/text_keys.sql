-- Deploy daybook:text_keys to pg
-- requires: helpers
-- The two forms in which texts are compared: fold_case() says which are the same regardless of case, and
-- sorts them; search_key() is what a search looks through. fold() stays for the lower case that people
-- are shown, for email addresses and usernames, and for the workers of the version before.
BEGIN;

SET LOCAL ROLE daybook_owner;

-- Unicode's full case folding (CaseFolding.txt, C and F) of a text in NFC: ICU's lower case, and the 180
-- letters whose folding is another. The first regular expression finds them all, the second the rare ones.
CREATE FUNCTION daybook.fold_letters(composed text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
	folded text COLLATE "C" := lower(composed COLLATE "und-x-icu");
	pair text COLLATE "C";
BEGIN
	IF folded !~ '[µßŉſǰ\u0345ΐΰςϐϑϕϖϰϱϵև\u13F8-\u13FD\u1C80-\u1C88\u1E96-\u1E9B\u1F50-\u1FF7\uAB70-\uABBF\uFB00-\uFB17]' THEN
		RETURN folded;
	END IF;
	folded := translate(folded, U&'µſςϐϑϕϖϰϱϵᲀᲁᲂᲃᲄᲅᲆᲇᲈẛ\0345', 'μsσβθφπκρεвдосттъѣꙋṡι');
	folded := replace(folded, 'ß', 'ss');
	IF folded !~ '[ŉǰΐΰև\u13F8-\u13FD\u1E96-\u1E9A\u1F50-\u1FF7\uAB70-\uABBF\uFB00-\uFB17]' THEN
		RETURN folded;
	END IF;
	-- Cherokee, whose capital letters are the older ones.
	folded := translate(folded,
		'ᏸᏹᏺᏻᏼᏽꭰꭱꭲꭳꭴꭵꭶꭷꭸꭹꭺꭻꭼꭽꭾꭿꮀꮁꮂꮃꮄꮅꮆꮇꮈꮉꮊꮋꮌꮍꮎꮏꮐꮑꮒꮓꮔ'
		'ꮕꮖꮗꮘꮙꮚꮛꮜꮝꮞꮟꮠꮡꮢꮣꮤꮥꮦꮧꮨꮩꮪꮫꮬꮭꮮꮯꮰꮱꮲꮳꮴꮵꮶꮷꮸꮹꮺꮻꮼꮽꮾꮿ',
		'ᏰᏱᏲᏳᏴᏵᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩᎪᎫᎬᎭᎮᎯᎰᎱᎲᎳᎴᎵᎶᎷᎸᎹᎺᎻᎼᎽᎾᎿᏀᏁᏂᏃᏄ'
		'ᏅᏆᏇᏈᏉᏊᏋᏌᏍᏎᏏᏐᏑᏒᏓᏔᏕᏖᏗᏘᏙᏚᏛᏜᏝᏞᏟᏠᏡᏢᏣᏤᏥᏦᏧᏨᏩᏪᏫᏬᏭᏮᏯ');
	-- A letter, and behind it the letters to which it folds.
	FOREACH pair IN ARRAY regexp_split_to_array(trim(E'
		\u0149\u02BCn \u01F0j\u030C \u0390\u03B9\u0308\u0301 \u03B0\u03C5\u0308\u0301
		\u0587\u0565\u0582 \u1E96h\u0331 \u1E97t\u0308 \u1E98w\u030A \u1E99y\u030A
		\u1E9Aa\u02BE \u1F50\u03C5\u0313 \u1F52\u03C5\u0313\u0300 \u1F54\u03C5\u0313\u0301
		\u1F56\u03C5\u0313\u0342 \u1F80\u1F00\u03B9 \u1F81\u1F01\u03B9 \u1F82\u1F02\u03B9
		\u1F83\u1F03\u03B9 \u1F84\u1F04\u03B9 \u1F85\u1F05\u03B9 \u1F86\u1F06\u03B9
		\u1F87\u1F07\u03B9 \u1F90\u1F20\u03B9 \u1F91\u1F21\u03B9 \u1F92\u1F22\u03B9
		\u1F93\u1F23\u03B9 \u1F94\u1F24\u03B9 \u1F95\u1F25\u03B9 \u1F96\u1F26\u03B9
		\u1F97\u1F27\u03B9 \u1FA0\u1F60\u03B9 \u1FA1\u1F61\u03B9 \u1FA2\u1F62\u03B9
		\u1FA3\u1F63\u03B9 \u1FA4\u1F64\u03B9 \u1FA5\u1F65\u03B9 \u1FA6\u1F66\u03B9
		\u1FA7\u1F67\u03B9 \u1FB2\u1F70\u03B9 \u1FB3\u03B1\u03B9 \u1FB4\u03AC\u03B9
		\u1FB6\u03B1\u0342 \u1FB7\u03B1\u0342\u03B9 \u1FC2\u1F74\u03B9 \u1FC3\u03B7\u03B9
		\u1FC4\u03AE\u03B9 \u1FC6\u03B7\u0342 \u1FC7\u03B7\u0342\u03B9
		\u1FD2\u03B9\u0308\u0300 \u1FD6\u03B9\u0342 \u1FD7\u03B9\u0308\u0342
		\u1FE2\u03C5\u0308\u0300 \u1FE4\u03C1\u0313 \u1FE6\u03C5\u0342
		\u1FE7\u03C5\u0308\u0342 \u1FF2\u1F7C\u03B9 \u1FF3\u03C9\u03B9 \u1FF4\u03CE\u03B9
		\u1FF6\u03C9\u0342 \u1FF7\u03C9\u0342\u03B9 \uFB00ff \uFB01fi \uFB02fl \uFB03ffi
		\uFB04ffl \uFB05st \uFB06st \uFB13\u0574\u0576 \uFB14\u0574\u0565 \uFB15\u0574\u056B
		\uFB16\u057E\u0576 \uFB17\u0574\u056D
		'), '\s+')
	LOOP
		folded := replace(folded, left(pair, 1), substr(pair, 2));
	END LOOP;
	RETURN folded;
END
$$;

-- The form in which two texts are the same regardless of case and of the spelling of their letters
-- (canonical caseless match, Unicode section 3.13); compare and sort it COLLATE "C".
-- normalize() sorts the marks behind a letter by exchanging neighbours, which takes the square of their
-- number; so after 30 marks in a row (Unicode's stream-safe text) a joiner begins the next row. The class
-- is wider than the marks: a row of symbols is cut as well, always at the same places.
CREATE FUNCTION daybook.fold_case(value text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
	folded text COLLATE "C";
BEGIN
	IF octet_length(value) = length(value) THEN
		RETURN lower(value COLLATE "C");
	END IF;
	folded := regexp_replace(value COLLATE "und-x-icu",
		'[^[:alnum:][:punct:][:space:]\u0001-\u02FF]{30}', U&'\\&\034F', 'g');
	folded := daybook.fold_letters(normalize(folded, NFC));
	-- Folded letters may compose with the marks behind them, and fold once more: those of "ΐ" in
	-- capitals do.
	IF folded IS NOT NFC NORMALIZED THEN
		folded := daybook.fold_letters(normalize(folded, NFC));
	END IF;
	RETURN folded;
END
$$;

-- What a search looks through: the folded texts without their accents. The mark between two texts is
-- among those that are taken out, so no search finds the end of one with the beginning of the next.
-- Bytes, because position() compares them many at a time and skips nothing: a search takes the same time
-- in any text, where strpos() can be led to look at each letter as often as the word searched for is long.
CREATE FUNCTION daybook.search_key(VARIADIC texts text[]) RETURNS bytea
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT convert_to(string_agg(regexp_replace(normalize(daybook.fold_case(t), NFD) COLLATE "C",
		'[\u0300-\u036F]+', '', 'g'), U&'\034F' ORDER BY n), 'UTF8')
	FROM unnest(texts) WITH ORDINALITY AS u (t, n);
$$;

GRANT EXECUTE ON FUNCTION daybook.fold_letters(text), daybook.fold_case(text),
	daybook.search_key(text[]) TO daybook_auth, daybook_app, daybook_jobs;

-- For migrations: takes a table for changes that need it to themselves for a moment. Who asks for a table
-- after us waits behind us; so after a fifth of a second we let them pass, and ask again.
CREATE FUNCTION daybook.claim_table(wanted regclass) RETURNS void
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	FOR attempt IN 1..1000 LOOP
		BEGIN
			PERFORM set_config('lock_timeout', '200ms', true);
			EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', wanted);
			PERFORM set_config('lock_timeout', '0', true);
			RETURN;
		EXCEPTION WHEN lock_not_available THEN
			PERFORM pg_sleep(0.2);
		END;
	END LOOP;
	RAISE '% is never free; which transaction stays open?', wanted USING ERRCODE = 'lock_not_available';
END
$$;

-- For migrations: fills a column of the rows that were there before its trigger, by writing each of them
-- as it is. That makes no version. Each batch is a transaction of its own; a row that somebody holds just
-- then is left for the next round, so nobody waits for us in turn.
CREATE PROCEDURE daybook.fill_rows(wanted regclass, written name, filled name, batch int)
	LANGUAGE plpgsql
AS $$
DECLARE
	last_user uuid;
	last_id uuid;
	is_left boolean := true;
BEGIN
	WHILE is_left LOOP
		last_user := '00000000-0000-0000-0000-000000000000';
		last_id := last_user;
		WHILE last_user IS NOT NULL LOOP
			PERFORM set_config('app.backfill', 'on', true), set_config('synchronous_commit', 'off', true);
			EXECUTE format('
				WITH place AS (
					SELECT user_id, id FROM %1$s WHERE (user_id, id) > ($1, $2)
					ORDER BY user_id, id LIMIT $3),
				empty AS (
					SELECT t.user_id, t.id FROM place AS p JOIN %1$s AS t USING (user_id, id)
					WHERE t.%3$I IS NULL FOR NO KEY UPDATE OF t SKIP LOCKED),
				filled AS (
					UPDATE %1$s AS t SET %2$I = t.%2$I FROM empty AS e
					WHERE t.user_id = e.user_id AND t.id = e.id)
				SELECT user_id, id FROM place ORDER BY user_id DESC, id DESC LIMIT 1',
				wanted, written, filled)
			INTO last_user, last_id USING last_user, last_id, batch;
			COMMIT;
		END LOOP;
		EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE %I IS NULL)', wanted, filled) INTO is_left;
	END LOOP;
END
$$;

-- For migrations: columns that are full from now on. The look at all rows locks nobody out.
CREATE PROCEDURE daybook.demand_columns(wanted regclass, VARIADIC columns name[])
	LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM daybook.claim_table(wanted);
	EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS filled,
			ADD CONSTRAINT filled CHECK (%s) NOT VALID', wanted,
		(SELECT string_agg(format('%I IS NOT NULL', c), ' AND ') FROM unnest(columns) AS c));
	COMMIT;
	EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT filled', wanted);
	COMMIT;
	PERFORM daybook.claim_table(wanted);
	EXECUTE format('ALTER TABLE %s DROP CONSTRAINT filled, %s', wanted,
		(SELECT string_agg(format('ALTER COLUMN %I SET NOT NULL', c), ', ') FROM unnest(columns) AS c));
	COMMIT;
END
$$;

COMMIT;
