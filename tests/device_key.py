"""A tablet's key, as WebCrypto makes and uses it."""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from face_rec.access.devices.device import signed_text


class DeviceKey:
    """ECDSA on P-256; signatures are r and s, one after the other."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> str:
        point = self._private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return _text(point)

    def signature(self, text: bytes) -> str:
        r, s = decode_dss_signature(self._private.sign(text, ec.ECDSA(hashes.SHA256())))
        return _text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def sign(self, device: str, challenge: str) -> dict[str, str]:
        """The body for ``/kiosk/prove``."""
        signature = self.signature(signed_text(device, challenge))
        return {"challenge": challenge, "signature": signature, "key": self.public}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
