"""What holds the code together, looked at from outside: directions of imports, budgets, where SQL may stand, what a
failure teaches.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "app").rglob("*.py"))
ORDER = [{"law", "text"}, {"files", "security"}, {"models"}, {"operations", "reporting"}, {"jobs"}, {"views"}]
RANK = {name: rank for rank, group in enumerate(ORDER) for name in group}
# operations may ask reporting's neighbours, never the other way round; explain and clock are leaves that stand beside
# the layers.
WIRING = {None, "commands"}  # what ties the layers together, and nothing imports
LEAVES = {"clock", "explain", "extensions", "database", "settings"}
# Within a layer what stands at its top is the ground; of the folders each may import those before it.
SUBJECTS = {
    "operations": ("secrecy", "documents", "tasks", "petitions", "accounts", "exchange", "corrections"),
    "views": (
        "jobs",
        "secrecy",
        "documents",
        "tasks",
        "petitions",
        "accounts",
        "exchange",
        "reports",
        "administration",
    ),
}
GATHERS = {"app/operations/daily.py", "app/views/__init__.py"}  # what calls every subject in turn
SQL_MAY_STAND_IN = ("app/security/", "app/reporting/")


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)


def layer(path):
    parts = path.relative_to(ROOT / "app").parts
    return parts[0] if len(parts) > 1 else None


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    mine = layer(path)
    tree = ast.parse(path.read_text())
    for module, _ in imports_of(tree):
        parts = module.split(".")
        if parts[0] != "app" or len(parts) == 1 or mine in WIRING:
            continue
        theirs = parts[1]
        if theirs in LEAVES:
            assert mine in ("operations", "reporting", "jobs", "views"), f"{path.name} imports app.{theirs}"
        else:
            assert theirs in RANK, (
                f"{path.name} imports app.{theirs}, which only app/__init__.py, cli.py and their helpers may"
            )
            assert RANK[theirs] <= RANK[mine], (
                f"{path.name} ({mine}) imports {module}: imports go law, text ← security ← models ← operations,"
                " reporting ← jobs ← views"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_subjects_have_an_order(path):
    name = str(path.relative_to(ROOT))
    mine = layer(path)
    if mine not in SUBJECTS or name in GATHERS:
        return
    order = SUBJECTS[mine]
    parts = path.relative_to(ROOT / "app" / mine).parts
    rank = order.index(parts[0]) if len(parts) > 1 else -1
    for module, _ in imports_of(ast.parse(path.read_text())):
        theirs = module.removeprefix(f"app.{mine}.").split(".")[0]
        if module.startswith(f"app.{mine}.") and theirs in order:
            assert order.index(theirs) <= rank, f"{name} imports {module}, which comes after it"


def test_operations_know_no_request_and_no_figures():
    """Settings are handed in (`app/settings.py`); figures are made of what operations did, never asked by them."""
    for path in FILES:
        if layer(path) != "operations":
            continue
        for module, _ in imports_of(ast.parse(path.read_text())):
            assert module.split(".")[0] != "flask", f"{path} imports {module}"
            assert not module.startswith(("app.reporting", "app.views")), f"{path} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_budgets(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 400, "a file over 400 lines: split it by noun or by verb"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 40, f"{node.name} is over 40 lines"
            asked = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            assert len(asked) <= 6, f"{node.name} asks for over 6 things: which of them are one?"
            inner = [child for child in ast.walk(node) if isinstance(child, ast.Import | ast.ImportFrom)]
            assert not inner, f"{node.name} imports inside a function"
        if isinstance(node, ast.ClassDef):
            assert len([child for child in node.body if isinstance(child, ast.FunctionDef)]) <= 15, (
                f"{node.name} has over 15 methods"
            )


def test_only_true_pairs_are_assigned_together():
    """One statement a line: `a, b = b, a` needs both at once, `a, b = 1, 2` says two things in one breath."""
    for path in [*FILES, ROOT / "run.py", ROOT / "config.py", *(ROOT / "tests").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple):
                continue
            for target in node.targets:
                if isinstance(target, ast.Tuple):
                    given = {ast.unparse(part) for part in target.elts}
                    needed = {ast.unparse(part) for part in ast.walk(node.value) if isinstance(part, ast.expr)}
                    assert given & needed, f"{path}:{node.lineno} assigns unrelated values together"


def test_law_and_text_are_pure():
    for path in FILES:
        if layer(path) in ("law", "text"):
            for module, _ in imports_of(ast.parse(path.read_text())):
                assert module.split(".")[0] not in ("flask", "sqlalchemy", "flask_babel", "os", "time"), (path, module)
            assert not re.search(r"date\.today|datetime\.now", path.read_text()), f"{path} has a clock"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_raw_sql_and_listeners_stand_only_where_they_may(path):
    name = str(path.relative_to(ROOT))
    if name.startswith(SQL_MAY_STAND_IN) or name in ("app/installation.py", "app/database.py"):
        return
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in ("text", "sa.text", "event.listen", "event.listens_for"), f"{name}: {called}"
            assert not called.endswith(("exec_driver_sql", ".__table__.select")), f"{name}: {called}"
    assert "__table__" not in path.read_text()


def test_no_sql_is_built_from_values():
    """f-strings may hold constants of the module only: names in upper case, or what a helper of the same module made
    from constants.
    """
    for path in FILES:
        if "from sqlalchemy import" not in path.read_text():
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "text":
                assert not isinstance(node.args[0], ast.JoinedStr), f"{path}:{node.lineno} builds SQL from values"


def test_no_broad_except_and_no_leftovers():
    for path in [*FILES, ROOT / "run.py", ROOT / "config.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None and ast.unparse(node.type) not in (
                    "Exception",
                    "BaseException",
                ), f"{path}:{node.lineno}"
        assert not re.search("TO" + "DO|FIX" + "ME", path.read_text()), path


def test_only_the_frame_of_the_views_commits():
    """A request is one transaction; what must stand in the middle of one says so by `keep`."""
    for path in FILES:
        if layer(path) == "views" and path.name not in ("base.py", "keeping.py"):
            assert ".commit()" not in path.read_text(), path


def test_views_hold_no_law():
    """A number of days or a statutory article in a view is a rule in the wrong place."""
    screens = [path for path in FILES if layer(path) == "views"] + sorted((ROOT / "app" / "templates").rglob("*.html"))
    for path in screens:
        assert not re.search(r"timedelta\(days=|\d+ ngày|Điều \d", path.read_text()), path


def test_templates_can_be_read():
    """At most 140 columns; a sentence that is looked up as a whole in the catalogues may be longer."""
    for path in sorted((ROOT / "app" / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            assert len(line) <= 140 or re.search(r"_\('[^']{90,}'", line), f"{path}:{number}"


def test_templates_load_nothing_from_another_host_and_hold_no_inline_script_or_style():
    for path in (ROOT / "app" / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r'(src|href)="https?:', text), path
        assert not re.search(r"<style|style=|<script(?! src)| on\w+=", text), path


def test_every_public_function_says_what_is_true_afterwards():
    for path in FILES:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_every_setting_has_a_comment():
    text = (ROOT / "config.py").read_text()
    block = text[text.index("DEFAULTS:") : text.index("TEST:")]
    before = ""
    for line in block.splitlines():
        if re.match(r'    "[A-Z_]+":', line) and not line.rstrip().endswith("{"):
            assert "#" in line or before.strip().startswith("#"), line
        before = line


def test_every_dependency_is_pinned():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            assert not line or line.startswith(("#", "-r ")) or "==" in line, line
