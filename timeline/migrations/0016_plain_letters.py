from django.db import migrations

# What is published already is found by plain letters, too (`timeline.text.PLAIN`), and not by the others any more. Words
# that have changed are stemmed again: with the letters of others, they may not have been.
LETTERS = """
SET CONSTRAINTS ALL IMMEDIATE;
CREATE FUNCTION pg_temp.plain(folded text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
    SELECT replace(replace(replace(translate(folded, 'đðħıłŋøŧ', 'ddhilnot'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
$$;
CREATE FUNCTION pg_temp.stemmed(language text, word text) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(
        (ts_lexize((CASE language WHEN 'de' THEN 'german_stem' ELSE 'english_stem' END)::regdictionary, word))[1],
        word
    )
$$;
CREATE FUNCTION pg_temp.plain(search tsvector) RETURNS tsvector LANGUAGE sql AS $$
    SELECT coalesce(string_agg(
        CASE
            WHEN lexeme = pg_temp.plain(lexeme) THEN quote_literal(lexeme)
            ELSE quote_literal(split_part(lexeme, ':', 1) || ':'
                || pg_temp.stemmed(split_part(lexeme, ':', 1), pg_temp.plain(split_part(lexeme, ':', 2))))
        END || ':' || places,
        ' '
    ), '')::tsvector
    FROM (
        SELECT lexeme, (SELECT string_agg(position || weight, ',') FROM unnest(positions, weights) AS at (position, weight))
            AS places
        FROM unnest(search)
    ) AS words
$$;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication
SET search = pg_temp.plain(search), place_words = pg_temp.plain(place_words::text)::varchar[]
WHERE search::text ~ '[æđðħıłŋøœŧþ]' OR place_words::text ~ '[æđðħıłŋøœŧþ]';
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
DROP FUNCTION pg_temp.plain(tsvector), pg_temp.stemmed(text, text), pg_temp.plain(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0015_past_pages'),
    ]

    operations = [
        migrations.RunSQL(LETTERS, migrations.RunSQL.noop),
    ]
