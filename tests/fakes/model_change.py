"""A change of the model in memory."""

from collections.abc import Mapping

from face_rec.people.change.plan import Plan, Progress, Trial


class MemoryChange:
    """A ``ChangeStore`` of one process."""

    lease = 20.0

    def __init__(self) -> None:
        self.made: Plan | None = None
        self.noted: Progress | None = None
        self.tried: Trial | None = None
        self.failed: dict[str, dict[str, str]] = {}

    def plan(self) -> Plan | None:
        return self.made

    def begin(self, plan: Plan) -> bool:
        if self.made is not None:
            return False
        self.made = plan
        return True

    def swap(self, was: Plan, becomes: Plan) -> bool:
        if self.made != was:
            return False
        self.made = becomes
        return True

    def end(self, plan: Plan) -> None:
        if self.made == plan:
            self.made = self.noted = self.tried = None
            self.failed.clear()

    def progress(self) -> Progress | None:
        return self.noted

    def note(self, progress: Progress) -> None:
        self.noted = progress

    def trial(self) -> Trial | None:
        return self.tried

    def keep(self, trial: Trial | None) -> None:
        self.tried = trial

    def failures(self) -> Mapping[str, Mapping[str, str]]:
        return self.failed

    def fail(self, subject: str, reasons: Mapping[str, str]) -> None:
        self.failed.setdefault(subject, {}).update(reasons)

    def forgive(self, *subjects: str) -> None:
        for subject in subjects or tuple(self.failed):
            self.failed.pop(subject, None)

    def forget(self, subject: str) -> int:
        self.tried = self.tried and self.tried.without(subject)
        return len(self.failed.pop(subject, {}))

    def claim(self) -> bool:
        return True

    def release(self) -> None: ...
