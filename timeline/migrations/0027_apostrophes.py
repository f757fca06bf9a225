from django.db import migrations

# What is published already is found by its words as they are parted at such apostrophes now (`timeline.text.PLAIN`):
# behind each, all other words of the document move on. The parts are stemmed again: with the others, they may not have
# been. What had invisible hyphens cannot be told from other words, and is made anew when it is published again.
PARTED = """
SET CONSTRAINTS ALL IMMEDIATE;
CREATE FUNCTION pg_temp.parts(folded text) RETURNS text[] IMMUTABLE LANGUAGE sql AS $$
    SELECT array_remove(regexp_split_to_array(folded, '[ ʹʺʻʼʽʾʿ]+'), '')
$$;
CREATE FUNCTION pg_temp.stemmed(mark text, weight text, word text) RETURNS text[] LANGUAGE sql AS $$
    SELECT tsvector_to_array(to_tsvector(
        (CASE split_part(mark, '.', CASE WHEN weight IN ('B', 'C') THEN 1 ELSE -1 END)
            WHEN 'en' THEN 'english' WHEN 'de' THEN 'german' ELSE 'simple' END)::regconfig,
        word
    ))
$$;
CREATE FUNCTION pg_temp.parted(search tsvector) RETURNS tsvector LANGUAGE sql AS $$
    SELECT coalesce(string_agg(quote_literal(lexeme) || coalesce(':' || places, ''), ' '), '')::tsvector
    FROM (
        SELECT mark || ':' || stem AS lexeme, string_agg((position + moved + place - 1) || weight, ',') AS places
        FROM (
            SELECT mark, word, position, weight, pg_temp.parts(word) AS parts, coalesce(
                sum(cardinality(pg_temp.parts(word)) - 1)
                    OVER (PARTITION BY mark ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                0
            ) AS moved
            FROM unnest(search),
                LATERAL (SELECT split_part(lexeme, ':', 1) AS mark, split_part(lexeme, ':', 2) AS word) AS marked
                LEFT JOIN LATERAL unnest(positions, weights) AS places (position, weight) ON true
        ) AS words,
            unnest(parts) WITH ORDINALITY AS parted (part, place),
            unnest(CASE part WHEN word THEN ARRAY[word] ELSE pg_temp.stemmed(mark, weight, part) END) AS stems (stem)
        GROUP BY mark, stem
    ) AS lexemes
$$;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication
SET search = pg_temp.parted(search), place_words = ARRAY(
    SELECT part FROM unnest(pg_temp.parts(array_to_string(place_words, ' '))) WITH ORDINALITY AS parts (part, place)
    GROUP BY part ORDER BY min(place)
)
WHERE search::text ~ '[ʹʺʻʼʽʾʿ]' OR place_words::text ~ '[ʹʺʻʼʽʾʿ]';
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
DROP FUNCTION pg_temp.parted(tsvector), pg_temp.stemmed(text, text, text), pg_temp.parts(text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0026_written_to'),
    ]

    operations = [
        migrations.RunSQL(PARTED, migrations.RunSQL.noop),
    ]
