"""What pages may know of the settings, in words, and of what an admin has chosen since."""

from dataclasses import replace
from pathlib import Path

from config import Settings
from face_rec.facades.facade import SiteInfo
from face_rec.languages.language import msgid
from face_rec.site_options import LiveOptions
from face_rec.web.frames.ice import IceServers
from face_rec.web.gate.hosts import Reach, addresses


def site_info(settings: Settings) -> SiteInfo:
    """What pages may know of the settings, in words."""
    return SiteInfo(
        site=settings.site,
        title=settings.title,
        timezone=settings.timezone,
        consent_text=settings.consent_text,
        consent_version=settings.consent_version,
        cooldown=settings.cooldown_seconds,
        save_snapshots=settings.save_snapshots,
        keep_photos=settings.keep_photos,
        own_threshold=settings.own_threshold,
        redis=_redis_words(settings),
        snapshots=_snapshot_words(settings),
        video_transport=settings.video_transport,
        ice=IceServers(settings.ice_servers or (), settings.turn_url, settings.turn_secret),
        addresses=addresses(_reach(settings)),
        stranger_notice=settings.stranger_notice,
    )


def own_address(settings: Settings) -> str:
    """How links in messages begin; on this computer alone where nobody else reaches the app."""
    found = addresses(_reach(settings))
    scheme = "https" if settings.tls_cert is not None else "http"
    return found[0] if found else f"{scheme}://localhost:{settings.port}"


def _reach(settings: Settings) -> Reach:
    return Reach(
        settings.public_url,
        settings.allowed_hosts,
        settings.bind_address,
        settings.port,
        https=settings.tls_cert is not None,
        proxied=settings.loopback or bool(settings.trusted_proxies),
    )


def _redis_words(settings: Settings) -> str:
    if settings.embedded_redis:
        return msgid("embedded, data on disk")
    nodes = settings.redis_nodes or ((settings.redis_host or "by URL", settings.redis_port),)
    return f"{settings.redis_mode} at {nodes[0][0]}"


def _snapshot_words(settings: Settings) -> str:
    if not settings.save_snapshots:
        return "switched off"
    if settings.s3_bucket:
        return f"s3://{settings.s3_bucket}/{settings.s3_prefix}"
    return str(Path(settings.data_dir) / "snapshots")


def site_now(installation: SiteInfo, options: LiveOptions) -> SiteInfo:
    """The site with what an admin has chosen since the start."""
    now = options.current()
    return replace(
        installation, title=now.title, timezone=now.timezone, cooldown=now.cooldown, look=now.look
    )
