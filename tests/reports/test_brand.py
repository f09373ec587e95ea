import base64

import pytest

from workshop.errors import ReportError
from workshop.reports.brand import LARGEST_LOGO, logo_address
from workshop.workspace import Workspace

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{}</svg>'
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 20


@pytest.fixture
def with_logo(tmp_path):
    def with_logo(name, content=None):
        workspace = Workspace.create(tmp_path / "client", "A client", brand={"logo": name})
        if content is not None:
            (workspace.path / name).write_bytes(content)
        return workspace

    return with_logo


def code(workspace):
    with pytest.raises(ReportError) as caught:
        logo_address(workspace)
    return caught.value.code


def test_no_logo_is_no_address(tmp_path):
    assert logo_address(Workspace.create(tmp_path / "client", "A client")) is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PNG, "image/png"), (JPEG, "image/jpeg"), (SVG.format("<g/>").encode(), "image/svg+xml")],
)
def test_a_logo_stands_whole_in_its_address(with_logo, content, kind):
    address = logo_address(with_logo("logo.bin", content))
    start, _, data = address.partition(",")
    assert start == f"data:{kind};base64"
    assert base64.b64decode(data) == content


def test_an_svg_may_point_inside_itself(with_logo):
    inside = '<defs><g id="a"/></defs><use href="#a" fill="url(#a)"/>'
    assert logo_address(with_logo("logo.svg", SVG.format(inside).encode()))


@pytest.mark.parametrize(
    "unsafe",
    [
        "<script>alert(1)</script>",
        "<SCRIPT/>",
        '<g onload="alert(1)"/>',
        '<image href="https://a.be/x.png"/>',
        "<image href='x.png'/>",
        '<use xlink:href="&#104;ttps://a.be/x.svg#a" xmlns:xlink="http://www.w3.org/1999/xlink"/>',
        '<image href="data:image/svg+xml;base64,AA"/>',
        "<style>@import 'x'</style>",
        "<style>g{fill:url(https://a.be)}</style>",
        "<foreignObject/>",
    ],
)
def test_an_svg_that_runs_or_reaches_out_is_refused(with_logo, unsafe):
    assert code(with_logo("logo.svg", SVG.format(unsafe).encode())) == "logo_unsafe"


def test_an_entity_is_refused(with_logo):
    content = b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;").encode()
    assert code(with_logo("logo.svg", content)) == "logo_unsafe"


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<html><body>no</body></html>", b"<svg><g></svg>", PNG + b"0" * LARGEST_LOGO],
)
def test_another_kind_of_file_is_refused(with_logo, content):
    assert code(with_logo("logo.png", content)) == "logo_type"


def test_a_logo_that_is_not_there_is_said(with_logo):
    assert code(with_logo("logo.png")) == "logo_missing"


@pytest.mark.parametrize("name", ["../logo.png", "/etc/hostname", "a/../../logo.png"])
def test_a_logo_lies_inside_the_workspace(with_logo, name):
    assert code(with_logo(name)) == "logo_outside"


def test_a_link_that_leaves_the_workspace_is_refused(with_logo, tmp_path):
    workspace = with_logo("logo.png")
    (tmp_path / "secret").write_bytes(PNG)
    (workspace.path / "logo.png").symlink_to(tmp_path / "secret")
    assert code(workspace) == "logo_outside"
