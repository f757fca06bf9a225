-- A page of 50 events with everything nested, as one JSON text: SQL by hand over the tables of editors.
SELECT coalesce(json_agg(page ORDER BY page.start_min DESC, page.id DESC), '[]')::text
FROM (
    SELECT event.id, event.slug, event.date, event.start_min, event.end_max, event.effective, event.place_name,
        (SELECT json_build_object('slug', type.slug, 'names', type.names)
         FROM events_eventtype type WHERE type.id = event.type_id) AS type,
        (SELECT json_agg(json_build_object('language', text.language, 'title', text.title, 'summary', text.summary))
         FROM events_eventtext text WHERE text.event_id = event.id) AS texts,
        (SELECT json_agg(json_build_object('slug', topic.slug, 'names', topic.names))
         FROM events_event_topics link JOIN events_topic topic ON topic.id = link.topic_id
         WHERE link.event_id = event.id) AS topics,
        (SELECT json_agg(json_build_object('url', source.url, 'title', source.title, 'publisher', source.publisher,
            'language', source.language, 'published', source.published, 'official', source.official,
            'claims', source.claims))
         FROM events_source source WHERE source.event_id = event.id) AS sources,
        (SELECT json_agg(json_build_object('role', part.role, 'name_as_printed', part.name_as_printed,
            'actor', json_build_object('slug', actor.slug, 'names', actor.names, 'kind', actor.kind,
                'code', actor.code)))
         FROM events_participation part JOIN events_actor actor ON actor.id = part.actor_id
         WHERE part.event_id = event.id) AS participations
    FROM events_event event
    WHERE {condition}
    ORDER BY event.start_min DESC, event.id DESC
    LIMIT 50
) page
