from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0003_imported_at'),
    ]

    operations = [
        migrations.AddField(
            model_name='actor',
            name='imported',
            field=models.JSONField(editable=False, null=True),
        ),
    ]
