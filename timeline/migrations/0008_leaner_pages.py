from django.db import migrations, models


# Nearly every row is longer than the 2 kB that PostgreSQL lets be, and to unpack its document takes a fifth of the time
# that reading it takes. So only what no page of PostgreSQL's (8 kB) could hold is packed. Holds for what is written now.
UNPACKED = "ALTER TABLE timeline_publicationtext SET (toast_tuple_target = 8160)"


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0007_refresh'),
    ]

    operations = [
        migrations.RunSQL(UNPACKED, "ALTER TABLE timeline_publicationtext RESET (toast_tuple_target)"),
        migrations.RemoveIndex(
            model_name='publicationcountry',
            name='publication_country_long',
        ),
        migrations.AddIndex(
            model_name='publicationcountry',
            index=models.Index(models.F('code'), models.OrderBy(models.F('start_min'), descending=True), models.OrderBy(models.F('event_id'), descending=True), condition=models.Q(('current', True), ('long', True)), include=('end_max', 'publication'), name='publication_country_long'),
        ),
    ]
