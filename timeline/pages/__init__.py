"""Pages for people: the index, events and timelines, and the small ones that other sites frame."""
