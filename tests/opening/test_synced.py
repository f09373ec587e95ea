"""Folders that OneDrive and its like synchronise are recognised, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from workshop.opening.synced import synced_by

NOWHERE = Path("/nowhere")


def found(path, environment=None, home=NOWHERE):
    return synced_by(Path(path), environment or {}, home)


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/Users/an/OneDrive/klanten/acme", "OneDrive"),
        ("/Users/an/OneDrive - Acme NV/acme", "OneDrive"),
        ("/Users/an/Library/CloudStorage/OneDrive-AcmeNV/acme", "OneDrive"),
        ("/Users/an/Dropbox/acme", "Dropbox"),
        ("/home/an/Dropbox (Acme)/acme", "Dropbox"),
        ("/Users/an/Library/CloudStorage/GoogleDrive-an@acme.be/My Drive/acme", "Google Drive"),
        ("/home/an/Google Drive/acme", "Google Drive"),
        ("/Users/an/Library/Mobile Documents/com~apple~CloudDocs/acme", "iCloud Drive"),
        ("/c/Users/an/iCloudDrive/acme", "iCloud Drive"),
        ("/home/an/Nextcloud/acme", "Nextcloud"),
    ],
)
def test_a_service_is_known_by_the_name_of_its_folder(path, service):
    assert found(path) == service


@pytest.mark.parametrize(
    "path",
    ["/home/an/klanten/acme", "/home/an/dropboxen/acme", "/srv/onedriver/x", "/nextclouding"],
)
def test_another_folder_is_left_in_peace(path):
    assert found(path) is None


@pytest.mark.parametrize(
    ("mark", "service"),
    [
        (".dropbox", "Dropbox"),
        (".tmp.driveupload", "Google Drive"),
        (".nextcloudsync.log", "Nextcloud"),
        (".sync_0123456789ab.db", "Nextcloud"),
    ],
)
def test_a_service_is_known_by_what_it_leaves_behind(tmp_path, mark, service):
    folder = tmp_path / "renamed" / "klanten" / "acme"
    folder.mkdir(parents=True)
    assert found(folder) is None
    (tmp_path / "renamed" / mark).touch()
    assert found(folder) == service


def test_dropbox_s_own_settings_in_the_home_folder_are_no_mark(tmp_path):
    (tmp_path / ".dropbox").mkdir()
    assert found(tmp_path / "acme", home=tmp_path) is None


def test_onedrive_is_known_by_the_environment(tmp_path):
    environment = {"OneDriveCommercial": str(tmp_path / "Werk")}
    assert found(tmp_path / "Werk" / "acme", environment) == "OneDrive"
    assert found(tmp_path / "Thuis" / "acme", environment) is None


def test_dropbox_is_known_by_its_own_note(tmp_path):
    (tmp_path / ".dropbox").mkdir()
    moved = (tmp_path / "Gedeeld").as_posix()
    (tmp_path / ".dropbox" / "info.json").write_text(f'{{"business": {{"path": "{moved}"}}}}')
    assert found(tmp_path / "Gedeeld" / "acme", home=tmp_path) == "Dropbox"


def test_a_link_does_not_hide_where_a_folder_is(tmp_path):
    (tmp_path / "OneDrive" / "acme").mkdir(parents=True)
    (tmp_path / "acme").symlink_to(tmp_path / "OneDrive" / "acme")
    assert found(tmp_path / "acme") == "OneDrive"
