"""What the documents name is there: commands, options, files, make targets, variables."""

import re
from pathlib import Path

import pytest
import typer.main

from overlay.cli import app
from overlay.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "models/*.md",
        "training/*.md",
        "web/*.md",
        "overlay/**/*.md",
    )
    for path in REPOSITORY.glob(pattern)
)

_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_COMMAND = re.compile(r"\bemotion-overlay((?: +[^\s`#|]+)*)")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")


def text_of(document):
    return (REPOSITORY / document).read_text("utf-8")


def commands():
    for document in DOCUMENTS:
        for code in _CODE.findall(text_of(document)):
            for arguments in _COMMAND.findall(code):
                if arguments:
                    yield document, arguments.strip()


@pytest.mark.parametrize(("document", "line"), sorted(set(commands())))
def test_a_command_exists_with_its_options(document, line):
    command = typer.main.get_command(app)
    for word in line.split():
        if hasattr(command, "commands") and not word.startswith("-"):
            assert word in command.commands, f"{document}: there is no `emotion-overlay {line}`"
            command = command.commands[word]
        elif word.startswith("--"):
            option = word.partition("=")[0]
            known = {name for parameter in command.params for name in parameter.opts}
            known |= {name for parameter in command.params for name in parameter.secondary_opts}
            assert option in known | {"--help"}, f"{document}: `{line}` has no {option}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_link_leads_somewhere(document):
    folder = (REPOSITORY / document).parent
    for target, anchor in _LINK.findall(text_of(document)):
        path = folder / target if target else REPOSITORY / document
        assert path.exists(), f"{document} links to {target}"
        if anchor:
            assert anchor in headings(path), f"{document} links to {target}#{anchor}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_make_target_exists(document):
    targets = re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
    for code in _CODE.findall(text_of(document)):
        for target in re.findall(r"\bmake ([a-z][a-z-]*)", code):
            assert target in targets, f"{document}: make {target}"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_variable_is_one_that_the_code_reads(document):
    patterns = ("overlay/**/*.py", "tests/**/*.py", "tests/**/*.sh")
    files = (path for pattern in patterns for path in REPOSITORY.glob(pattern))
    code = "\n".join(path.read_text("utf-8") for path in files)
    settings = {f"EMOTION_OVERLAY_{name.upper()}" for name in Settings.model_fields}
    for variable in re.findall(r"\bEMOTION_OVERLAY_[A-Z_]*[A-Z]\b", text_of(document)):
        assert variable in settings or variable in code, f"{document}: {variable}"


def headings(path):
    """The anchors of a document's headings, as GitHub makes them."""
    found = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_documentation_shows_every_example():
    shown = re.findall(r'^--8<-- "(.+)"$', text_of("docs/api/index.md"), re.MULTILINE)
    assert sorted(shown) == sorted(
        path.relative_to(REPOSITORY).as_posix() for path in REPOSITORY.glob("examples/*.py")
    )


def test_every_picture_is_shown_somewhere():
    shown = {
        (REPOSITORY / document).parent / target
        for document in DOCUMENTS
        for target, _ in _LINK.findall(text_of(document))
    }
    shown = {path.resolve() for path in shown}
    for picture in (REPOSITORY / "docs/pictures").iterdir():
        assert picture in shown, f"no document shows {picture.name}"
