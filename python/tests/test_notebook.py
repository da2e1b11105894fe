"""The notebook of the documentation, executed from its first cell to its last as Jupyter does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "bind-teams-phone.ipynb"

# Jupyter's own, of which there are some with every release.
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::PendingDeprecationWarning", "ignore::FutureWarning"
)


def read() -> Any:
    """The notebook as it is committed."""
    import nbformat

    read_as: Any = nbformat.read
    return read_as(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What cells with a name printed or showed; a cell that raises fails the test."""
    import nbclient

    notebook = read()
    folder = tmp_path_factory.mktemp("notebook")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            environment.setenv(name, str(folder / name.lower()))
        resources = {"metadata": {"path": str(folder)}}
        nbclient.NotebookClient(notebook, timeout=60, resources=resources).execute()
    assert not list(folder.glob("*.csv")), "it leaves files behind"
    return {
        tag: "\n".join(text(output) for output in cell.outputs)
        for cell in notebook.cells
        for tag in cell.metadata.get("tags", [])
    }


def text(output: Any) -> str:
    """The text of one output."""
    shown = output["text"] if "text" in output else output["data"]["text/plain"]
    return str(shown).strip()


def test_it_is_committed_without_outputs() -> None:
    for cell in read().cells:
        assert cell.source.strip()
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


def test_access_is_granted_from_a_table_and_proved(outputs: dict[str, str]) -> None:
    assert "ivr@teams-phone-emulator.invalid" in outputs["accounts"]
    assert "row 2, column object_id: 'alex@contoso.com' is not a GUID" in outputs["wrong"]
    assert outputs["granted"].count("created") == 2
    assert outputs["verified"].startswith("Assignment(tenant_id=")


def test_a_number_is_checked_ordered_and_waited_for(outputs: dict[str, str]) -> None:
    assert "+12065550100" in outputs["numbers"]
    assert "license         passed" in outputs["checked"]
    assert outputs["ordered"].splitlines() == ["taken with an id", "succeeded"]
    assert outputs["held"] == "'voiceApplicationAssigned'"


def test_everything_is_taken_back(outputs: dict[str, str]) -> None:
    assert outputs["revoked"].count("revoke") == 2
    assert outputs["gone"].splitlines() == ["404", "404", "unassigned"]
    assert "TeamsExtensionAssignment" in outputs["log"]
