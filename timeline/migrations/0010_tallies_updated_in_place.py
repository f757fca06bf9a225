from django.db import migrations, models


# A new version of a row finds room beside the old one, which no index then hears of.
ROOM = "ALTER TABLE timeline_tally SET (fillfactor = 70)"


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0009_faster_summaries'),
    ]

    operations = [
        migrations.RunSQL(ROOM, 'ALTER TABLE timeline_tally RESET (fillfactor)'),
        migrations.RemoveConstraint(
            model_name='tally',
            name='tally_once',
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('dimension', 'key', 'month'), name='tally_once'),
        ),
    ]
