import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Of many documents, a search reads the vector: kept in the row, not in a table beside it.
STORAGE = "ALTER TABLE timeline_publicationtext ALTER COLUMN search SET STORAGE MAIN"


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
        ('timeline', '0003_summaries'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_long',
        ),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_by_date',
        ),
        migrations.RemoveIndex(
            model_name='publicationcountry',
            name='publication_country_long',
        ),
        migrations.AlterField(
            model_name='publication',
            name='event',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='events.event'),
        ),
        migrations.AlterField(
            model_name='publicationcountry',
            name='publication',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='countries', to='timeline.publication'),
        ),
        migrations.AlterField(
            model_name='publicationrelation',
            name='target',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event'),
        ),
        migrations.AlterField(
            model_name='publicationtext',
            name='publication',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='timeline.publication'),
        ),
        migrations.AlterField(
            model_name='termtext',
            name='term',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='timeline.term'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event'), descending=True), condition=models.Q(('superseded_in', None), ('withdrawn', False)), include=('end_max', 'long', 'id', 'significance'), name='publication_by_date'),
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(models.OrderBy(models.F('start_min'), descending=True), condition=models.Q(('long', True), ('superseded_in', None), ('withdrawn', False)), include=('end_max', 'id', 'significance', 'event'), name='publication_long'),
        ),
        migrations.AddIndex(
            model_name='publicationcountry',
            index=models.Index(models.F('code'), models.OrderBy(models.F('start_min'), descending=True), condition=models.Q(('current', True), ('long', True)), include=('end_max',), name='publication_country_long'),
        ),
    ]
