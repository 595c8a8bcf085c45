"""What a classifier says and how it is read, for those who need none of its arrays. Values only."""

from msgspec import Struct

from router.core.values import BANDS, Band


class DifficultyBands(Struct, frozen=True, forbid_unknown_fields=True):
    """Where difficulty, the probability of failing, is medium and where it is high; both lie in 0..1 exclusive. `tasks`
    are the learned tasks whose failures were graded: about any other the difficulty of the heads says nothing."""

    medium_from: float
    high_from: float
    tasks: tuple[str, ...] = ()

    def band_of(self, score: float) -> Band:
        """The band that a score in 0..1 lies in."""
        if score < self.medium_from:
            return "low"
        return "medium" if score < self.high_from else "high"

    def start_of(self, band: Band) -> float:
        """The least score of a band."""
        return {"low": 0.0, "medium": self.medium_from, "high": self.high_from}[band]

    def middle_of(self, band: Band) -> float:
        """The score that stands for a band."""
        ends = (0.0, self.medium_from, self.high_from, 1.0)
        at = BANDS.index(band)
        return (ends[at] + ends[at + 1]) / 2

    @property
    def middle(self) -> float:
        """The middle of the medium band: what nobody can judge is at least so difficult."""
        return self.middle_of("medium")


class LearnedScores(Struct, frozen=True, gc=False):
    """What the heads say. `difficulty` is the probability that a weak model fails. `stakes` are per domain and high
    from 0.5. `task` is "" when none fits.
    `unknown` says that the text is unlike what the heads learned from: they abstain, and the scores mean nothing."""

    difficulty: float
    stakes: dict[str, float]
    task: str
    unknown: bool
