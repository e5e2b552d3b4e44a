"""The documents held against the code: nothing is left out, every link leads somewhere, every command runs."""

from __future__ import annotations

import re
import shlex
import typing
from pathlib import Path
from typing import Any

import attrs
import pytest
import typer
from desk import COMMANDS, NOT_RUN, Desk
from support.crawling import baotinh

import archive.search.indexing.index
from archive.article import (
    Article,
    Block,
    CaptureRef,
    Contributor,
    Embed,
    FurtherPage,
    Image,
    LaterReading,
    PageLayout,
    field_order,
)
from archive.catalog.migrations import STEPS
from archive.errors import BaotinhError, UnknownArticle
from crawler.cli.commands import app
from crawler.configuration.finding import VARIABLE
from crawler.configuration.keys import KEYS
from crawler.declaration.layout import Layout
from crawler.newsroom import Newsroom
from crawler.runs import settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"`(baotinh [^`\n]+)`")
CLI: Any = typer.main.get_command(app)


def commands(group: Any, before: str = "") -> dict[str, Any]:
    """Every command by its words: those of a group stand behind its own."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        found[before + name] = command
        found |= commands(command, f"{before}{name} ") if hasattr(command, "commands") else {}
    return found


COMMANDS_KNOWN = commands(CLI)


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def section(page: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text(page), re.MULTILINE | re.DOTALL)
    assert found is not None, f"{page} has no section '{heading}'"
    return found[1]


def rows(part: str) -> dict[str, list[str]]:
    """The rows of the tables of a part, by the name in backticks that each begins with."""
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in part.splitlines()
        if line.startswith("| `")
    ]
    return {row[0].split("`")[1]: row[1:] for row in cells}


def options(command: Any) -> dict[str, list[str]]:
    """A command's options: every name of each, by its first."""
    return {one.opts[0]: [*one.opts, *one.secondary_opts] for one in command.params if one.param_type_name == "option"}


def classes(root: type[BaotinhError]) -> list[type[BaotinhError]]:
    """The errors that are raised: those of which no others are made, and those that are raised beside others."""
    below = [(one, classes(one)) for one in root.__subclasses__()]
    return [leaf for one, others in below for leaf in (others + [one] * _is_raised(one) if others else [one])]


def _is_raised(error: type[BaotinhError]) -> bool:
    imported = re.compile(rf"from archive\.errors import (?:\([^)]*|[^\n(]*)\b{error.__name__}\b")
    paths = (path for folder in ("archive", "crawler") for path in (ROOT / folder).rglob("*.py"))
    sources = (path.read_text("utf-8") for path in paths)
    return any(f"raise {error.__name__}(" in source and imported.search(source) for source in sources)


# nothing is left out


@pytest.mark.parametrize("name", sorted(COMMANDS_KNOWN))
def test_every_command_and_option_is_described(name: str) -> None:
    part = section("docs/commands.md", f"baotinh {name}")
    known = {option for names in options(COMMANDS_KNOWN[name]).values() for option in names} - {"--help"}
    assert (
        set(re.findall(r"`(--?[a-z-]+)`", "\n".join(line for line in part.splitlines() if line[:3] == "| `"))) == known
    )
    assert f"`baotinh {name}" in text("README.md")
    assert f"`baotinh {name}" in text("CHANGELOG.md")


def test_no_command_is_described_that_does_not_exist() -> None:
    headings = re.findall(r"^## baotinh (.+)$", text("docs/commands.md"), re.MULTILINE)
    assert sorted(headings) == sorted(COMMANDS_KNOWN)


@pytest.mark.parametrize(
    "cls", [Article, Block, Contributor, Image, Embed, FurtherPage, LaterReading, PageLayout, CaptureRef]
)
def test_every_field_is_described_with_its_type(cls: type[attrs.AttrsInstance]) -> None:
    hints = typing.get_type_hints(cls)
    names = field_order() if cls is Article else [field.name for field in attrs.fields(cls)]
    described = {name: cells[0] for name, cells in rows(section("docs/fields.md", cls.__name__)).items()}
    assert described == {name: spoken(hints[name]) for name in names}
    assert list(described) == list(names)
    assert all(cells[1] for cells in rows(section("docs/fields.md", cls.__name__)).values())


