import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.expressions
from django.db import migrations, models

# What is published already. The table is written anew: `VACUUM (ANALYZE)` afterwards.
INVOLVEMENTS = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication AS publication SET involvements = entries
FROM (
    SELECT publication_id, array_agg(code || ':' || way ORDER BY (code || ':' || way) COLLATE "C") AS entries
    FROM timeline_publicationcountry CROSS JOIN LATERAL unnest(ways) AS way GROUP BY 1
) AS countries
WHERE publication_id = publication.id;
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0009_faster_summaries'),
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
        migrations.AddField(
            model_name='publication',
            name='involvements',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=45), default=list, help_text='`code:` with each of `PublicationCountry.ways`, for each of them.', size=None),
            preserve_default=False,
        ),
        migrations.RunSQL(INVOLVEMENTS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(models.F('type_path'), models.F('topics'), models.F('actors'), models.F('roles'), models.F('countries_involved'), models.F('involvements'), models.F('place_words'), django.db.models.expressions.RawSQL('ARRAY[EXTRACT(year FROM start_min)::integer * 12 + EXTRACT(month FROM start_min)::integer, -EXTRACT(year FROM start_min)::integer] || CASE WHEN long THEN ARRAY[0] END || CASE WHEN disputed THEN ARRAY[-10001] END || CASE WHEN effective_start_min IS NOT NULL THEN ARRAY[-10002] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 128) = 0 THEN ARRAY[-10003] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 256) = 0 THEN ARRAY[-10004] END', ()), condition=models.Q(('superseded_in', None), ('withdrawn', False)), name='publication_keys'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(models.F('type_path'), models.F('topics'), models.F('actors'), models.F('roles'), models.F('countries_involved'), models.F('involvements'), models.F('place_words'), django.db.models.expressions.RawSQL('ARRAY[EXTRACT(year FROM start_min)::integer * 12 + EXTRACT(month FROM start_min)::integer, -EXTRACT(year FROM start_min)::integer] || CASE WHEN long THEN ARRAY[0] END || CASE WHEN disputed THEN ARRAY[-10001] END || CASE WHEN effective_start_min IS NOT NULL THEN ARRAY[-10002] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 128) = 0 THEN ARRAY[-10003] END || CASE WHEN mod(mod(event_id * 7919, 1000003), 256) = 0 THEN ARRAY[-10004] END', ()), condition=models.Q(('superseded_in__isnull', False), ('withdrawn', False)), name='publication_keys_past'),
        ),
    ]
