"""The web server and who gets in."""

import ipaddress
from typing import Annotated, Self

from pydantic import model_validator

from face_rec.domain.errors import SettingError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.settings.kinds import (
    Address,
    Contact,
    ExistingFile,
    ExistingPath,
    GroupsByGroup,
    Hosts,
    LogFormat,
    LogLevel,
    Networks,
    Port,
    RoleNames,
    RolesByGroup,
    Secret,
    WebUrl,
    WholeNumber,
)
from face_rec.settings.topic import Topic, setting


class WebServer(Topic):
    """Where the app listens, and what it logs."""

    section = "The web server"

    bind_address: Address = setting("127.0.0.1", "Address the app listens on.")
    port: Port = setting("8501", "Port of the app.")
    drain_seconds: Annotated[int, WholeNumber(0, 30)] = setting(
        "0",
        "For so long the app serves on when it is told to end, while /readyz answers 503: set it "
        "behind a balancer that asks there.",
    )
    tls_cert: ExistingFile | None = setting(
        "",
        "Certificate file (PEM); with TLS_KEY the app serves HTTPS itself.",
    )
    tls_key: ExistingFile | None = setting("", "Private key file (PEM) of TLS_CERT.")
    log_level: LogLevel = setting("info", "How much is logged: debug, info, warning or error.")
    log_format: LogFormat = setting("text", "text for people, json for log collectors.")
    security_contact: Contact | None = setting(
        "",
        "Where somebody who finds a weakness may tell of it: mailto:… or https://…. Shown at "
        "/.well-known/security.txt, before any sign-in.",
    )

    @property
    def loopback(self) -> bool:
        return ipaddress.ip_address(self.bind_address).is_loopback

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            missing = "TLS_KEY" if self.tls_key is None else "TLS_CERT"
            raise SettingError(
                sentence(
                    "{missing} is empty, but HTTPS needs both TLS_CERT and TLS_KEY.",
                    missing=missing,
                )
            )
        return self


class SignIn(Topic):
    """Who gets in, and from where."""

    section = "Sign-in"

    accounts: bool = setting(
        "on",
        "on: nobody gets in without signing in. off: everybody at this computer may do "
        "everything, and the app listens on 127.0.0.1 only.",
    )
    allowed_hosts: Hosts | None = setting(
        "",
        "Host names the app answers to, separated by commas; empty: localhost, BIND_ADDRESS and "
        "this machine's own names and addresses.",
    )
    public_url: WebUrl | None = setting(
        "",
        "Address under which other devices reach the app, such as https://door.example.org; "
        "links for kiosks begin with it. Empty: found out.",
    )
    trusted_proxies: Networks | None = setting(
        "",
        "Addresses or networks of the proxies whose X-Forwarded-For and -Proto are believed, "
        "separated by commas; this machine's own always are.",
    )
    webhook_networks: Networks | None = setting(
        "",
        "Networks of yours, separated by commas, to which webhooks may go; others go to the open "
        "Internet only.",
    )
    session_idle_minutes: Annotated[int, WholeNumber(1, 1440)] = setting(
        "60",
        "A sign-in ends after this time without use; an open page counts as use.",
    )
    session_hours: Annotated[int, WholeNumber(1, 720)] = setting(
        "12",
        "A sign-in ends after this time in any case.",
    )
    breach_list: ExistingPath | None = setting(
        "",
        "File or folder of the Have I Been Pwned downloader (SHA-1 or NTLM): passwords on it are "
        "refused. Looked up on this machine; empty: only what is commonly used is refused.",
    )
    local_sign_in: bool = setting("on", "off: only single sign-on opens the app.")
    second_factor_roles: RoleNames | None = setting(
        "",
        "Roles whose accounts must have a passkey or an authenticator app, such as "
        "admin,manager; who has none sets it up at the next sign-in. Empty: as each one likes.",
    )
    oidc_issuer: WebUrl | None = setting(
        "",
        "Address of the OpenID Connect provider; empty: no single sign-on.",
    )
    oidc_client_id: str | None = setting("", "Name of this app at the provider.")
    oidc_client_secret: Secret | None = setting("", "Secret of this app at the provider.")
    oidc_roles: RolesByGroup | None = setting(
        "",
        "Roles by group of the provider, such as it=admin,hr=manager.",
    )
    oidc_manager_groups: GroupsByGroup | None = setting(
        "",
        "Group of people that a manager sees, by group of the provider, such as "
        "hr-berlin=Berlin,hr=*; * is everybody. Empty: as an administrator sets it on the "
        "Accounts page, nobody before that.",
    )
    oidc_groups_claim: str = setting(
        "groups",
        "Claim of the ID token that lists a person's groups.",
    )
    oidc_name_claim: str = setting("email", "Claim of the ID token that names the account.")
    oidc_person_claim: str | None = setting(
        "",
        "Claim of the ID token that is the ID of a registered person, who may come to their own "
        "page by single sign-on; empty: they are known by the e-mail address that the provider "
        "has verified.",
    )

    @model_validator(mode="after")
    def _somebody_can_sign_in(self) -> Self:
        needed = {
            "OIDC_CLIENT_ID": self.oidc_client_id,
            "OIDC_CLIENT_SECRET": self.oidc_client_secret,
            "OIDC_ROLES": self.oidc_roles,
        }
        for name, value in needed.items():
            if self.oidc_issuer and not value:
                raise SettingError(
                    sentence(
                        "{name} is empty, but single sign-on (OIDC_ISSUER) needs it.", name=name
                    )
                )
        if not self.local_sign_in and not self.oidc_issuer:
            raise SettingError(
                msgid("LOCAL_SIGN_IN is off, but OIDC_ISSUER is empty: nobody could sign in.")
            )
        return self
