"""What is let through and what is refused, with bounds, and what each sign contributes."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from face_rec.people.photos.photo_checks import CODES, Signs, signs_of
from face_rec.protocols.models import FaceModels
from tests.defects.fitting import SIGNS
from tests.defects.looked_at import SPOILT
from tests.defects.painter import DEFECTS
from tests.defects.samples import GOOD, Sample

_SHARES: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
_PEOPLE: Final = 120
_SIGNS: Final = tuple(CODES)
_OWN: Final[Mapping[str, Set[str]]] = {
    "upright": {"upside down", "on its side"},
    "exposed": {"overexposed", "underexposed"},
    "evenly_lit": {"lit from a side"},
} | {name: sign.bad for name, sign in SIGNS.items()}
"""What each sign is there for."""


def report(samples: Sequence[Sample], models: FaceModels) -> str:
    """In Markdown, of people who were not for tuning."""
    threshold = models.calibration.threshold(_PEOPLE)
    parts = (
        _let_through(samples), refused(samples), _each_sign(samples, threshold),
        _error_versus_reject(samples, threshold), _own_defects(samples, threshold),
    )  # fmt: skip
    return "\n".join("\n".join(part) + "\n" for part in parts)


def passes(sample: Sample) -> bool:
    """Whether the photo would become a template."""
    return not sample.code and not failing(sample)


def failing(sample: Sample) -> list[str]:
    """The signs that speak against it."""
    if sample.found is None:
        return []
    signs = _signs(sample)
    return [sign for sign in _SIGNS if getattr(signs, sign) < 0]


def _signs(sample: Sample) -> Signs:
    assert sample.found is not None
    return signs_of(sample.found, sample.upright)


def _let_through(samples: Sequence[Sample]) -> Iterator[str]:
    yield "| spoilt photo | photos | by limits alone | by all checks | at most | cosine |"
    yield "|---|---|---|---|---|---|"
    for kind in DEFECTS:
        for variant in ("as it is", "small", "other detector"):
            ours = [s for s in samples if s.kind == kind and s.variant == variant]
            if not ours:
                continue
            name = kind if variant == "as it is" else f"{kind}, {variant}"
            limits, all_of_it = sum(not s.code for s in ours), sum(map(passes, ours))
            yield (
                f"| {name} | {len(ours)} | {limits / len(ours):.1%} | {all_of_it / len(ours):.1%} "
                f"| {_most(all_of_it, len(ours)):.1%} | {_middle(ours)} |"
            )


def refused(samples: Sequence[Sample]) -> Iterator[str]:
    """How many good photos, as they are and changed, and with and without those that are not."""
    yield "| good photo | photos | refused by limits | refused by the checks | at most |"
    yield "|---|---|---|---|---|"
    kinds: dict[str, Callable[[Sample], bool]] = {
        variant: lambda s, v=variant: s.variant == v  # type: ignore[misc]
        for variant in ("as it is", "other detector", "soft", "small")
    }
    kinds |= {
        f"{variant}, without those spoilt in truth": lambda s, v=variant: (  # type: ignore[misc]
            s.variant == v and s.photo not in SPOILT
        )
        for variant in ("as it is", "other detector")
    }
    kinds["as it is, turned 15° or more"] = lambda s: s.variant == "as it is" and abs(s.yaw) >= 15
    for name, belongs in kinds.items():
        ours = [s for s in samples if s.kind == GOOD and belongs(s)]
        if not ours:
            continue
        limits = sum(bool(s.code) for s in ours)
        checks = sum(not s.code and bool(failing(s)) for s in ours)
        yield (
            f"| {name} | {len(ours)} | {limits / len(ours):.1%} | {checks / len(ours):.1%} "
            f"| {_most(checks, len(ours)):.1%} |"
        )


def _each_sign(samples: Sequence[Sample], threshold: float) -> Iterator[str]:
    """What it refuses, how many of those would not have reached their own person, and what
    would come in without it."""
    yield "| sign | refuses | of them too unlike | only it refuses | their cosine | good ones |"
    yield "|---|---|---|---|---|---|"
    for sign in (*_SIGNS, "none of them"):
        ours = [s for s in samples if not s.code and s.found and s.variant == "as it is"]
        refused = [s for s in ours if sign in (failing(s) or ["none of them"])]
        only = [s for s in refused if failing(s) == [sign]]
        spoilt = [s for s in only if s.kind != GOOD]
        known = [float(s.cosine < threshold) for s in refused if s.cosine is not None]
        yield (
            f"| {sign} | {len(refused) / len(ours):.0%} | {np.mean(known or [0.0]):.0%} "
            f"| {len(spoilt)} | {_middle(spoilt)} | {len(only) - len(spoilt)} |"
        )


def _error_versus_reject(samples: Sequence[Sample], threshold: float) -> Iterator[str]:
    """Of good and spoilt photos alike that the limits let in: how many of what is left do not
    reach the threshold to their own person, when the worst by each measure are refused."""
    ours = [one for one in samples if _compared(one)]
    missed = _missed(ours, threshold)
    measures = {"quality score": np.array([s.score for s in ours])}
    values = np.array([[getattr(_signs(s), sign) for sign in _SIGNS] for s in ours])
    good = np.array([s.kind == GOOD for s in ours])
    values = values / np.maximum(np.std(values[good], axis=0), 1e-6)
    measures |= {sign: values[:, place] for place, sign in enumerate(_SIGNS)}
    measures["all signs (the worst of them)"] = values.min(axis=1)
    yield "| refused, by | " + " | ".join(f"{share:.0%}" for share in _SHARES) + " |"
    yield "|---|" + "---|" * len(_SHARES)
    for name, measure in measures.items():
        yield f"| {name} | {_curve(measure, missed)} |"


def _own_defects(samples: Sequence[Sample], threshold: float) -> Iterator[str]:
    """The same of each sign among good photos and those that it is there for; and what its limit
    comes to."""
    yield (
        "| refused, by | " + " | ".join(f"{share:.0%}" for share in _SHARES)
        + " | its limit refuses | leaves |"
    )  # fmt: skip
    yield "|---|" + "---|" * (len(_SHARES) + 2)
    for sign in _SIGNS:
        ours = [s for s in samples if _compared(s) and s.kind in _OWN[sign] | {GOOD}]
        missed = _missed(ours, threshold)
        values = np.array([getattr(_signs(s), sign) for s in ours])
        below = values < 0
        yield (
            f"| {sign} | {_curve(values, missed)} | {below.mean():.1%} "
            f"| {missed[~below].mean():.1%} |"
        )


def _compared(sample: Sample) -> bool:
    """Whether it comes to enrolment's checks, and the person has other photos."""
    known = bool(sample.found) and not sample.code and sample.cosine is not None
    return known and sample.variant == "as it is"


def _missed(samples: Sequence[Sample], threshold: float) -> npt.NDArray[np.bool_]:
    return np.array([float(one.cosine or 0) < threshold for one in samples])


def _curve(measure: npt.NDArray[np.float64], missed: npt.NDArray[np.bool_]) -> str:
    order = np.argsort(measure, kind="stable")
    left = [missed[order[round(share * len(order)) :]].mean() for share in _SHARES]
    return " | ".join(f"{share:.1%}" for share in left)


def _middle(samples: Sequence[Sample]) -> str:
    known = [s.cosine for s in samples if s.cosine is not None]
    return f"{np.median(known):.2f}" if known else ""


def _most(count: int, of: int) -> float:
    """The upper bound of a share at 95 % (Clopper and Pearson)."""
    return 1.0 if count >= of else float(beta.ppf(0.95, count + 1, of - count))
