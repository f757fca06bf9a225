-- A tenth of the events follow another one; a fifth of the measures are suspended or withdrawn by another event.

INSERT INTO timeline_publicationrelation (publication_id, kind, target_id)
SELECT p.id, 'follows', 1 + floor(p.id * pg_temp.draw(p.id, 70))::bigint
FROM timeline_publication p
WHERE p.id BETWEEN %(first)s AND %(last)s AND p.id > 1 AND pg_temp.draw(p.id, 71) < 0.1
UNION ALL
SELECT
    1 + floor(%(last)s * pg_temp.draw(p.id, 72))::bigint,
    CASE WHEN pg_temp.draw(p.id, 73) < 0.5 THEN 'suspends' ELSE 'withdraws' END, p.event_id
FROM timeline_publication p
WHERE p.id BETWEEN %(first)s AND %(last)s AND p.effective_start_min IS NOT NULL AND pg_temp.draw(p.id, 74) < 0.2;
