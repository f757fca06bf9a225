import django.contrib.postgres.indexes
from django.db import migrations, models

# What is published already: the trait of its block (`timeline.traits.with_block`), before all others. The table is
# written anew: `VACUUM (ANALYZE)` afterwards.
BLOCKS = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE timeline_publication DISABLE TRIGGER append_only;
UPDATE timeline_publication AS publication SET traits = (-20000 - (before / 4096))::integer || traits
FROM (SELECT published_in, min(id) - 1 AS before FROM timeline_publication GROUP BY published_in) AS edition
WHERE edition.published_in = publication.published_in;
ALTER TABLE timeline_publication ENABLE TRIGGER append_only;
"""

KEYS = ['type_path', 'topics', 'actors', 'roles', 'countries_involved', 'involvements', 'place_words', 'traits', 'search']


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0013_past_datasets'),
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
        migrations.RunSQL(BLOCKS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('superseded_in', None), ('withdrawn', False)), fields=KEYS, name='publication_keys'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('superseded_in__isnull', False), ('withdrawn', False)), fields=KEYS, name='publication_keys_past'),
        ),
    ]
