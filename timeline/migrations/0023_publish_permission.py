from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("timeline", "0022_names_digest"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="publication",
            options={"permissions": [("publish", "Can publish and withdraw")]},
        ),
    ]
