"""Signing in at a database of Amazon RDS as an IAM user or role: no password is kept anywhere."""

from botocore.exceptions import BotoCoreError

from face_rec.domain.errors import StoreUnavailable
from face_rec.languages.sentence import sentence
from face_rec.stores.s3 import S3Credentials


class RdsTokens:
    """Makes tokens, each good for fifteen minutes; made here, without asking anybody where keys
    are set. Safe from any thread."""

    def __init__(self, region: str | None, credentials: S3Credentials | None) -> None:
        self._region = region
        self._credentials = credentials

    def __call__(self, host: str, port: int, user: str) -> str:
        """What ``user`` gives for a password at ``host``. Raises StoreUnavailable."""
        import boto3

        keys = self._credentials
        try:
            client = boto3.session.Session(
                aws_access_key_id=keys.access_key_id if keys else None,
                aws_secret_access_key=keys.secret_access_key if keys else None,
                aws_session_token=keys.session_token if keys else None,
                region_name=self._region or _region_in(host),
            ).client("rds")
            return str(client.generate_db_auth_token(host, port, user))
        except BotoCoreError as error:
            raise StoreUnavailable(
                sentence(
                    "No IAM token could be made for the archive ({error}). Give the "
                    "machine a role that may rds-db:connect, or set "
                    "AWS_ACCESS_KEY_ID and its secret.",
                    error=type(error).__name__,
                )
            ) from error


def _region_in(host: str) -> str | None:
    """RDS' own names have it: name.id.REGION.rds.amazonaws.com."""
    before, _, _ = host.partition(".rds.amazonaws.com")
    return before.rpartition(".")[2] if before != host and "." in before else None
