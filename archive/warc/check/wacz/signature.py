"""Checks the signature of a WACZ (WACZ Signing and Verification 0.1.0), without a network.

Of an anonymous signature the file holds the public key, of one with a domain the certificates. Whether a certificate
leads to a root that somebody trusts, and when an authority stamped it, is not checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

import attrs
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from archive.faults import Fault
from archive.warc.check.findings import Departure, Severity

RULE = "WACZ Signing and Verification 0.1.0"
_MOST_CERTIFICATES = 10
_LONGEST = 100_000


@attrs.frozen
class Signed:
    """A signature that is right: the SHA-256 of its public key in hexadecimal, the domain that it names, the time that
    it claims."""

    fingerprint: str
    domain: str | None
    created: str


class _Wrong(Exception):
    """A signature that is none; the text says why."""


def check_signature(signed: object, manifest_hash: str, created: object) -> Iterator[tuple[Severity, Fault] | Signed]:
    """What is wrong with the `signedData` of a WACZ, or who signed it.

    Args:
        manifest_hash: of the bytes of datapackage.json, as "sha256:" and hexadecimal digits.
        created: what the manifest says of when it was made.
    """
    if not isinstance(signed, dict):
        yield "breach", Fault.of(Departure.SIGNATURE_FORM, found="signedData is no object")
        return
    if signed.get("hash") != manifest_hash:
        yield "damage", Fault.of(Departure.SIGNATURE_HASH, expected=str(signed.get("hash"))[:100], found=manifest_hash)
    if signed.get("created") != created:
        found = str(created)[:40]
        yield "breach", Fault.of(Departure.SIGNATURE_TIME, expected=str(signed.get("created"))[:40], found=found)
    try:
        certificates = _certificates(signed)
        key = certificates[0].public_key() if certificates else _public_key(_text(signed, "publicKey"))
        _verify(key, _text(signed, "signature"), _text(signed, "hash"))
    except _Wrong as error:
        yield "breach", Fault.of(Departure.SIGNATURE_FORM, found=str(error))
        return
    except InvalidSignature:
        yield "damage", Fault.of(Departure.SIGNATURE_WRONG)
        return
    domain = signed.get("domain") if certificates else None
    if certificates:
        yield from _of_domain(certificates, str(domain)[:200])
    yield Signed(_fingerprint(key), str(domain)[:200] if domain else None, str(signed.get("created"))[:40])


def _of_domain(certificates: list[x509.Certificate], domain: str) -> Iterator[tuple[Severity, Fault]]:
    if domain not in _names(certificates[0]):
        yield "damage", Fault.of(Departure.SIGNATURE_DOMAIN, expected=domain, found=", ".join(_names(certificates[0])))
    try:
        for issued, issuer in itertools.pairwise(certificates):
            issued.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        yield "damage", Fault.of(Departure.SIGNATURE_CHAIN)
    yield "warning", Fault.of(Departure.SIGNATURE_UNTRUSTED, found=domain)


def _names(certificate: x509.Certificate) -> list[str]:
    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)]
    try:
        others = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names += others.get_values_for_type(x509.DNSName)
    except (x509.ExtensionNotFound, ValueError):
        pass
    return list(dict.fromkeys(names))


def _text(signed: dict[str, Any], name: str) -> str:
    value = signed.get(name)
    if not isinstance(value, str) or not value.isascii() or len(value) > _LONGEST:
        raise _Wrong(f"{name} is missing, or no text of ASCII")
    return value


def _certificates(signed: dict[str, Any]) -> list[x509.Certificate]:
    if signed.get("publicKey") or not signed.get("domainCert"):
        return []
    try:
        found = x509.load_pem_x509_certificates(_text(signed, "domainCert").encode())
    except ValueError as error:
        raise _Wrong("domainCert holds no certificates") from error
    return found[:_MOST_CERTIFICATES]


def _public_key(text: str) -> object:
    try:
        return serialization.load_der_public_key(base64.b64decode(text, validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as error:
        raise _Wrong("publicKey is no public key") from error


def _verify(key: object, signature: str, hash_: str) -> None:
    """Check a signature over the text of a hash: of two numbers side by side, as of browsers, or in DER."""
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise _Wrong("its key is no ECDSA key")
    try:
        octets = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error) as error:
        raise _Wrong("signature is no base64") from error
    width = (key.curve.key_size + 7) // 8
    if len(octets) == 2 * width:
        r, s = int.from_bytes(octets[:width], "big"), int.from_bytes(octets[width:], "big")
        octets = encode_dss_signature(r, s)
    key.verify(octets, hash_.encode("ascii"), ec.ECDSA(hashes.SHA256()))


def _fingerprint(key: object) -> str:
    assert isinstance(key, ec.EllipticCurvePublicKey)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.DER, form)).hexdigest()
