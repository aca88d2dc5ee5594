"""Presentations for liveness: attacks rendered from photos and videos of people, and live clips.

A camera (:mod:`.camera`) looks at papers and screens (:mod:`.surfaces`) that a hand holds, or at
a head that moves (:mod:`.heads`); :mod:`.species` says what each kind of attack consists of. A
renderer is kinder than reality in some ways and harsher in others: docs/liveness.md says in which.
"""
