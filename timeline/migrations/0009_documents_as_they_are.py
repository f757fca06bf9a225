from django.db import migrations


# Documents up to a page long are not compressed: a page of fifty is read in half the time, and publishing saves the work
# of packing them, for a quarter more of disk. Those that are there stay packed until their rows are written anew.
LIMIT = "ALTER TABLE timeline_publicationtext SET (toast_tuple_target = 8160)"


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0008_tallies_updated_in_place'),
    ]

    operations = [
        migrations.RunSQL(LIMIT, 'ALTER TABLE timeline_publicationtext RESET (toast_tuple_target)'),
    ]
