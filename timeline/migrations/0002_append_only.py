from django.db import migrations

TRIGGERS = """
CREATE FUNCTION timeline_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- A version may be superseded, once, and the account of its publisher may be deleted. Generated columns have no
    -- value yet when this runs.
    superseding text[] := ARRAY['superseded_in', 'superseded_at', 'long'];
    forgetting text[] := ARRAY['published_by_id', 'long'];
BEGIN
    IF TG_OP = 'UPDATE' AND (
        (OLD.superseded_in IS NULL AND to_jsonb(NEW) - superseding = to_jsonb(OLD) - superseding)
        OR (NEW.published_by_id IS NULL AND to_jsonb(NEW) - forgetting = to_jsonb(OLD) - forgetting)
    ) THEN
        RETURN NEW;
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
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
