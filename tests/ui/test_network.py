"""R8: a case file on a network drive is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from overdraft.ui.shared import network

VOLUME = rb"\\?\Volume{2eca078d-5cbc-43d3-aff8-7e8511f60d0e}" + b"\\"


@pytest.mark.parametrize(
    ("name", "system", "device", "remote"),
    [
        (r"\\server\水利局\case.gpkg", b"NTFS", b"", True),
        ("//server/share/case.gpkg", b"", b"", True),
        (r"\\?\UNC\server\share\case.gpkg", b"NTFS", b"", True),
        (r"\\?\C:\data\case.gpkg", b"NTFS", VOLUME, False),
        (r"C:\data\case.gpkg", b"NTFS", VOLUME, False),
        (r"Z:\case.gpkg", b"NTFS", b"//server/share/", True),
        ("/mnt/case.gpkg", b"nfs4", b"10.0.0.2:/export", True),
        ("/mnt/case.gpkg", b"cifs", b"//server/share", True),
        ("/Volumes/x/case.gpkg", b"smbfs", b"//user@server/x", True),
        ("/mnt/case.gpkg", b"fuse.sshfs", b"me@server:", True),
        ("/mnt/case.gpkg", b"ext4", b"/dev/sda1", False),
        ("/mnt/case.gpkg", b"fuseblk", b"/dev/sdb1", False),
        ("/mnt/nfs/case.gpkg", b"tmpfs", b"tmpfs", False),
    ],
)
def test_r8_what_is_a_network_path(name, system, device, remote):
    assert network.is_remote(name, system, device) is remote


def test_r8_the_warning_names_the_file_and_a_local_one_needs_none(language, tmp_path, monkeypatch):
    path = tmp_path / "案 <b>.gpkg"
    assert network.network_warning(path) == ""
    monkeypatch.setattr(network, "is_remote", lambda *parts: True)
    told = network.network_warning(Path(r"//server/案 <b>.gpkg"))
    assert "案 <b>.gpkg" in told
    assert {"en": "network drive", "zh": "网络驱动器"}[language] in told
