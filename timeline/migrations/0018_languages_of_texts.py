from django.db import migrations

# What is published already is found by untranslated texts in their own language, too (`timeline.vectors.mark`): from the
# lexemes of the language that a document lacks go those of its texts, and those of the texts in theirs come.
TEXTS = """
SET CONSTRAINTS ALL IMMEDIATE;
CREATE FUNCTION pg_temp.marked(search tsvector, language text, of_texts text) RETURNS tsvector LANGUAGE sql AS $$
    SELECT string_agg(quote_literal(lexeme) || ':' || places, ' ')::tsvector
    FROM (
        SELECT lexeme, string_agg(position || weight, ',') AS places
        FROM (
            SELECT CASE WHEN starts_with(lexeme, language || ':') THEN language || '.' || of_texts || substr(lexeme, length(language) + 1)
                ELSE lexeme END AS lexeme, position, weight
            FROM unnest(search) AS words, unnest(positions, weights) AS places (position, weight)
            WHERE NOT starts_with(lexeme, language || ':') OR weight IN ('B', 'C')
            UNION ALL
            SELECT language || '.' || lexeme, position, weight
            FROM unnest(search) AS words, unnest(positions, weights) AS places (position, weight)
            WHERE starts_with(lexeme, of_texts || ':') AND weight IN ('A', 'D')
        ) AS marked
        GROUP BY lexeme
    ) AS words
$$;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication publication
SET search = pg_temp.marked(search, text.language, substring(document FROM '"language":"([a-z-]+)"'))
FROM timeline_publicationtext text
WHERE publication_id = publication.id AND document LIKE '%"fallback_from":"' || language || '"%';
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
DROP FUNCTION pg_temp.marked(tsvector, text, text);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0017_vanished'),
    ]

    operations = [
        migrations.RunSQL(TEXTS, migrations.RunSQL.noop),
    ]
