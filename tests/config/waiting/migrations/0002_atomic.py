from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sessions", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE TABLE waiting (id integer)", "DROP TABLE waiting"),
        migrations.RunSQL(
            "ALTER TABLE django_session ADD COLUMN atomic integer", "ALTER TABLE django_session DROP COLUMN atomic"
        ),
    ]
