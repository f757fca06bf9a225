-- One to four draws a publication; the first is the place's country, too.

INSERT INTO timeline_publicationcountry (publication_id, code, ways, event_id, start_min, end_max, current)
SELECT
    p.id, code,
    CASE WHEN i = 1 THEN ARRAY['participant:', ':host', 'participant:host', 'location:']
         WHEN pg_temp.draw(p.id, 110 + i) < 0.3 THEN ARRAY['bloc:', ':participant', 'bloc:participant']
         ELSE ARRAY['participant:', ':visitor', 'participant:visitor'] END::varchar[],
    p.event_id, p.start_min, p.end_max, true
FROM timeline_publication p
CROSS JOIN LATERAL (
    SELECT pg_temp.country(pg_temp.zipf(p.id, 99 + i, 200)) AS code, min(i) AS i
    FROM generate_series(1, 1 + floor(4 * pg_temp.draw(p.id, 15))::int) i
    GROUP BY 1
) involved
WHERE p.id BETWEEN %(first)s AND %(last)s;
