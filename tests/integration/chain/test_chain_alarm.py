"""From a change past the app to the alarm: the running system finds it by itself."""

from pathlib import Path
from typing import Any

import pytest

from config import load
from face_rec.access.audit.audit import Action
from face_rec.assembly import build
from face_rec.attendance.rules.shift import Shift
from face_rec.stores.redis import keys
from face_rec.stores.redis.client import Client
from tests.fakes.rules import EVERYTHING


@pytest.mark.timeout(120)
def test_a_rule_changed_past_the_app_is_alarmed(
    redis_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face_rec.stores.verify.daily_check._FIRST_AFTER", 3600.0)
    port = redis_client.connection_pool.connection_kwargs["port"]
    url = f"redis://127.0.0.1:{port}/0"
    settings = load({"REDIS_URL": url, "DATA_DIR": str(tmp_path)}, dotenv=None)
    with build(settings) as system:
        system.chain.copy()
        rules = system.services.current().rules
        rules.save(Shift("early", "Early"), authority=EVERYTHING)
        assert system.daily_check.check()
        assert system.daily_check.status().findings == 0
        redis: Any = redis_client
        text = redis.hget(keys.rule("main", "shifts"), "early")
        redis.hset(keys.rule("main", "shifts"), "early", text.replace(b"Early", b"Never"))
        assert system.daily_check.check()
        assert system.daily_check.status().findings == 1
        shown = next(one for one in system.health.results() if one.name == "chain")
        assert shown.warning
        assert "rule was changed by another program" in shown.detail
        newest = system.access.audit.newest(1)[0]
        assert newest.action == Action.CHAIN_BROKEN
        assert newest.after["findings"] == "1"
