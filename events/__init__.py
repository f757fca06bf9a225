"""The editorial side: what editors enter, drafts included. Imports nothing of ours."""
