import django.contrib.postgres.indexes
import django.db.models.expressions
from django.db import migrations, models


# What is published already gets the words that `timeline.search` adds now: traits, in the language.
SEARCH = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE timeline_publicationtext DISABLE TRIGGER fixed;
UPDATE timeline_publicationtext SET search = search || (
    SELECT array_to_tsvector(array_agg('=' || language || trait)) FROM timeline_publication, unnest(
        ARRAY[EXTRACT(year FROM start_min)::integer * 12 + EXTRACT(month FROM start_min)::integer,
            -EXTRACT(year FROM start_min)::integer]
        || CASE WHEN long THEN ARRAY[0] END || CASE WHEN disputed THEN ARRAY[-10001] END
        || CASE WHEN effective_start_min IS NOT NULL THEN ARRAY[-10002] END
    ) AS trait
    WHERE id = publication_id
);
ALTER TABLE timeline_publicationtext ENABLE TRIGGER fixed;
"""

# So that it is known of ten thousand words, and not of one, how many documents have them.
STATISTICS = "ALTER TABLE timeline_publicationtext ALTER COLUMN search SET STATISTICS 1000"


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0005_countries_involved'),
    ]

    operations = [
        migrations.RunSQL(SEARCH, migrations.RunSQL.noop),
        migrations.RunSQL(STATISTICS, migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_effective',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_type_path',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_topics',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_actors',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_roles',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_place_words',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_countries',
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event'), descending=True), models.F('effective_start_min'), models.F('effective_end_max'), condition=models.Q(('effective_start_min__isnull', False), ('superseded_in', None), ('withdrawn', False)), name='publication_measures'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(models.F('type_path'), models.F('topics'), models.F('actors'), models.F('roles'), models.F('countries_involved'), models.F('place_words'), django.db.models.expressions.RawSQL('ARRAY[EXTRACT(year FROM start_min)::integer * 12 + EXTRACT(month FROM start_min)::integer, -EXTRACT(year FROM start_min)::integer] || CASE WHEN long THEN ARRAY[0] END || CASE WHEN disputed THEN ARRAY[-10001] END || CASE WHEN effective_start_min IS NOT NULL THEN ARRAY[-10002] END', ()), condition=models.Q(('superseded_in', None), ('withdrawn', False)), name='publication_keys'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(models.F('type_path'), models.F('topics'), models.F('actors'), models.F('roles'), models.F('countries_involved'), models.F('place_words'), django.db.models.expressions.RawSQL('ARRAY[EXTRACT(year FROM start_min)::integer * 12 + EXTRACT(month FROM start_min)::integer, -EXTRACT(year FROM start_min)::integer] || CASE WHEN long THEN ARRAY[0] END || CASE WHEN disputed THEN ARRAY[-10001] END || CASE WHEN effective_start_min IS NOT NULL THEN ARRAY[-10002] END', ()), condition=models.Q(('superseded_in__isnull', False), ('withdrawn', False)), name='publication_keys_past'),
        ),
    ]
