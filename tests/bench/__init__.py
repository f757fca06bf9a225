"""`make bench`: how long the questions of readers take, on synthetic events. Not collected by pytest."""
