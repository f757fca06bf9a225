"""The State Department's lists of travels abroad and of visits by foreign leaders, as records of events.

The Office of the Historian publishes both as XML, into the public domain: the repositories HistoryAtState/travels
(presidents and secretaries of state) and HistoryAtState/visits. `reading.py` reads the files, `states.py` says which
state a row means, `officials.py` and `visitors.py` who travelled, `persons.py` who is here already, `summits.py` which
rows are one summit, and `records.py` puts all of it together.
"""
