"""Libraries that the bundle for Linux has in a smaller form than the wheels.

A wheel brings everything that its libraries are linked to, used or not, and each wheel brings its
own. Here the bundle is 95 MB smaller for it. Needs binutils and, of Debian, `liblapack-dev`.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from pathlib import Path, PurePath

#: Path in the bundle, source and kind of a file, as PyInstaller keeps them. The source of a
#: "SYMLINK" is what the link says.
Entry = tuple[str, str, str]

# How auditwheel names what it puts into a wheel: name, hash, version.
_WHEEL_LIBRARY = re.compile(r"^(lib\w+)-[0-9a-f]{8}(\.so\.[\d.]+)$")

# Whose libraries serve the other wheels as well: these are smaller or have fewer dependencies.
_SHARED_FROM = ("av.libs", "pillow.libs")

_SYSTEM = Path("/usr/lib/x86_64-linux-gnu")
_LAPACK = _SYSTEM / "liblapack_pic.a"
_BLAS = _SYSTEM / "blas/libblas.so.3"

# No entries: https://github.com/unicode-org/icu/blob/main/icu4c/source/stubdata/stubdata.cpp
_NO_ICU_DATA = """\
    .section .rodata
    .globl icudt{version}_dat
    .type icudt{version}_dat, @object
    .balign 16
icudt{version}_dat:
    .short 32               # size of this header
    .byte 0xda, 0x27        # what all data of ICU begin with
    .short 20, 0            # size of what follows of the header
    .byte 0, 0, 2, 0        # little-endian, ASCII, UTF-16
    .ascii "ToCP"
    .byte 1, 0, 0, 0        # version of the format
    .byte 0, 0, 0, 0        # version of the data
    .fill 8
    .long 0, 0              # number of entries
    .size icudt{version}_dat, . - icudt{version}_dat
"""


def smaller(libraries: list[Entry], folder: Path) -> list[Entry]:
    """What the bundle has in place of these libraries.

    Args:
        libraries: All libraries that are part of the bundle.
        folder: Where files that this makes may lie until the bundle has been put together.
    """
    libraries = _without_icu_data(_with_reference_lapack(shared(libraries), folder), folder)
    return [_stripped(entry, folder / "stripped") for entry in libraries]


def shared(libraries: list[Entry]) -> list[Entry]:
    """Let wheels use each other's libraries; above all OpenCV use PyAV's FFmpeg.

    Returns:
        The same, with a link in place of each library that another wheel has in the same version;
        of different versions all stay.
    """
    kept: dict[tuple[str, ...], PurePath] = {}
    for folder in _SHARED_FROM:
        for destination, _, _ in libraries:
            path = PurePath(destination)
            if path.parts[0] == folder and (match := _WHEEL_LIBRARY.match(path.name)):
                kept.setdefault(match.groups(), path)
    result = []
    for entry in libraries:
        path = PurePath(entry[0])
        match = _WHEEL_LIBRARY.match(path.name)
        if path.parent.suffix == ".libs" and match:
            target = kept.get(match.groups(), path)
            if target != path:
                entry = (entry[0], f"../{target.as_posix()}", "SYMLINK")
        result.append(entry)
    return result


def without_dangling(files: list[Entry], libraries: list[Entry]) -> list[Entry]:
    """Leave out PyInstaller's links to libraries that are not part of the bundle."""
    there = {destination for destination, _, _ in libraries}
    return [entry for entry in files if entry[2] != "SYMLINK" or entry[1] in there]


def _with_reference_lapack(libraries: list[Entry], folder: Path) -> list[Entry]:
    """Give OpenCV the few functions of LAPACK that it calls, without OpenBLAS, which is 37 MB.

    Only factorisations of large matrices would be slower, and nothing here asks OpenCV for any.
    """
    opencv = next(source for path, source, _ in libraries if path.startswith("cv2/cv2.abi3"))
    result = []
    for destination, source, kind in libraries:
        name = PurePath(destination).name
        if kind != "SYMLINK" and name.startswith("libopenblasp-"):
            functions = sorted(_symbols(opencv, "U") & _symbols(source, "T"))
            source = str(_linked_lapack(functions, folder / name))
            result.append(("libblas.so.3", str(_BLAS.resolve()), "BINARY"))
        if destination.startswith("numpy.libs/libgfortran-"):
            result.append(("libgfortran.so.5", destination, "SYMLINK"))
        result.append((destination, source, kind))
    return result


def _linked_lapack(functions: list[str], target: Path) -> Path:
    if not _LAPACK.exists():
        sys.exit(f"{_LAPACK} is missing: apt install liblapack-dev")
    wanted = [f"--undefined={function}" for function in functions]
    inputs = [_LAPACK, _BLAS, _SYSTEM / "libgfortran.so.5", "-l:libm.so.6", "-l:libc.so.6"]
    return _linked(target, *wanted, "--gc-sections", "-rpath=$ORIGIN/..", f"-L{_SYSTEM}", *inputs)


def _without_icu_data(libraries: list[Entry], folder: Path) -> list[Entry]:
    """Replace ICU's data, which is 31 MB, by none.

    Qt uses it to sort by the rules of a language, to convert old encodings and to name time zones;
    the application does none of this with Qt. Qt has its own data for everything else.
    """
    result = []
    for destination, source, kind in libraries:
        name = PurePath(destination).name
        if kind != "SYMLINK" and (match := re.fullmatch(r"libicudata\.so\.(\d+)", name)):
            text = _NO_ICU_DATA.format(version=match[1])
            objects = folder / "icudata.o"
            subprocess.run(["as", "-o", objects], input=text, text=True, check=True)
            source = str(_linked(folder / name, objects))
        result.append((destination, source, kind))
    return result


def _linked(target: Path, *arguments: Path | str) -> Path:
    """A shared library with the name of the file."""
    options = ["-shared", "-Bsymbolic", "-z", "noexecstack", "-soname", target.name, "-o", target]
    subprocess.run(["ld", *options, *arguments], check=True)
    return target


def _symbols(library: str, kind: str) -> set[str]:
    """What a library takes from others (U), or offers (T)."""
    done = subprocess.run(["nm", "-D", library], capture_output=True, text=True, check=True)
    lines = (line.split()[-2:] for line in done.stdout.splitlines())
    return {name for letter, name in lines if letter == kind}


def _stripped(entry: Entry, folder: Path) -> Entry:
    """A library without symbols that only debuggers read, where that leaves it intact."""
    destination, source, kind = entry
    if kind == "SYMLINK":
        return entry
    target = folder / destination
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["strip", "--strip-unneeded", "-o", target, source], check=True)
    return (destination, str(target), kind) if _can_be_loaded(target) else entry


def _can_be_loaded(library: Path) -> bool:
    """Whether segments lie where the loader maps them.

    `strip` moves them in some libraries whose search path patchelf has changed, as in many wheels;
    the loader then says "ELF load command address/offset not page-aligned". The fields are in
    https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html.
    """
    content = library.read_bytes()
    (table,) = struct.unpack_from("<Q", content, 32)
    size, count = struct.unpack_from("<HH", content, 54)
    for index in range(count):
        kind, _, offset, address = struct.unpack_from("<IIQQ", content, table + index * size)
        (alignment,) = struct.unpack_from("<Q", content, table + index * size + 48)
        if kind == 1 and (address - offset) % alignment:  # PT_LOAD
            return False
    return True
