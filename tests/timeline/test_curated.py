"""What each filter finds among the curated events: query string → exact slugs, in the order of the answer.

The expected slugs were worked out from the data files and the meaning of the filters (README), not from answers.
"""

import pytest

from tests.assertions import slugs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curated")]

ROWS = [
    # One country: by taking part, by place, through persons and blocs.
    ("country=AF", "us-withdrawal-afghanistan-2021 us-troops-afghanistan"),
    ("country=KR", "trump-xi-busan-2025"),
    (
        "country=TM&to=2016",
        "c5-1-ministerial-washington-2016 c5-1-ministerial-samarkand-2015 c5-1-ministerial-new-york-2015 "
        "c5-1-founding-2015",
    ),
    ("country=RU", "brics-summit-kazan-2024 brics-summit-johannesburg-2023"),
    ("country=EU", "eu-central-asia-summit-samarkand-2025"),
    # Several: any of them, all of them, both.
    ("country=JP&country=KR", "trump-xi-busan-2025 g7-critical-minerals-action-plan-2025 trump-xi-osaka-2019"),
    (
        "country_all=US&country_all=CN&to=2018",
        "trump-xi-buenos-aires-2018 trump-state-visit-beijing-2017 trump-xi-hamburg-2017 trump-xi-mar-a-lago-2017",
    ),
    ("country_all=US&country_all=KZ&country_all=UZ&on=2025-10", "landau-gor-visit-kazakhstan-uzbekistan-2025"),
    ("country_all=EU&country_all=UZ", "eu-central-asia-summit-samarkand-2025"),
    ("country_all=RU&country_all=EG", "brics-summit-kazan-2024"),
    ("country=CN&country_all=KZ", ""),
    # Known codes without an event, present and former.
    ("country=XK", ""),
    ("country=SUHH", ""),
    # Only by location: the third country where two others meet.
    ("country=MY", "us-china-talks-kuala-lumpur-2025"),
    ("country=AR&involvement=location", "trump-xi-buenos-aires-2018"),
    ("country=SE&involvement=location", "us-china-talks-stockholm-2025"),
    ("country=DE&involvement=location", "trump-xi-hamburg-2017 c5-1-ministerial-hamburg-2016"),
    ("country=CN&involvement=location&on=2025-10-30", "china-postpones-export-controls-2025"),
    # Only through a person who spoke for it: Gor for the US, which the statement does not list.
    (
        "country=US&involvement=representative&on=2025-11-05",
        "gor-statement-central-asia-2025 c5-1-tenth-anniversary-state-department-2025",
    ),
    ("country=US&involvement=participant&on=2025-11-05", "c5-1-tenth-anniversary-state-department-2025"),
    ("country=KZ&involvement=representative&to=2023", "c5-1-leaders-summit-2023"),
    (
        "country_all=US&country_all=CN&involvement=representative&on=2025-10",
        "trump-xi-busan-2025 us-china-talks-kuala-lumpur-2025",
    ),
    (
        "country=US&involvement=representative&role=imposer&from=2025-09",
        "us-affiliates-rule-suspension-2025 us-affiliates-rule-2025",
    ),
    # Only through a bloc, and only while it was a member: Egypt and Ethiopia joined BRICS in 2024, Indonesia in 2025,
    # Sweden NATO in 2024, Finland in 2023; the United Kingdom had left the EU.
    ("country=EG", "brics-summit-kazan-2024"),
    ("country=EG&on=2023-08", ""),
    ("country=ET&on=2024-10", "brics-summit-kazan-2024"),
    ("actor=brics&country=CN", "brics-summit-kazan-2024 brics-summit-johannesburg-2023"),
    ("actor=brics&country=ID", ""),
    ("country=SE&on=2023-07-11", ""),
    ("actor=nato&country=FI", "nato-summit-washington-2024 nato-summit-vilnius-2023"),
    ("country=FI&involvement=bloc&to=2023", "nato-summit-vilnius-2023"),
    ("actor=european-union&country=HU", "eu-central-asia-summit-samarkand-2025"),
    ("actor=european-union&country=GB", ""),
    (
        "country=SE&involvement=location&involvement=bloc",
        "us-china-talks-stockholm-2025 eu-central-asia-summit-samarkand-2025 nato-summit-washington-2024",
    ),
    ("country=RU&involvement=location", "brics-summit-kazan-2024"),
    # The way `participant` is not the role `participant`: a bloc's member does not take part itself, and a state that
    # takes part as host or imposer does not have the role.
    ("country=RU&involvement=participant", ""),
    ("country=DE&involvement=participant", ""),
    (
        "country=US&involvement=participant&topic=regional-security&type=summit",
        "c5-1-leaders-summit-2025 c5-1-leaders-summit-2023",
    ),
    ("country=CN&role=participant&on=2025-11", "trump-xi-call-november-2025"),
    (
        "country=KZ&role=participant&from=2025",
        "c5-1-leaders-summit-2025 c5-1-tenth-anniversary-state-department-2025 eu-central-asia-summit-samarkand-2025",
    ),
    # Actors, in any role and in one.
    ("actor=mike-pompeo", "c5-1-ministerial-tashkent-2020"),
    ("actor=nvidia", "us-h20-exports-allowed-2025 us-h20-licence-requirement-2025"),
    ("actor=c5-1", "c5-1-founding-2015"),
    ("actor=xi-jinping&role=visitor", "biden-xi-woodside-2023 trump-xi-mar-a-lago-2017"),
    ("actor=xi-jinping&role=host", "trump-state-visit-beijing-2026 trump-state-visit-beijing-2017"),
    ("actor=sergio-gor&country=KZ&role=visitor", "landau-gor-visit-kazakhstan-uzbekistan-2025"),
    ("actor=donald-trump&country_all=KZ&country_all=UZ&type=summit", "c5-1-leaders-summit-2025"),
    # Roles: of anybody, or of those through whom a country is involved.
    ("role=speaker", "gor-statement-central-asia-2025 white-house-fact-sheet-china-deal-2025"),
    (
        "role=visitor",
        "trump-state-visit-beijing-2026 landau-gor-visit-kazakhstan-uzbekistan-2025 biden-xi-woodside-2023 "
        "trump-state-visit-beijing-2017 trump-xi-mar-a-lago-2017",
    ),
    ("role=mediator", ""),
    ("country=US&role=speaker", "gor-statement-central-asia-2025 white-house-fact-sheet-china-deal-2025"),
    ("country=US&involvement=participant&role=speaker", "white-house-fact-sheet-china-deal-2025"),
    (
        "country=US&role=target",
        "china-announcement-72-2025-suspension us-h20-exports-allowed-2025 us-h20-licence-requirement-2025 "
        "china-dual-use-export-ban-us-2024",
    ),
    (
        "country=CN&role=target&on=2025-11",
        "us-affiliates-rule-suspension-2025 us-fentanyl-tariff-cut-china-2025 white-house-fact-sheet-china-deal-2025",
    ),
    (
        "country=UZ&role=host",
        "landau-gor-visit-kazakhstan-uzbekistan-2025 eu-central-asia-summit-samarkand-2025 "
        "c5-1-ministerial-tashkent-2020 c5-1-ministerial-samarkand-2015",
    ),
    ("country=US&country_all=CN&role=imposer&on=2025-11", ""),
    # Types and topics, with those below.
    (
        "type=visit",
        "trump-state-visit-beijing-2026 landau-gor-visit-kazakhstan-uzbekistan-2025 trump-state-visit-beijing-2017",
    ),
    ("type=state-visit", "trump-state-visit-beijing-2026 trump-state-visit-beijing-2017"),
    ("type=military-operation", "us-withdrawal-afghanistan-2021 us-troops-afghanistan"),
    (
        "type=summit",
        "c5-1-leaders-summit-2025 eu-central-asia-summit-samarkand-2025 brics-summit-kazan-2024 "
        "nato-summit-washington-2024 c5-1-leaders-summit-2023 brics-summit-johannesburg-2023 nato-summit-vilnius-2023",
    ),
    ("type=withdrawal", "us-h20-exports-allowed-2025 us-ai-diffusion-rescission-2025"),
    (
        "type=suspension",
        "us-affiliates-rule-suspension-2025 china-announcement-72-2025-suspension "
        "china-announcement-70-2025-suspension china-postpones-export-controls-2025",
    ),
    ("type=export-ban", "china-dual-use-export-ban-us-2024 china-rare-earth-technology-ban-2023"),
    (
        "type=trade-measure&from=2025-11",
        "us-affiliates-rule-suspension-2025 us-fentanyl-tariff-cut-china-2025 china-announcement-72-2025-suspension "
        "china-announcement-70-2025-suspension",
    ),
    ("type=appointment", ""),
    (
        "topic=critical-minerals&on=2025-11",
        "china-announcement-72-2025-suspension china-announcement-70-2025-suspension c5-1-leaders-summit-2025 "
        "c5-1-tenth-anniversary-state-department-2025 white-house-fact-sheet-china-deal-2025",
    ),
    ("topic=uranium", "c5-1-leaders-summit-2025"),
    (
        "topic=environment&topic=health",
        "c5-1-ministerial-new-york-2021 c5-1-virtual-ministerial-2021 c5-1-ministerial-washington-2016",
    ),
    ("topic=semiconductors&country=CN&role=imposer", "china-gallium-germanium-controls-2023"),
    ("country=MY&topic=rare-earths", "us-china-talks-kuala-lumpur-2025"),
    # A day: that day, and what began before and lasted beyond it.
    ("on=2025-11-05", "gor-statement-central-asia-2025 c5-1-tenth-anniversary-state-department-2025"),
    ("on=2025-11-06", "c5-1-leaders-summit-2025"),
    (
        "from=2025-11-05&to=2025-11-06&country=US",
        "c5-1-leaders-summit-2025 gor-statement-central-asia-2025 c5-1-tenth-anniversary-state-department-2025",
    ),
    (
        "from=2025-11-10",
        "trump-state-visit-beijing-2026 trump-xi-call-november-2025 us-affiliates-rule-suspension-2025 "
        "us-fentanyl-tariff-cut-china-2025",
    ),
    ("from=2025-11-10&to=2025-11-10", "us-affiliates-rule-suspension-2025 us-fentanyl-tariff-cut-china-2025"),
    ("on=2014", "us-troops-afghanistan"),
    ("to=2000", ""),
    # An interval, 8 to 10 November 2017: a day before, on, after each bound.
    ("place=Beijing&on=2017-11-07", ""),
    ("place=Beijing&on=2017-11-08", "trump-state-visit-beijing-2017"),
    ("place=Beijing&on=2017-11-10", "trump-state-visit-beijing-2017"),
    ("place=Beijing&on=2017-11-11", ""),
    ("place=Beijing&from=2017-10&to=2017-11-08", "trump-state-visit-beijing-2017"),
    ("place=Beijing&from=2017-11-10&to=2017-11-30", "trump-state-visit-beijing-2017"),
    # A date of which only the month is known (2025-10-XX, 2016-12): any of its days possibly, the month certainly.
    ("actor=christopher-landau&to=2025-09-30", ""),
    ("actor=christopher-landau&to=2025-10-01", "landau-gor-visit-kazakhstan-uzbekistan-2025"),
    (
        "actor=christopher-landau&from=2025-10-31",
        "c5-1-tenth-anniversary-state-department-2025 landau-gor-visit-kazakhstan-uzbekistan-2025",
    ),
    ("actor=christopher-landau&from=2025-11-01", "c5-1-tenth-anniversary-state-department-2025"),
    ("actor=christopher-landau&on=2025-10-17", "landau-gor-visit-kazakhstan-uzbekistan-2025"),
    ("actor=christopher-landau&on=2025-10-17&certainty=certain", ""),
    ("actor=christopher-landau&on=2025-10&certainty=certain", "landau-gor-visit-kazakhstan-uzbekistan-2025"),
    ("actor=christopher-landau&from=2025-10-01&to=2025-10-30&certainty=certain", ""),
    ("actor=john-kerry&on=2016-12-07&certainty=possible", "c5-1-ministerial-hamburg-2016"),
    ("actor=john-kerry&on=2016-12-07&certainty=certain", ""),
    ("actor=john-kerry&on=2016-11", ""),
    # Only the year: 2015, and 2001 to 2021, whose middle is certain and whose first and last years are not.
    ("type=founding&to=2014", ""),
    ("type=founding&on=2015-06", "c5-1-founding-2015"),
    ("type=founding&on=2015-06&certainty=certain", ""),
    ("type=founding&on=2015&certainty=certain", "c5-1-founding-2015"),
    ("type=founding&from=2016", ""),
    ("country=AF&to=2001", "us-troops-afghanistan"),
    ("country=AF&on=2001-06-01&certainty=certain", ""),
    ("country=AF&on=2010-05-01&certainty=certain", "us-troops-afghanistan"),
    ("country=AF&on=2021-08-30", "us-withdrawal-afghanistan-2021 us-troops-afghanistan"),
    ("country=AF&on=2021-08-30&certainty=certain", "us-withdrawal-afghanistan-2021"),
    ("country=AF&from=2021-12-31", "us-troops-afghanistan"),
    ("country=AF&from=2022", ""),
    # A date with a question mark is never certain.
    ("type=call&on=2025-09-19", "trump-xi-call-september-2025"),
    ("type=call&on=2025-09-19&certainty=certain", ""),
    ("type=call&on=2025&certainty=certain", "trump-xi-call-november-2025 trump-xi-call-june-2025"),
    ("type=state-visit&on=2026", "trump-state-visit-beijing-2026"),
    ("type=state-visit&on=2026&certainty=certain", ""),
    # In force from the effective day, not from the announcement; with an open end.
    ("country=CN&role=imposer&in_force_on=2023-07-31", ""),
    ("country=CN&role=imposer&in_force_on=2023-08-01", "china-gallium-germanium-controls-2023"),
    ("country=US&role=imposer&in_force_on=2022-10-06", ""),
    ("country=US&role=imposer&in_force_on=2022-10-07", "us-chip-rules-2022"),
    ("type=agreement&in_force_on=2025-05-13", ""),
    ("type=agreement&in_force_on=2025-05-14", "us-china-geneva-joint-statement-2025"),
    # Announcement 62 is in force from 9 October, not from 7 November 2025 to 10 November 2026, then again; 56 and 57
    # were suspended before they came into force. The postponement and No. 70 are themselves in force meanwhile.
    (
        "topic=rare-earths&in_force_on=2025-10-09",
        "china-announcement-62-2025-rare-earth-technology china-rare-earth-controls-april-2025 "
        "china-rare-earth-technology-ban-2023",
    ),
    (
        "topic=rare-earths&in_force_on=2025-11-06",
        "china-announcement-62-2025-rare-earth-technology china-rare-earth-controls-april-2025 "
        "china-rare-earth-technology-ban-2023",
    ),
    (
        "topic=rare-earths&in_force_on=2025-11-07",
        "china-announcement-70-2025-suspension china-rare-earth-controls-april-2025 "
        "china-rare-earth-technology-ban-2023",
    ),
    (
        "topic=rare-earths&in_force_on=2025-11-09",
        "china-announcement-70-2025-suspension china-rare-earth-controls-april-2025 "
        "china-rare-earth-technology-ban-2023",
    ),
    (
        "topic=rare-earths&in_force_on=2025-11-10",
        "china-announcement-70-2025-suspension china-postpones-export-controls-2025 "
        "china-rare-earth-controls-april-2025 china-rare-earth-technology-ban-2023",
    ),
    (
        "topic=rare-earths&in_force_on=2026-11-10",
        "china-announcement-70-2025-suspension china-postpones-export-controls-2025 "
        "china-rare-earth-controls-april-2025 china-rare-earth-technology-ban-2023",
    ),
    (
        "topic=rare-earths&in_force_on=2026-11-11",
        "china-announcement-62-2025-rare-earth-technology china-announcement-61-2025-overseas-rare-earths "
        "china-announcement-57-2025-five-rare-earths china-announcement-56-2025-rare-earth-equipment "
        "china-rare-earth-controls-april-2025 china-rare-earth-technology-ban-2023",
    ),
    # The ban of December 2024, suspended from 9 November 2025 to 27 November 2026.
    (
        "topic=superhard-materials&in_force_on=2025-11-08",
        "china-announcement-70-2025-suspension china-dual-use-export-ban-us-2024 china-antimony-controls-2024",
    ),
    (
        "topic=superhard-materials&in_force_on=2025-11-09",
        "china-announcement-72-2025-suspension china-announcement-70-2025-suspension china-antimony-controls-2024",
    ),
    (
        "topic=superhard-materials&in_force_on=2026-11-27",
        "china-announcement-72-2025-suspension china-announcement-55-2025-superhard-materials "
        "china-antimony-controls-2024",
    ),
    (
        "topic=superhard-materials&in_force_on=2026-11-28",
        "china-announcement-55-2025-superhard-materials china-dual-use-export-ban-us-2024 china-antimony-controls-2024",
    ),
    # The Affiliates rule, suspended from 10 November 2025 to 9 November 2026; the AI Diffusion rule, withdrawn two days
    # before it would have come into force.
    ("country=US&role=imposer&from=2025&in_force_on=2025-05-12", "us-h20-licence-requirement-2025"),
    (
        "country=US&role=imposer&from=2025&in_force_on=2025-05-15",
        "us-ai-diffusion-rescission-2025 us-h20-licence-requirement-2025",
    ),
    (
        "country=US&role=imposer&from=2025&in_force_on=2025-09-29",
        "us-affiliates-rule-2025 us-ai-diffusion-rescission-2025",
    ),
    (
        "country=US&role=imposer&from=2025&in_force_on=2025-11-09",
        "us-affiliates-rule-2025 us-ai-diffusion-rescission-2025",
    ),
    (
        "country=US&role=imposer&from=2025&in_force_on=2025-11-10",
        "us-affiliates-rule-suspension-2025 us-fentanyl-tariff-cut-china-2025 us-ai-diffusion-rescission-2025",
    ),
    (
        "country=US&role=imposer&from=2025&in_force_on=2026-11-09",
        "us-affiliates-rule-suspension-2025 us-fentanyl-tariff-cut-china-2025 us-ai-diffusion-rescission-2025",
    ),
    (
        "country=US&role=imposer&from=2025&in_force_on=2026-11-10",
        "us-fentanyl-tariff-cut-china-2025 us-affiliates-rule-2025 us-ai-diffusion-rescission-2025",
    ),
    # The H20 licence, withdrawn on an unknown day of July 2025, which has certainly passed on the 31st.
    ("actor=nvidia&in_force_on=2025-04-08", ""),
    ("actor=nvidia&in_force_on=2025-04-09", "us-h20-licence-requirement-2025"),
    ("actor=nvidia&in_force_on=2025-06-30&certainty=certain", "us-h20-licence-requirement-2025"),
    ("actor=nvidia&in_force_on=2025-07-01&certainty=certain", ""),
    ("actor=nvidia&in_force_on=2025-07-01", "us-h20-licence-requirement-2025"),
    ("actor=nvidia&in_force_on=2025-07-30", "us-h20-licence-requirement-2025"),
    ("actor=nvidia&in_force_on=2025-07-31", ""),
    # Places, by code and by words of the name in any case.
    ("place=KR", "trump-xi-busan-2025"),
    ("place=MX", ""),
    ("place=SAMARKAND", "eu-central-asia-summit-samarkand-2025 c5-1-ministerial-samarkand-2015"),
    ("place=white+house", "c5-1-leaders-summit-2025 white-house-fact-sheet-china-deal-2025"),
    (
        "place=new+york",
        "c5-1-leaders-summit-2023 c5-1-ministerial-new-york-2022 c5-1-ministerial-new-york-2021 "
        "c5-1-ministerial-new-york-2015",
    ),
    ("country=CN&type=negotiation-round&place=SE", "us-china-talks-stockholm-2025"),
    # Disputed: date_conflicts.csv knows 13.
    (
        "disputed=true",
        "us-affiliates-rule-suspension-2025 trump-xi-busan-2025 us-china-talks-kuala-lumpur-2025 "
        "us-affiliates-rule-2025 us-ai-diffusion-rescission-2025 us-china-geneva-joint-statement-2025 "
        "china-tungsten-controls-2025 us-ai-diffusion-rule-2025 biden-xi-woodside-2023 china-graphite-controls-2023 "
        "us-chip-rules-2023 c5-1-leaders-summit-2023 c5-1-ministerial-hamburg-2016",
    ),
    ("disputed=true&country=KZ", "c5-1-leaders-summit-2023 c5-1-ministerial-hamburg-2016"),
    ("disputed=true&country=CN&role=imposer", "china-tungsten-controls-2025 china-graphite-controls-2023"),
    ("disputed=true&in_force_on=2023-11-17", "us-chip-rules-2023"),
    # Data sets.
    ("dataset=curated&on=2025-11-06", "c5-1-leaders-summit-2025"),
    ("dataset=curated&on=2001", "us-troops-afghanistan"),
    # Timelines: what the saved filter finds, and what was picked by hand.
    (
        "timeline=c5-1",
        "c5-1-leaders-summit-2025 gor-statement-central-asia-2025 c5-1-tenth-anniversary-state-department-2025 "
        "landau-gor-visit-kazakhstan-uzbekistan-2025 eu-central-asia-summit-samarkand-2025 c5-1-leaders-summit-2023 "
        "c5-1-ministerial-astana-2023 c5-1-ministerial-new-york-2022 c5-1-ministerial-new-york-2021 "
        "us-withdrawal-afghanistan-2021 c5-1-virtual-ministerial-2021 c5-1-ministerial-tashkent-2020 "
        "c5-1-ministerial-hamburg-2016 c5-1-ministerial-washington-2016 c5-1-ministerial-samarkand-2015 "
        "c5-1-ministerial-new-york-2015 c5-1-founding-2015 us-troops-afghanistan",
    ),
    ("timeline=c5-1&country=DE", "eu-central-asia-summit-samarkand-2025 c5-1-ministerial-hamburg-2016"),
    ("timeline=c5-1&to=2014", "us-troops-afghanistan"),
    (
        "timeline=trump-xi&type=trade-measure",
        "us-affiliates-rule-suspension-2025 us-fentanyl-tariff-cut-china-2025 china-postpones-export-controls-2025",
    ),
    (
        "timeline=rare-earth-export-controls&country=US",
        "china-announcement-72-2025-suspension white-house-fact-sheet-china-deal-2025 trump-xi-busan-2025 "
        "us-china-talks-kuala-lumpur-2025 g7-critical-minerals-action-plan-2025 us-china-talks-london-2025 "
        "china-dual-use-export-ban-us-2024",
    ),
    ("timeline=rare-earth-export-controls&country=DE", "g7-critical-minerals-action-plan-2025"),
    ("timeline=chip-export-controls&country=KZ", ""),
    # Orders.
    ("country=AF&ordering=date", "us-troops-afghanistan us-withdrawal-afghanistan-2021"),
    (
        "actor=john-kerry&ordering=date",
        "c5-1-ministerial-new-york-2015 c5-1-ministerial-samarkand-2015 c5-1-ministerial-washington-2016 "
        "c5-1-ministerial-hamburg-2016",
    ),
    (
        "on=2025-10-30&ordering=updated",
        "landau-gor-visit-kazakhstan-uzbekistan-2025 china-postpones-export-controls-2025 trump-xi-busan-2025",
    ),
]


def test_each_query_finds_exactly_these_events(client):
    expected = {query: found.split() for query, found in ROWS}
    found = {query: slugs(client, query) for query in expected}

    assert len(expected) == len(ROWS)  # no query twice
    assert {query: found[query] for query in found if found[query] != expected[query]} == {}
