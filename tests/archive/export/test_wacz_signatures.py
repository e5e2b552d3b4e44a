"""Signatures of WACZ files: made with a key of one's own, and found wrong where anything was changed."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from support.collection_builder import CollectionBuilder
from support.crawling import baotinh
from support.exported import OpenedWacz, exported, saved
from support.verified_files import found

from archive.collection import Collection
from archive.errors import SigningKeyUnusable
from archive.export.captures.signing import Signer, signer_of
from archive.warc.check.findings import Departure
from archive.warc.check.wacz.whole import signatures_of


def changed(octets: bytes, name: str, change: Callable[[dict[str, Any]], object]) -> bytes:
    """The WACZ with a change to one of its JSON files."""
    out, old = io.BytesIO(), OpenedWacz(octets).zip
    with zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == name:
                said = json.loads(content)
                change(said)
                content = json.dumps(said).encode()
            new.writestr(entry.filename, content)
    return out.getvalue()


@pytest.fixture(scope="module")
def signed(collection: Collection, signer: Signer) -> bytes:
    return exported(collection, "học", signer=signer)[0]


def codes(folder: Path, octets: bytes) -> dict[str, str]:
    findings = found(saved(folder, octets))
    # the records of the small archive are not of our own writer
    return {one.fault.code: one.severity for one in findings if one.rule.startswith(("WACZ", "ZIP"))}


def test_a_signed_file_is_sound_and_says_who_signed_it(signed: bytes, signer: Signer, tmp_path: Path) -> None:
    assert codes(tmp_path, signed) == {}
    (one,) = signatures_of(saved(tmp_path, signed))
    assert one.fingerprint == hashlib.sha256(base64.b64decode(signer.public_key)).hexdigest()
    assert one.created == OpenedWacz(signed).manifest["created"] and one.domain is None


def of_signature(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda said: said["signedData"].__setitem__(name, value)


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("datapackage.json", lambda said: said.__setitem__("title", "Khác"), Departure.SIGNATURE_HASH),
        ("datapackage-digest.json", of_signature("hash", "sha256:" + "0" * 64), Departure.SIGNATURE_HASH),
        ("datapackage-digest.json", of_signature("hash", "sha256:" + "0" * 64), Departure.SIGNATURE_WRONG),
        ("datapackage-digest.json", of_signature("signature", "A" * 128), Departure.SIGNATURE_WRONG),
        ("datapackage-digest.json", of_signature("signature", "AAAA"), Departure.SIGNATURE_WRONG),
        ("datapackage-digest.json", of_signature("signature", "%"), Departure.SIGNATURE_FORM),
        ("datapackage-digest.json", of_signature("publicKey", "AAAA"), Departure.SIGNATURE_FORM),
        ("datapackage-digest.json", of_signature("publicKey", None), Departure.SIGNATURE_FORM),
        ("datapackage-digest.json", of_signature("created", "2020-01-01T00:00:00Z"), Departure.SIGNATURE_TIME),
        ("datapackage-digest.json", lambda said: said.__setitem__("signedData", []), Departure.SIGNATURE_FORM),
    ],
)  # fmt: skip
def test_what_was_changed_is_found(
    signed: bytes, tmp_path: Path, name: str, change: Callable[[dict[str, Any]], object], expected: Departure
) -> None:
    assert codes(tmp_path, changed(signed, name, change))[expected] in ("damage", "breach")


def test_another_key_does_not_fit(signed: bytes, tmp_path: Path) -> None:
    other = Signer(ec.generate_private_key(ec.SECP384R1()))
    octets = changed(signed, "datapackage-digest.json", of_signature("publicKey", other.public_key))
    assert codes(tmp_path, octets)[Departure.SIGNATURE_WRONG] == "damage"
    assert signatures_of(saved(tmp_path, octets)) == []


@pytest.mark.parametrize("domain", ["sign.example.org", "other.example.org"])
def test_a_signature_in_the_name_of_a_domain(signed: bytes, tmp_path: Path, domain: str) -> None:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sign.example.org")]),
    )
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=900)).sign(key, hashes.SHA256())
    )  # fmt: skip

    def sign(said: dict[str, Any]) -> None:
        signature = key.sign(said["hash"].encode(), ec.ECDSA(hashes.SHA256()))
        said["signedData"] |= {
            "publicKey": None, "domain": domain, "signature": base64.b64encode(signature).decode(),
            "domainCert": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        }  # fmt: skip

    said = codes(tmp_path, changed(signed, "datapackage-digest.json", sign))
    assert said[Departure.SIGNATURE_UNTRUSTED] == "warning"
    assert (Departure.SIGNATURE_DOMAIN in said) == (domain != "sign.example.org")


def test_keys_that_cannot_sign_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    with pytest.raises(SigningKeyUnusable):
        signer_of(path)
    kinds = [rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())]
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for octets in (b"", b"\xff\0", *(key.private_bytes(*form) for key in kinds)):
        path.write_bytes(octets)
        with pytest.raises(SigningKeyUnusable) as caught:
            signer_of(path)
        assert "--signing-key" in str(caught.value)


def test_the_commands_key_is_made_once_for_its_user_alone(builder: CollectionBuilder, tmp_path: Path) -> None:
    root, settings = builder.close().root, tmp_path / "settings"
    outputs = [tmp_path / "one.wacz", tmp_path / "two.wacz"]
    for number, output in enumerate(outputs):
        command = ("export", "--format", "wacz", "--sign", "--output", output, "--collection", root)
        done = baotinh(*command, XDG_CONFIG_HOME=str(settings))
        assert done.returncode == 0, done.stderr
        assert ("public key" in done.stderr) == (number == 0)
    key = settings / "baotinh" / "signing-key.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len({signatures_of(output)[0].fingerprint for output in outputs}) == 1
    said = baotinh("verify", outputs[0], timeout=60).stdout
    assert f"with the key SHA-256 {signatures_of(outputs[0])[0].fingerprint}" in said
    refused = baotinh("export", "--format", "csv", "--sign", "--collection", root)
    assert refused.returncode == 2 and "--format wacz" in refused.stderr
