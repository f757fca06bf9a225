import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


# What is published already.
COUNTRIES = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication AS publication SET countries_involved = codes
FROM (
    SELECT publication_id, array_agg(code ORDER BY code) AS codes FROM timeline_publicationcountry GROUP BY 1
) AS countries
WHERE publication_id = publication.id;
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0004_leaner_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='publication',
            name='countries_involved',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), default=list, help_text='Their codes, as in `countries`.', size=None),
            preserve_default=False,
        ),
        migrations.RunSQL(COUNTRIES, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(fields=['countries_involved'], name='publication_countries'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event'), descending=True), name='publication_by_date_ever'),
        ),
    ]
