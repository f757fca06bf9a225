from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION timeline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- A version may be superseded, once; it may be noted that a draft that was edited later says the same, which readers
    -- do not see; and the account of its publisher may be deleted. Generated columns have no value yet when this runs.
    generated text[] := ARRAY['long', 'sample'];
    superseding text[] := generated || ARRAY['superseded_in', 'superseded_at'];
    noting text[] := generated || ARRAY[{noted}]::text[];
    forgetting text[] := generated || ARRAY['published_by_id'];
BEGIN
    IF TG_OP = 'UPDATE' AND (
        (OLD.superseded_in IS NULL AND to_jsonb(NEW) - superseding = to_jsonb(OLD) - superseding)
        OR (OLD.superseded_in IS NULL AND to_jsonb(NEW) - noting = to_jsonb(OLD) - noting)
        OR (NEW.published_by_id IS NULL AND to_jsonb(NEW) - forgetting = to_jsonb(OLD) - forgetting)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'published versions are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0020_saved_words'),
    ]

    operations = [
        migrations.RunSQL(FUNCTION.replace("{noted}", "'drafted_at'"), FUNCTION.replace("{noted}", "")),
    ]
