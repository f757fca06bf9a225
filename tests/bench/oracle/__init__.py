"""Whether the API answers rightly, by a slow, obvious oracle: public documents, looked through in Python."""