def spoken(hint: Any) -> str:
    """A type as fields.md says it."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return "one of " + ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return f"list of {spoken(arguments[0])}"
    if origin is dict:
        return f"object of {spoken(arguments[1])}"
    if type(None) in arguments:
        return spoken(next(part for part in arguments if part is not type(None))) + " or null"
    return {"str": "string", "int": "integer", "float": "number", "datetime": "time"}.get(hint.__name__, hint.__name__)


def test_every_setting_is_described_with_its_value() -> None:
    declared = {name: value for name, value in vars(settings).items() if name.isupper()}
    described = rows(section("docs/settings.md", "Scrapy's settings"))
    assert described.keys() == declared.keys() - {key.setting for key in KEYS}
    for name, (value, reason) in described.items():
        assert reason, name
        if not isinstance(declared[name], (dict, list)) and name != "USER_AGENT":
            assert value == f"`{declared[name]!r}`", name


def test_every_key_of_the_settings_file_is_described() -> None:
    described = rows(section("docs/settings.md", "Every key"))
    assert list(described) == [key.path for key in KEYS]
    for key in KEYS:
        named = [f"`{text}`" if text else "" for text in (key.usual(), key.variable)]
        assert described[key.path] == [*named, key.meaning.replace("|", r"\|")]


def test_the_first_example_of_settings_is_valid(tmp_path: Path) -> None:
    example = blocks(ROOT / "docs/settings.md", "toml")[0]
    (tmp_path / "newspapers").mkdir()
    (tmp_path / "baotinh.toml").write_text(example, "utf-8")
    done = baotinh("config", "check", BAOTINH_CONFIG=str(tmp_path / "baotinh.toml"))
    assert (done.returncode, done.stderr) == (0, "")
    done = baotinh("jobs", "list", "--json", BAOTINH_CONFIG=str(tmp_path / "baotinh.toml"))
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 3


def test_every_variable_of_the_environment_is_described() -> None:
    sources = [path.read_text("utf-8") for room in ("archive", "crawler") for path in (ROOT / room).rglob("*.py")]
    asked = re.compile(r"""(?:environ(?:\.get\(|\[)|envvar=|setting\()["'](BAOTINH_\w+)""")
    read = {name for source in sources for name in asked.findall(source)}
    of_keys = {key.variable for key in KEYS if key.variable}
    assert rows(section("docs/settings.md", "Environment")).keys() == (read | {VARIABLE}) - of_keys
    assert read >= {"BAOTINH_CONTACT"}


def test_every_error_is_described_with_its_exit_code() -> None:
    assert archive.search.indexing.index.IndexBusy in classes(BaotinhError)
    described = {name: cells[0] for name, cells in rows(section("docs/commands.md", "Errors")).items()}
    assert described == {cls.__name__: str(cls.exit_code) for cls in classes(BaotinhError)}


def test_every_table_of_the_catalog_is_described() -> None:
    tables: set[str] = set()
    for step in STEPS:  # one that is made anew has another name at first
        tables -= set(re.findall(r"DROP TABLE IF EXISTS (\w+)", step))
        tables |= set(re.findall(r"CREATE TABLE (\w+)", step)) - set(re.findall(r"ALTER TABLE (\w+) RENAME TO", step))
    assert set(rows(section("docs/how-it-works.md", "The catalog"))) >= tables >= {"warc_files", "captures"}


def test_every_selector_of_a_layout_is_described() -> None:
    part = section("docs/add-a-paper.md", "3. Declare where the fields are")
    assert {name for name in (field.name for field in attrs.fields(Layout)) if f"`{name}`" not in part} == set()


# links


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.is_relative_to(ROOT) and found.exists(), f"{page.name} links to {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, f"{page.name} links to {target}"


def slug(heading: str) -> str:
    """A heading's anchor, as repositories' web pages make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_document_is_linked_from_the_first_page() -> None:
    linked = set(LINK.findall(text("README.md")))
    assert {f"docs/{page.name}" for page in PAGES if page.parent.name == "docs"} <= linked


# commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_call_of_the_command_is_one_that_it_knows(page: Path) -> None:
    """Also those that are not run: in running text, in cron's table and in systemd's units."""
    for call in calls(page):
        name, *words = shlex.split(call, comments=True)[1:]
        if name == "--config":  # an option of `baotinh` itself, before the command
            name, *words = [*words[1:], "--help"]
        if name in ("--help", "--version", "COMMAND"):
            continue
        name = f"{name} {words[0]}" if words and f"{name} {words[0]}" in COMMANDS_KNOWN else name
        assert name in COMMANDS_KNOWN, f"{page.name}: {call}"
        known = {option for names in options(COMMANDS_KNOWN[name]).values() for option in names} | {"--help"}
        given = {word for word in words if re.match(r"--?[a-z]", word)}
        assert "--" in words or given <= known, f"{page.name}: {call}"


def calls(page: Path) -> list[str]:
    """What stands behind `baotinh` in code spans and in blocks of commands, up to the end or a redirection."""
    whole = page.read_text(encoding="utf-8")
    found = SPAN.findall(whole)
    for _, block in FENCE.findall(whole):
        found += re.findall(r"(?:^|/bin/)(baotinh [^\n>]*)", block, re.MULTILINE)
    return found


def blocks(page: Path, kind: str) -> list[str]:
    return [block for language, block in FENCE.findall(page.read_text(encoding="utf-8")) if language == kind]


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "sh")], ids=lambda page: page.name)
def test_every_command_runs(page: Path, desk: Desk) -> None:
    """Blocks marked `sh` run in order in one shell; `desk.py` says what is put in the place of the network."""
    desk.run("\n".join(blocks(page, "sh")))


def test_ids_in_examples_are_of_the_demonstration() -> None:
    """In the documents, in the commands' help and in what errors say."""
    defaults = {one.name: one.default for one in COMMANDS_KNOWN["demo"].params}
    stories = Newsroom(defaults["seed"], defaults["articles"]).stories
    printed = {f"{story.paper.key}:{story.number}" for story in stories if not story.hidden}
    said = [page.read_text("utf-8") for page in PAGES] + [str(UnknownArticle("x"))]
    said += [argument.help or "" for command in COMMANDS_KNOWN.values() for argument in command.params if argument.help]
    named = set(re.findall(r"\bbao[a-z]+:\d+", "\n".join(said)))
    assert named and named <= printed


def test_only_known_programs_are_called() -> None:
    """A new program in a block must be given to the desk, or be named there with the reason why it is not run."""
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.splitlines():
                program = shlex.split(line, comments=True)[:1]
                assert not program or program[0] in COMMANDS | NOT_RUN.keys(), f"{page.name}: {line}"
        assert {language for language, _ in FENCE.findall(page.read_text("utf-8"))} <= {
            "sh",
            "text",
            "ini",
            "python",
            "toml",
        }


def test_what_is_not_run_exists() -> None:
    makefile = text("Makefile")
    for page in PAGES:
        for target in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{page.name}: make {target}"


def test_python_in_the_documents_compiles() -> None:
    for page in PAGES:
        for block in blocks(page, "python"):
            compile(block, page.name, "exec")
