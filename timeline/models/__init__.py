"""What has been published: append-only versions of events and of vocabulary entries, and the curated timelines.

Every row that readers see was written by `timeline.publishing`, in a transaction that advanced the dataset version.
"""

from timeline.models.publications import Publication, PublicationCountry, PublicationRelation, PublicationText
from timeline.models.refreshes import Refresh
from timeline.models.tallies import Tally
from timeline.models.timelines import Timeline
from timeline.models.versions import Dataset, DatasetVersion, Version
from timeline.models.vocabulary import Term, TermText

__all__ = [
    "Dataset",
    "DatasetVersion",
    "Publication",
    "PublicationCountry",
    "PublicationRelation",
    "PublicationText",
    "Refresh",
    "Tally",
    "Term",
    "TermText",
    "Timeline",
    "Version",
]
