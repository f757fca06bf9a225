INSERT INTO events_event (id, slug, type_id, date, effective, place_name, created_at, updated_at)
SELECT n, 'event-' || n, 1, '', '', '', '2026-01-01', '2026-01-01'
FROM generate_series(%(first)s, %(last)s) n;
