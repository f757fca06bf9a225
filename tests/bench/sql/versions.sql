-- Two percent had an earlier version, which the partial indexes leave out.

INSERT INTO timeline_publication (
    version, published_in, published_at, superseded_in, superseded_at, withdrawn, digest, event_id, slug,
    first_published_at, start_min, start_max, end_min, end_max, qualified, effective_qualified,
    type_path, topics, countries_involved, actors, roles, place_country, place_words, dataset, disputed, significance
)
SELECT
    0, 1, published_at, published_in, published_at, false, '', event_id, slug, first_published_at, start_min, start_max,
    end_min, end_max, qualified, false, type_path, topics, countries_involved, actors, roles, place_country, place_words, dataset, disputed, significance
FROM timeline_publication
WHERE id BETWEEN %(first)s AND %(last)s AND pg_temp.draw(id, 80) < 0.02;

INSERT INTO timeline_publicationtext (publication_id, language, title, search, document)
SELECT earlier.id, language, title, search, document
FROM timeline_publication current
JOIN timeline_publication earlier ON earlier.event_id = current.event_id AND earlier.version = 0
JOIN timeline_publicationtext ON publication_id = current.id
WHERE current.id BETWEEN %(first)s AND %(last)s AND current.version = 1;
