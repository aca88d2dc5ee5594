"""Addresses of mail as people give them and as they may be shown."""


def mail_address(given: str) -> str:
    """The address in ``given``; "" where it is none, or more than one."""
    from apprise.utils.parse import is_email

    known = None if len(given.split()) != 1 else is_email(given.strip())  # type: ignore[no-untyped-call]
    return str(known["full_email"]) if known else ""


def shown(mail: str) -> str:
    """As much as one needs to know it again: ``a…@example.org``."""
    name, _, host = mail.rpartition("@")
    return f"{name[:1]}…@{host}"
