from itertools import groupby

import orjson
from django.db import migrations

from timeline.documents import URL_MARK
from timeline.text import contracted, words_to_find
from timeline.vectors import vectors

MAY_HAVE_SOME = r'\.[  ]?\w\M|\w&\w|\m\w{1,5}[-‐‑‒–]\d{1,3}\M'


def as_one_word(apps, schema_editor):
    """What is published already is found by its abbreviations as one word, too (`timeline.text.contracted`): "US" for
    "U.S.". Texts that have some are put behind all others once more, as a new version would have them. Aliases of
    actors, which no document has, are not: those that the project brings along have both forms."""
    texts = apps.get_model('timeline', 'PublicationText').objects.filter(document__regex=MAY_HAVE_SOME)
    found = texts.order_by('publication_id', 'language').values_list('publication_id', 'language', 'document')
    with schema_editor.connection.cursor() as cursor:
        cursor.execute('SET CONSTRAINTS ALL IMMEDIATE')
        cursor.execute('ALTER TABLE timeline_publication DISABLE TRIGGER append_only')
        for publication, rows in groupby(found.iterator(), lambda row: row[0]):
            documents = [(language, orjson.loads(document.replace(URL_MARK, ''))) for _, language, document in rows]
            place = documents[0][1].get('place', {}).get('name', '')
            names = names_in(document for _, document in documents)
            added = [
                (language, document['language'], again)
                for language, document in documents if any((again := short_texts(document, names)).values())
            ]
            if added:
                cursor.execute(
                    'UPDATE timeline_publication SET search = search || %s::tsvector, place_words = %s WHERE id = %s',
                    [' '.join(apart(added)), words_to_find(place), publication],
                )
        cursor.execute('ALTER TABLE timeline_publication ENABLE TRIGGER append_only')


def names_in(documents):
    """In any language: all of them are found in each."""
    return list(dict.fromkeys(
        part[name]
        for document in documents for part in document.get('participants', []) + document.get('countries', [])
        for name in ('name', 'name_as_printed') if name in part
    ))


def short_texts(document, names):
    """By weight, the texts that have abbreviations, with these contracted."""
    figures = [figure['label'] for figure in document.get('figures', [])]
    texts = {
        'A': [document['title']],
        'B': names,
        'C': [document.get('place', {}).get('name', ''), *figures],
        'D': [document.get('summary', '')[:50_000]],
    }
    return {
        weight: [short for text in given if (short := contracted(text)) not in given]
        for weight, given in texts.items()
    }


def apart(documents):
    """The vectors. The empty text before the others keeps phrases from going on into them from what is there."""
    return vectors([(*languages, {**texts, 'A': ['', *texts['A']]}) for *languages, texts in documents])


class Migration(migrations.Migration):

    dependencies = [
        ('timeline', '0027_apostrophes'),
    ]

    operations = [
        migrations.RunPython(as_one_word, migrations.RunPython.noop),
    ]
