"""Percentiles of measured values."""


def percentile(values: list[float], percent: int) -> float:
    """The value that `percent` of the values do not exceed."""
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]
