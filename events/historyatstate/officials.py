"""The presidents and secretaries of state who travelled: what they are usually called, and when they held office.

Presidents' terms come with the data. Secretaries' do not; they stand here, from the day each took office to the day he
or she left it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import slugify

from events.historyatstate.persons import Known
from events.historyatstate.reading import Row
from events.interchange.records import Values
from events.models import Actor

SECRETARIES: dict[str, tuple[str, str, str]] = {
    "acheson-dean-gooderham": ("Dean Acheson", "1949-01-21", "1953-01-20"),
    "albright-madeleine-korbel": ("Madeleine Albright", "1997-01-23", "2001-01-20"),
    "baker-james-addison": ("James Baker", "1989-01-25", "1992-08-23"),
    "blinken-antony-j": ("Antony Blinken", "2021-01-26", "2025-01-20"),
    "byrnes-james-francis": ("James F. Byrnes", "1945-07-03", "1947-01-21"),
    "christopher-warren-minor": ("Warren Christopher", "1993-01-20", "1997-01-17"),
    "clinton-hillary-rodham": ("Hillary Clinton", "2009-01-21", "2013-02-01"),
    "colby-bainbridge": ("Bainbridge Colby", "1920-03-23", "1921-03-04"),
    "dulles-john-foster": ("John Foster Dulles", "1953-01-21", "1959-04-22"),
    "haig-alexander-meigs": ("Alexander Haig", "1981-01-22", "1982-07-05"),
    "hay-john-milton": ("John Hay", "1898-09-30", "1905-07-01"),
    "herter-christian-archibald": ("Christian Herter", "1959-04-22", "1961-01-20"),
    "hughes-charles-evans": ("Charles Evans Hughes", "1921-03-05", "1925-03-04"),
    "hull-cordell": ("Cordell Hull", "1933-03-04", "1944-11-30"),
    "kellogg-frank-billings": ("Frank B. Kellogg", "1925-03-05", "1929-03-28"),
    "kerry-john-forbes": ("John Kerry", "2013-02-01", "2017-01-20"),
    "kissinger-henry-a": ("Henry Kissinger", "1973-09-22", "1977-01-20"),
    "knox-philander-chase": ("Philander C. Knox", "1909-03-06", "1913-03-05"),
    "lansing-robert": ("Robert Lansing", "1915-06-24", "1920-02-13"),
    "marshall-george-catlett": ("George C. Marshall", "1947-01-21", "1949-01-20"),
    "muskie-edmund-sixtus": ("Edmund Muskie", "1980-05-08", "1981-01-18"),
    "pompeo-michael-r": ("Mike Pompeo", "2018-04-26", "2021-01-20"),
    "powell-colin-luther": ("Colin Powell", "2001-01-20", "2005-01-26"),
    "rice-condoleezza": ("Condoleezza Rice", "2005-01-26", "2009-01-20"),
    "rogers-william-pierce": ("William P. Rogers", "1969-01-22", "1973-09-03"),
    "root-elihu": ("Elihu Root", "1905-07-19", "1909-01-27"),
    "rubio-marco": ("Marco Rubio", "2025-01-21", ""),
    "rusk-david-dean": ("Dean Rusk", "1961-01-21", "1969-01-20"),
    "seward-william-henry": ("William H. Seward", "1861-03-06", "1869-03-04"),
    "shultz-george-pratt": ("George P. Shultz", "1982-07-16", "1989-01-20"),
    "stettinius-edward-reilly": ("Edward Stettinius", "1944-12-01", "1945-06-27"),
    "stimson-henry-lewis": ("Henry L. Stimson", "1929-03-28", "1933-03-04"),
    "tillerson-rex-w": ("Rex Tillerson", "2017-02-01", "2018-03-31"),
    "vance-cyrus-roberts": ("Cyrus Vance", "1977-01-23", "1980-04-28"),
}
"""By the data set's id: the usual name, first and last day in office."""

USUAL_NAMES = {"biden-joseph-r": "Joe Biden", "trump-donald-j": "Donald Trump"}
"""Presidents who are called otherwise here than in the data."""

OFFICES = {"president": "president", "secretary": "Secretary of State"}
"""The data set's word: the role in memberships."""


class Officials:
    """Everybody who travelled, as records of actors."""

    def __init__(self, presidents: Iterable[Row], known: Known) -> None:
        self.presidents: dict[str, list[Row]] = {}
        for row in presidents:
            self.presidents.setdefault(row["id"], []).append(row)
        self.known = known
        self.records: dict[str, Values] = {}
        """By the data set's id."""

    def record(self, who: str, printed: str, office: str) -> Values:
        """The actor; one whose terms are not known here has none."""
        if who not in self.records:
            name, terms = self._name_and_terms(who, printed, office)
            self.records[who] = {
                "record": "actor",
                "slug": self._slug(name, office),
                "kind": "person",
                "names": {"en": name},
                **({"aliases": [printed]} if printed != name else {}),
                "memberships": [
                    {"group": "US", "role": OFFICES[office], **_days(since, until)} for since, until in terms
                ],
            }
        return self.records[who]

    def _slug(self, name: str, office: str) -> str:
        """Of whoever is here by that name in that office, the slug, which an editor may have changed."""
        own = slugify(name)
        slugs = {term.slug for term in self.known.get(("US", own), []) if term.office == OFFICES[office]}
        return slugs.pop() if len(slugs) == 1 and not Actor.objects.filter(slug=own).exists() else own

    def _name_and_terms(self, who: str, printed: str, office: str) -> tuple[str, list[tuple[str, str]]]:
        if office == "secretary" and who in SECRETARIES:
            name, since, until = SECRETARIES[who]
            return name, [(since, until)]
        if office == "president" and who in self.presidents:
            rows = self.presidents[who]
            return USUAL_NAMES.get(who, printed), [(row["took-office-date"], row["left-office-date"]) for row in rows]
        return printed, []


def _days(since: str, until: str) -> Values:
    return {"since": since, **({"until": until} if until else {})}
