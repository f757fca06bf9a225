import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.expressions
from django.db import migrations, models

# What is published already: its words, out of the old vectors, but for the traits in those, which the index by keys has;
# and its `timeline.year_tree.nodes_of`. The table is written anew: `VACUUM (ANALYZE)` afterwards.
WORDS_AND_YEARS = r"""
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication AS publication SET search = vector::tsvector, effective_years = CASE
    WHEN effective_start_min IS NULL THEN '{}'
    ELSE ARRAY(
        SELECT node FROM (
            SELECT (16383 + extract(year FROM effective_start_min)::integer + (1 << level)) >> level AS low,
                (16385 + extract(year FROM effective_end_max)::integer) >> level AS high
            FROM generate_series(0, 14) AS level
        ) AS levels
        CROSS JOIN LATERAL (
            SELECT low WHERE low < high AND low % 2 = 1 UNION ALL SELECT high - 1 WHERE low < high AND high % 2 = 1
        ) AS nodes (node)
        ORDER BY node
    ) END
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
            name='effective_years',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, help_text='Their `timeline.year_tree.nodes_of`.', size=None),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event'), descending=True), models.F('effective_start_min'), models.F('effective_end_max'), condition=models.Q(('effective_start_min__isnull', False)), include=('long', 'superseded_in', 'withdrawn', 'published_in'), name='publication_measures'),
        ),
        migrations.RunSQL(WORDS_AND_YEARS, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='publicationtext',
            name='search',
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(models.F('type_path'), models.F('topics'), models.F('actors'), models.F('roles'), models.F('countries_involved'), models.F('involvements'), models.F('place_words'), models.F('effective_years'), models.F('search'), django.db.models.expressions.RawSQL('ARRAY[EXTRACT(year FROM start_min)::integer * 12 + EXTRACT(month FROM start_min)::integer, -EXTRACT(year FROM start_min)::integer] || CASE WHEN long THEN ARRAY[0] END || CASE WHEN disputed THEN ARRAY[-10001] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 128) = 0 THEN ARRAY[-10003] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 256) = 0 THEN ARRAY[-10004] END', ()), condition=models.Q(('superseded_in', None), ('withdrawn', False)), name='publication_keys'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(models.F('type_path'), models.F('topics'), models.F('actors'), models.F('roles'), models.F('countries_involved'), models.F('involvements'), models.F('place_words'), models.F('effective_years'), models.F('search'), django.db.models.expressions.RawSQL('ARRAY[EXTRACT(year FROM start_min)::integer * 12 + EXTRACT(month FROM start_min)::integer, -EXTRACT(year FROM start_min)::integer] || CASE WHEN long THEN ARRAY[0] END || CASE WHEN disputed THEN ARRAY[-10001] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 128) = 0 THEN ARRAY[-10003] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 256) = 0 THEN ARRAY[-10004] END', ()), condition=models.Q(('superseded_in__isnull', False), ('withdrawn', False)), name='publication_keys_past'),
        ),
    ]
