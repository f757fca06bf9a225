import django.db.models.expressions
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

# The trigger of 0002 knows one generated column; now there is another.
GENERATED_COLUMNS = """
CREATE OR REPLACE FUNCTION timeline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- A version may be superseded, once, and the account of its publisher may be deleted. Generated columns have no
    -- value yet when this runs.
    generated text[] := ARRAY['long', 'sample'];
    superseding text[] := generated || ARRAY['superseded_in', 'superseded_at'];
    forgetting text[] := generated || ARRAY['published_by_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND (
        (OLD.superseded_in IS NULL AND to_jsonb(NEW) - superseding = to_jsonb(OLD) - superseding)
        OR (NEW.published_by_id IS NULL AND to_jsonb(NEW) - forgetting = to_jsonb(OLD) - forgetting)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'published versions are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

# What is published already, as `timeline.documents.significance` and `timeline.tallies` count it.
SIGNIFICANCE = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication AS publication SET significance = least(participants, 10) + least(sources, 10) + (
    SELECT least(count(*), 10) FROM timeline_publicationcountry WHERE publication_id = publication.id
)
FROM (
    SELECT DISTINCT ON (publication_id) publication_id,
        coalesce(json_array_length(json -> 'participants'), 0) AS participants,
        coalesce(json_array_length(json -> 'sources'), 0) AS sources
    FROM timeline_publicationtext
    CROSS JOIN LATERAL (SELECT translate(document, chr(1), '')::json AS json) AS documents
) AS counted
WHERE counted.publication_id = publication.id;
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
"""
TALLIES = """
INSERT INTO timeline_tally (dimension, key, month, starts, ends)
SELECT dimension, key, month, sum(starts), sum(ends)
FROM (
    SELECT id AS pk, '' AS dimension, '' AS key FROM timeline_publication
    UNION ALL SELECT publication_id, 'country', code FROM timeline_publicationcountry
    UNION ALL SELECT id, 'actor', value FROM timeline_publication, unnest(actors) AS part (value)
    UNION ALL SELECT id, 'type', value FROM timeline_publication, unnest(type_path) AS part (value)
    UNION ALL SELECT id, 'topic', value FROM timeline_publication, unnest(topics) AS part (value)
) AS held
JOIN timeline_publication AS publication ON publication.id = pk AND NOT withdrawn AND superseded_in IS NULL
CROSS JOIN LATERAL (VALUES (start_min, 1, 0), (end_max, 0, 1)) AS ends_of (day, starts, ends)
CROSS JOIN LATERAL (SELECT date_trunc('month', day)::date AS month) AS months
GROUP BY dimension, key, month;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
        ('timeline', '0002_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dimension', models.CharField(blank=True, choices=[('', 'All'), ('country', 'Country'), ('actor', 'Actor'), ('type', 'Type'), ('topic', 'Topic')], max_length=7)),
                ('key', models.CharField(blank=True, help_text="A country's code, or a slug.", max_length=120)),
                ('month', models.DateField(help_text='Its first day.')),
                ('starts', models.IntegerField(help_text='Events whose first possible day is in the month.')),
                ('ends', models.IntegerField(help_text='Events whose last possible day is in the month.')),
            ],
        ),
        migrations.AddField(
            model_name='publication',
            name='sample',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.lookups.Exact(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('event_id'), '*', models.Value(7919)), '%%', models.Value(1000003)), '%%', models.Value(128)), 0), output_field=models.BooleanField()),
        ),
        migrations.AddField(
            model_name='publication',
            name='significance',
            field=models.PositiveSmallIntegerField(default=0, help_text='How much there is to it: see `timeline.documents.significance`.'),
            preserve_default=False,
        ),
        migrations.RunSQL(GENERATED_COLUMNS, migrations.RunSQL.noop),
        migrations.RunSQL(SIGNIFICANCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('dimension', 'key', 'month'), include=('starts', 'ends'), name='tally_once'),
        ),
        migrations.RunSQL(TALLIES, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('significance'), descending=True), models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event'), descending=True), condition=models.Q(('superseded_in', None), ('withdrawn', False)), name='publication_by_significance'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(condition=models.Q(('sample', True)), fields=['event'], name='publication_sample'),
        ),
        # Counts and densities by day read nothing but these.
        migrations.RemoveIndex(model_name='publication', name='publication_by_date'),
        migrations.RemoveIndex(model_name='publicationcountry', name='publication_country_by_date'),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event'), descending=True), condition=models.Q(('superseded_in', None), ('withdrawn', False)), include=('end_max', 'long', 'id'), name='publication_by_date'),
        ),
        migrations.AddIndex(
            model_name='publicationcountry',
            index=models.Index(models.F('code'), models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event_id'), descending=True), condition=models.Q(('current', True)), include=('end_max', 'publication', 'long'), name='publication_country_by_date'),
        ),
    ]
