"""Signs a WACZ with a key of one's own: the anonymous signature of WACZ Signing and Verification 0.1.0.

The key is an ECDSA key on the curve P-384, the signature is over the text of the manifest's hash with SHA-256, and has
its two numbers side by side, as browsers make and check it.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import attrs
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from archive.durable import make_directory, sync_directory
from archive.errors import SigningKeyUnusable

NUMBER_BYTES = 48
"""Octets of each of the two numbers of a signature on P-384."""


@attrs.frozen
class Signer:
    """Signs with a private key."""

    key: ec.EllipticCurvePrivateKey

    @property
    def public_key(self) -> str:
        """The public key: SubjectPublicKeyInfo (RFC 5280) in base64."""
        octets = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(octets).decode()

    def sign(self, digest: str, created: str, software: str) -> dict[str, str]:
        """The `signedData` of a manifest with that digest; `created` must be that of the manifest."""
        r, s = decode_dss_signature(self.key.sign(digest.encode("ascii"), ec.ECDSA(hashes.SHA256())))
        octets = r.to_bytes(NUMBER_BYTES, "big") + s.to_bytes(NUMBER_BYTES, "big")
        return {
            "hash": digest,
            "created": created,
            "software": software,
            "publicKey": self.public_key,
            "signature": base64.b64encode(octets).decode(),
        }


def usual_key_path() -> Path:
    """Where the key is that is made on first use: `baotinh/signing-key.pem` in the user's directory for settings."""
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "baotinh" / "signing-key.pem"


def signer_of(path: Path) -> Signer:
    """The signer of a key's file in PEM, without a password.

    Raises:
        SigningKeyUnusable: it cannot be read, or is no private key on P-384.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise SigningKeyUnusable(path, error.strerror or str(error)) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyUnusable(path, str(error).splitlines()[0] if str(error) else "it is no key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP384R1):
        raise SigningKeyUnusable(path, "it is no ECDSA key on the curve P-384")
    return Signer(key)


def usual_signer() -> tuple[Signer, Path, bool]:
    """The signer of the user's own key, its place, and whether it was made just now: readable by the user only.

    Raises:
        SigningKeyUnusable: it cannot be read or made.
    """
    path = usual_key_path()
    if path.exists():
        return signer_of(path), path, False
    octets = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        make_directory(path.parent)
        is_made = _put_new(octets, path)
    except OSError as error:
        raise SigningKeyUnusable(path, error.strerror or str(error)) from error
    return signer_of(path), path, is_made


def _put_new(octets: bytes, path: Path) -> bool:
    """Write a file for the user only, unless another process has; whether it was written."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(part)
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    sync_directory(path.parent)
    return True
