import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0001_initial'),
        ('timeline', '0003_summaries'),
    ]

    operations = [
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
    ]
