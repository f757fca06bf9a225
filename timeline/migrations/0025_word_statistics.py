from django.db import migrations

# Of ten times as many words PostgreSQL knows how frequent they are; any other may be as frequent as the rarest of
# these. A page looks for all events with a word that is rare enough at once (`timeline.scans.by_date`).
MORE = """
ALTER TABLE timeline_publication ALTER COLUMN search SET STATISTICS 500;
ANALYZE timeline_publication (search);
"""
FEWER = "ALTER TABLE timeline_publication ALTER COLUMN search SET STATISTICS 300"


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0024_tallies_ever'),
    ]

    operations = [migrations.RunSQL(MORE, FEWER)]
