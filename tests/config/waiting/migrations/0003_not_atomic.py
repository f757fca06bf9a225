from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("sessions", "0002_atomic")]
    operations = [
        migrations.RunSQL("CREATE TABLE waiting_too (id integer)", "DROP TABLE waiting_too"),
        migrations.RunSQL(
            "ALTER TABLE django_session ADD COLUMN alone integer", "ALTER TABLE django_session DROP COLUMN alone"
        ),
    ]
