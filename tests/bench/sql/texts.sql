-- Documents as timeline.documents shapes them, of about 1.7 kB. U+0001 stands for the base URL. Of five words in a title,
-- a third of all events has the commonest one of 20,000.
-- TRAIT_WORDS is that of timeline.search.

INSERT INTO timeline_publicationtext (publication_id, language, title, search, document)
SELECT p.id, language, named.title, setweight(to_tsvector(config, named.title), 'A')
        || setweight(to_tsvector(config, array_to_string(p.actors || p.place_words, ' ')), 'B') || {TRAIT_WORDS}, format(
    '{"id":"%%s","url":"%%s/events/%%s/","version":1,"type":{"id":"%%s","name":"%%s","path":["%%s","%%s"]},"title":"%%s",'
    '"summary":"%%s","language":"%%s","date":{"edtf":"%%s","start":"%%s","end":"%%s","start_latest":"%%s",'
    '"end_earliest":"%%s","precision":"day","approximate":false,"uncertain":false,"open":false,"display":"%%s"},'
    '"place":{"name":"%%s","country":"%%s","latitude":12.345,"longitude":67.89},"participants":[%%s],"countries":[%%s],'
    '"topics":[%%s],"sources":[%%s],"disputed":false,"published_at":"%%s","updated_at":"%%s"}',
    p.slug, chr(1), p.slug, p.type_path[2], p.type_path[2], p.type_path[1], p.type_path[2], named.title,
    named.summary, language, p.start_min, p.start_min, p.end_max, p.start_max,
    p.end_min, to_char(p.start_min, 'FMDD Month YYYY'),
    array_to_string(p.place_words, ' '), p.place_country, parts.json, involved.json,
    about.json, written.json, p.published_at, p.published_at
)
FROM timeline_publication p
CROSS JOIN LATERAL (SELECT p.id AS publication_id) ids
CROSS JOIN (VALUES ('en', 'english'::regconfig), ('de', 'german'::regconfig)) languages (language, config)
CROSS JOIN LATERAL (
    SELECT
        (SELECT string_agg('word' || pg_temp.zipf(p.id, 70 + i, 20000), ' ') FROM generate_series(1, 5) i)
            || ' number ' || p.id || ' (' || language || ')' AS title,
        (SELECT string_agg(md5(p.id || '/' || i), ' ') FROM generate_series(1, 3 + mod(p.id, 9)) i) AS summary
) named
CROSS JOIN LATERAL (
    SELECT string_agg(format(
        '{"actor":"%%s","name":"Name of %%s","kind":"person","role":"participant","represents":["AA"]}', actor, actor
    ), ',') AS json FROM unnest(p.actors) actor
) parts
CROSS JOIN LATERAL (
    SELECT string_agg(format('{"code":"%%s","name":"State of %%s","via":["participant"]}', code, code), ',') AS json
    FROM timeline_publicationcountry WHERE publication_id = p.id
) involved
CROSS JOIN LATERAL (
    SELECT string_agg(format('{"id":"%%s","name":"About %%s","path":["%%s"]}', topic, topic, topic), ',') AS json
    FROM unnest(p.topics) topic
) about
CROSS JOIN LATERAL (
    SELECT string_agg(format(
        '{"url":"https://example.org/%%s/%%s","title":"Joint statement number %%s after the talks",'
        '"publisher":"Ministry of Foreign Affairs","language":"en","published":"%%s","official":true}',
        p.slug, i, p.id, p.start_max
    ), ',') AS json FROM generate_series(1, 1 + mod(p.id, 2)) i
) written
WHERE p.id BETWEEN %(first)s AND %(last)s;
