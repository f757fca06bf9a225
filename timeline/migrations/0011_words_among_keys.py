import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# What is published already: its words, out of the old vectors, but for the traits in those, which the index by keys has;
# and its traits (`timeline.traits`). The table is written anew: `VACUUM (ANALYZE)` afterwards.
WORDS_AND_TRAITS = r"""
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication AS publication SET search = vector::tsvector, traits = ARRAY(
    SELECT trait FROM (
        SELECT year * 12 + month AS first_month,
            extract(year FROM end_max)::integer * 12 + extract(month FROM end_max)::integer AS last_month, year
        FROM (
            SELECT extract(year FROM start_min)::integer AS year, extract(month FROM start_min)::integer AS month
        ) AS begun
    ) AS lasted
    CROSS JOIN LATERAL (
        SELECT first_month UNION ALL SELECT -year
        UNION ALL SELECT 200000 + generate_series(first_month + 1, last_month) WHERE NOT long
        UNION ALL SELECT -10001 WHERE disputed
        UNION ALL SELECT -10003 WHERE mod(mod(event_id * 7919, 1000003), 128) = 0
        UNION ALL SELECT -10004 WHERE mod(mod(event_id * 7919, 1000003), 256) = 0
        UNION ALL SELECT tree + node FROM (
            SELECT tree, (16383 + extract(year FROM first_day)::integer + (1 << level)) >> level AS low,
                (16385 + extract(year FROM last_day)::integer) >> level AS high
            FROM generate_series(0, 14) AS level CROSS JOIN (
                SELECT 1000000, effective_start_min, effective_end_max
                UNION ALL SELECT 2000000, start_min, end_max WHERE long
            ) AS spans (tree, first_day, last_day)
        ) AS levels
        CROSS JOIN LATERAL (
            SELECT low WHERE low < high AND low % 2 = 1 UNION ALL SELECT high - 1 WHERE low < high AND high % 2 = 1
        ) AS nodes (node)
    ) AS traits (trait)
    ORDER BY trait
)
FROM (
    SELECT publication_id, string_agg(
        regexp_replace(
            ts_delete(search, ARRAY(SELECT word FROM unnest(tsvector_to_array(search)) AS word WHERE word ~ '^='))::text,
            '''([^'']+)''', '''' || language || ':\1''', 'g'
        ),
        ' '
    ) AS vector
    FROM timeline_publicationtext GROUP BY publication_id
) AS documents
WHERE publication_id = publication.id;
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
"""

# How rare a word is decides how it is looked for, and there are many.
STATISTICS = "ALTER TABLE timeline_publication ALTER COLUMN search SET STATISTICS 300"

# Rows that fit a page are not compressed, as in 0008: each search would have to unpack what it looks at.
UNPACKED = "ALTER TABLE timeline_publication SET (toast_tuple_target = 8160)"


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0010_involvements'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_keys',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_keys_past',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_measures',
        ),
        migrations.RemoveIndex(
            model_name='publicationtext',
            name='publication_text_search',
        ),
        migrations.RunSQL(UNPACKED, "ALTER TABLE timeline_publication RESET (toast_tuple_target)"),
        migrations.AddField(
            model_name='publication',
            name='search',
            field=django.contrib.postgres.search.SearchVectorField(default='', help_text='The words of the documents in all languages: see `timeline.search`.'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='publication',
            name='traits',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, help_text='See `timeline.traits`.', size=None),
            preserve_default=False,
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_by_change',
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('published_in'), descending=True), models.OrderBy(models.F('event'), descending=True), condition=models.Q(('superseded_in', None), ('withdrawn', False)), include=('id',), name='publication_by_change'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('published_in'), descending=True), models.OrderBy(models.F('event'), descending=True), models.F('effective_start_min'), models.F('effective_end_max'), condition=models.Q(('effective_start_min__isnull', False)), include=('id', 'superseded_in', 'withdrawn'), name='publication_measures_changes'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event'), descending=True), models.F('effective_start_min'), models.F('effective_end_max'), condition=models.Q(('effective_start_min__isnull', False)), include=('id', 'long', 'superseded_in', 'withdrawn', 'published_in'), name='publication_measures'),
        ),
        migrations.RunSQL(STATISTICS, migrations.RunSQL.noop),
        migrations.RunSQL(WORDS_AND_TRAITS, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='publicationtext',
            name='search',
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('superseded_in', None), ('withdrawn', False)), fields=['type_path', 'topics', 'actors', 'roles', 'countries_involved', 'involvements', 'place_words', 'traits', 'search'], name='publication_keys'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('superseded_in__isnull', False), ('withdrawn', False)), fields=['type_path', 'topics', 'actors', 'roles', 'countries_involved', 'involvements', 'place_words', 'traits', 'search'], name='publication_keys_past'),
        ),
    ]
