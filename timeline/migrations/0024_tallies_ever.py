from django.db import migrations, models

# What is published already, as `timeline.tallies` counts it.
TALLIES = """
INSERT INTO timeline_tally (dimension, key, month, starts, ends)
SELECT ever, key, DATE '0001-01-01', sum(starts), sum(ends)
FROM timeline_tally
JOIN (VALUES ('country', 'countries'), ('actor', 'actors'), ('type', 'types'), ('topic', 'topics')) AS dimensions (one, ever)
    ON dimension = one
GROUP BY ever, key;
"""
NONE = "DELETE FROM timeline_tally WHERE dimension IN ('countries', 'actors', 'types', 'topics')"


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0023_publish_permission'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tally',
            name='dimension',
            field=models.CharField(blank=True, choices=[('', 'All'), ('day', 'Day'), ('country', 'Country'), ('actor', 'Actor'), ('type', 'Type'), ('topic', 'Topic'), ('countries', 'Countries'), ('actors', 'Actors'), ('types', 'Types'), ('topics', 'Topics')], max_length=9),
        ),
        migrations.AlterField(
            model_name='tally',
            name='ends',
            field=models.IntegerField(help_text='Events whose last possible day is in the month; or in any.'),
        ),
        migrations.AlterField(
            model_name='tally',
            name='month',
            field=models.DateField(help_text='Its first day; of the dimension `day`, the day itself; of all months, 0001-01-01.'),
        ),
        migrations.AlterField(
            model_name='tally',
            name='starts',
            field=models.IntegerField(help_text='Events whose first possible day is in the month; or in any.'),
        ),
        migrations.RunSQL(TALLIES, NONE),
    ]
