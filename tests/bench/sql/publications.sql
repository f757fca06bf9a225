-- The days: denser towards the present; 78 %% days, 14 %% months, 4 %% years, 2.5 %% a few days, 1.5 %% long-running, a
-- third of them without an end. 3 %% are measures. Numbers say nothing about dates, so rows of one month lie scattered.

INSERT INTO timeline_publication (
    id, version, published_in, published_at, withdrawn, digest, event_id, slug, first_published_at,
    start_min, start_max, end_min, end_max, qualified,
    effective_start_min, effective_start_max, effective_end_min, effective_end_max, effective_qualified,
    type_path, topics, countries_involved, actors, roles, place_country, place_words, dataset, disputed, significance
)
SELECT
    n, 1, 1 + n / 1000, '2026-01-01'::timestamptz + n * interval '1 second', false, md5(n::text), n, 'event-' || n,
    '2026-01-01'::timestamptz + n * interval '1 second',
    start_min, start_max, end_min, end_max, pg_temp.draw(n, 3) < 0.03,
    effective_start, effective_start, effective_end, effective_end, false,
    ARRAY['type-' || type_1, 'type-' || type_1 || '-' || pg_temp.zipf(n, 5, 5)]::varchar[],
    about.topics, involved.codes, parts.actors, parts.roles,
    CASE WHEN pg_temp.draw(n, 6) < 0.85 THEN pg_temp.country(pg_temp.zipf(n, 100, 200)) ELSE '' END,
    ARRAY['city' || pg_temp.zipf(n, 8, 3000), CASE WHEN pg_temp.draw(n, 9) < 0.3 THEN 'palace' ELSE 'house' END]
        ::varchar[],
    CASE WHEN pg_temp.draw(n, 10) < 0.6 THEN '' WHEN pg_temp.draw(n, 10) < 0.98 THEN 'large' ELSE 'small' END,
    pg_temp.draw(n, 11) < 0.01, 2 + cardinality(parts.actors) + floor(10 * power(pg_temp.draw(n, 16), 4))::int
FROM (
    SELECT
        n, '1945-01-01'::date + floor(29950 * sqrt(pg_temp.draw(n, 1)))::int AS day, pg_temp.draw(n, 2) AS kind,
        pg_temp.draw(n, 12) AS lasts, pg_temp.draw(n, 7) < 0.03 AS is_measure, pg_temp.zipf(n, 4, 8) AS type_1
    FROM generate_series(%(first)s, %(last)s) n
) events
CROSS JOIN LATERAL (
    SELECT
        CASE WHEN kind < 0.78 THEN day WHEN kind < 0.92 THEN date_trunc('month', day)::date
             WHEN kind < 0.96 THEN date_trunc('year', day)::date ELSE day END AS start_min,
        CASE WHEN kind < 0.78 THEN day WHEN kind < 0.92 THEN (date_trunc('month', day) + interval '1 month')::date - 1
             WHEN kind < 0.96 THEN (date_trunc('year', day) + interval '1 year')::date - 1 ELSE day END AS start_max,
        CASE WHEN kind < 0.96 THEN day WHEN kind < 0.985 THEN day + 1 + floor(6 * lasts)::int
             WHEN lasts < 0.35 THEN '9999-12-31' ELSE day + 367 + floor(7000 * lasts * lasts)::int END AS ends,
        CASE WHEN is_measure THEN day + floor(60 * lasts)::int END AS effective_start,
        CASE WHEN is_measure THEN CASE WHEN lasts < 0.3 THEN '9999-12-31'::date
             ELSE day + 60 + floor(2000 * lasts)::int END END AS effective_end
) days
CROSS JOIN LATERAL (
    SELECT CASE WHEN kind < 0.96 THEN start_min ELSE ends END AS end_min,
           CASE WHEN kind < 0.96 THEN start_max ELSE ends END AS end_max
) ends
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT slug)::varchar[] AS topics
    FROM generate_series(1, 1 + floor(2 * pg_temp.draw(n, 13))::int) i
    CROSS JOIN LATERAL (SELECT pg_temp.zipf(n, 30 + i, 20) AS above) topic
    CROSS JOIN LATERAL (
        VALUES ('topic-' || above), ('topic-' || above || '-' || pg_temp.zipf(n, 40 + i, 10))
    ) both_levels (slug)
) about
CROSS JOIN LATERAL (
    SELECT array_agg(DISTINCT actor)::varchar[] AS actors,
           array_agg(DISTINCT role)::varchar[] || array_agg(DISTINCT actor || ':' || role)::varchar[] AS roles
    FROM generate_series(1, 1 + floor(4 * pg_temp.draw(n, 14))::int) i
    CROSS JOIN LATERAL (
        SELECT 'actor-' || pg_temp.zipf(n, 50 + i, 20000) AS actor, pg_temp.role(n, 60 + i) AS role
    ) part
) parts
CROSS JOIN LATERAL (
    -- As in countries.sql.
    SELECT array_agg(DISTINCT pg_temp.country(pg_temp.zipf(n, 99 + i, 200)))::varchar[] AS codes
    FROM generate_series(1, 1 + floor(4 * pg_temp.draw(n, 15))::int) i
) involved;
