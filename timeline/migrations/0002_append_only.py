from django.db import migrations

TRIGGERS = """
CREATE FUNCTION timeline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_in IS NULL
       AND to_jsonb(NEW) - 'superseded_in' - 'superseded_at' = to_jsonb(OLD) - 'superseded_in' - 'superseded_at' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'published_by_id' = to_jsonb(OLD) - 'published_by_id' THEN
        RETURN NEW; -- the account of a publisher may be deleted
    END IF;
    RAISE EXCEPTION 'published versions are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION timeline_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published versions are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON timeline_publication
    FOR EACH ROW EXECUTE FUNCTION timeline_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON timeline_term
    FOR EACH ROW EXECUTE FUNCTION timeline_append_only();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON timeline_publicationtext
    FOR EACH ROW EXECUTE FUNCTION timeline_fixed();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON timeline_termtext
    FOR EACH ROW EXECUTE FUNCTION timeline_fixed();
CREATE TRIGGER fixed BEFORE UPDATE OR DELETE ON timeline_publicationrelation
    FOR EACH ROW EXECUTE FUNCTION timeline_fixed();
"""

NO_TRIGGERS = """
DROP TRIGGER append_only ON timeline_publication;
DROP TRIGGER append_only ON timeline_term;
DROP TRIGGER fixed ON timeline_publicationtext;
DROP TRIGGER fixed ON timeline_termtext;
DROP TRIGGER fixed ON timeline_publicationrelation;
DROP FUNCTION timeline_append_only();
DROP FUNCTION timeline_fixed();
"""

# Documents are read whole, many at a time: kept in the row, compressed, and not in a table beside it.
STORAGE = """
ALTER TABLE timeline_publicationtext ALTER COLUMN document SET STORAGE MAIN;
ALTER TABLE timeline_termtext ALTER COLUMN document SET STORAGE MAIN;
"""


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO timeline_dataset (id, version, updated_at) VALUES (1, 0, now())", migrations.RunSQL.noop
        ),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
