-- The terms that the filters look up, and the one type that all rows of events_event have.

INSERT INTO events_eventtype (id, slug, names, plover) VALUES (1, 'meeting', '{"en": "Meeting"}', '');

INSERT INTO timeline_term (version, published_in, published_at, withdrawn, digest, kind, key, "group", names, definition)
SELECT 1, 1, '2026-01-01', false, '', kind, key, '', ARRAY[key], '{}'
FROM (
    SELECT 'country' AS kind, pg_temp.country(n) AS key FROM generate_series(1, 200) n
    UNION ALL SELECT 'actor', 'actor-' || n FROM generate_series(1, 20000) n
    UNION ALL SELECT 'type', 'type-' || n FROM generate_series(1, 8) n
    UNION ALL SELECT 'type', 'type-' || n || '-' || m FROM generate_series(1, 8) n, generate_series(1, 5) m
    UNION ALL SELECT 'topic', 'topic-' || n FROM generate_series(1, 20) n
    UNION ALL SELECT 'topic', 'topic-' || n || '-' || m FROM generate_series(1, 20) n, generate_series(1, 10) m
) terms;

INSERT INTO timeline_termtext (term_id, language, document)
SELECT id, language, format('{"id":"%s","code":"%s","name":"Name of %s","path":["%s"]}', key, key, key, key)
FROM timeline_term CROSS JOIN (VALUES ('en'), ('de')) languages (language);
