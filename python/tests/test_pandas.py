"""Rows from CSV, Excel and data frames, held to what the command makes of the same files; data frames of results."""

from __future__ import annotations

import asyncio
import doctest
import io
import json
import os
import pickle
import subprocess
import sys
import uuid
from typing import Any

import pandas as pd  # type: ignore[import-untyped, unused-ignore]
import pytest

import teams_phone.pandas
from teams_phone import ConfigError
from teams_phone.models import BulkResult
from teams_phone.pandas import Row, RowProblem, RowsError, read_rows, to_frame
from teams_phone.testing import Emulator, Fault

TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
ONE = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111"
TWO = "e5b7f628-ea94-4fdc-b3d9-1af1fe232222"
APP = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6"
OTHER = "2c0b782b-ed7c-4804-9a51-56d102b010b7"

HEAD = "tenant_id,object_id,principal_type,client_ids,action"
GRANT = Row(TENANT, ONE, "teamsResourceAccount", (), "grant", 2)


@pytest.fixture
def emulator() -> Any:
    """An emulator without anything."""
    with Emulator() as running:
        yield running


def csv(*lines: str, head: str = HEAD) -> io.StringIO:
    """A file of these lines."""
    return io.StringIO("\n".join([head, *lines]))


def problems(source: Any) -> list[tuple[int, str | None, str]]:
    """What is wrong with a file."""
    with pytest.raises(RowsError) as refusal:
        read_rows(source)
    return [(found.row, found.column, found.message) for found in refusal.value.problems]


def test_examples_of_the_documentation_work() -> None:
    failed, attempted = doctest.testmod(teams_phone.pandas)
    assert failed == 0
    assert attempted > 0


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\n{TENANT},{ONE},resource_account,,\n",
        f"\ufeff{HEAD}\r\n{TENANT},{ONE},resource_account,,grant\r\n\r\n",
        f"tenantId;objectId;principalType\n{TENANT.upper()};{{{ONE}}};TeamsResourceAccount",
        f"Object ID\tTenant-ID\tprincipal_type\n {ONE}\t{TENANT} \t\"resource-account\"",
        f"schema_version,{HEAD}\n1,{TENANT},{ONE.replace('-', '')},ResourceAccount,,GRANT",
    ],
)
def test_separators_spellings_and_ends_of_lines_do_not_matter(text: str) -> None:
    assert read_rows(io.StringIO(text)) == [GRANT]
    assert read_rows(io.BytesIO(text.encode())) == [GRANT]


def test_several_client_ids_are_separated_by_anything() -> None:
    for ids in (f"{APP} {OTHER}", f'"{APP},{OTHER}"', f" {APP};{OTHER}; "):
        (row,) = read_rows(csv(f"{TENANT},{ONE},user,{ids},"))
        assert (row.principal_type, row.client_ids) == ("user", (APP, OTHER))


def test_rows_that_take_access_away_need_ids_only() -> None:
    (row,) = read_rows(csv("", f"{TENANT},{ONE},anything,anything,Revoke"))
    assert row == Row(TENANT, ONE, None, (), "revoke", 3)


def test_a_file_on_disk_is_named_in_what_is_wrong_with_it(tmp_path: Any) -> None:
    file = tmp_path / "grants.csv"
    file.write_text(f"{HEAD}\n{TENANT},{ONE},resource_account,,\n,{TWO},usr,,\n")
    with pytest.raises(RowsError) as refusal:
        read_rows(file)
    assert str(refusal.value) == (
        f"{file} has a row that cannot be used\n"
        "  row 3, column principal_type: 'usr' is not known; give user or resource_account"
    )
    assert refusal.value.kind == "config"
    again = pickle.loads(pickle.dumps(refusal.value))
    assert again.problems == refusal.value.problems
    assert isinstance(again.problems[0], RowProblem)
    with pytest.raises(FileNotFoundError):
        read_rows(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        (f",{ONE},resource_account,,", "tenant_id", "it is missing"),
        (f"{TENANT},ivr@contoso.com,resource_account,,", "object_id", "not its user name"),
        (f"{TENANT},{TENANT},resource_account,,", "object_id", "the same GUID"),
        (f"{TENANT},{ONE},,,", "principal_type", "give user or resource_account"),
        (f"{TENANT},{ONE},user,,", "client_ids", "could not sign in"),
        (f"{TENANT},{ONE},user,x,", "client_ids", "'x' is not a GUID"),
        (f"{TENANT},{ONE},resource_account,{APP},", "client_ids", "it is for users"),
        (f"{TENANT},{ONE},user,{APP},remove", "action", "give grant or revoke"),
        (f"{TENANT},{ONE}", None, "it has 2 fields, and the first row names 5"),
        (f"{TENANT},{ONE},resource_account,,\r,", None, "carriage return within the line"),
        (f"{TENANT},{'x' * 200_000},resource_account,,", None, "cannot be taken apart"),
    ],
)
def test_a_wrong_cell_is_told_by_row_and_column(line: str, column: str | None, said: str) -> None:
    ((row, blamed, message),) = problems(csv(f"{TENANT},{ONE},resource_account,,", line))
    assert (row, blamed) == (3, column)
    assert said in message
    assert len(message) < 200


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("tenant_id,objectId,object_id", "the column 'object_id' is there twice"),
        ("tenant_id,client_ids", "there is no column object_id"),
        ("object_id,colour", "'colour' is not a column; known are"),
    ],
)
def test_a_wrong_head_is_told(head: str, said: str) -> None:
    with pytest.raises(RowsError, match=said) as refusal:
        read_rows(csv(f"{TENANT},{ONE}", head=head))
    assert refusal.value.problems[0].row == 1
    assert "the first row names the columns" in (refusal.value.hint or "")


def test_what_is_no_file_of_rows_is_refused() -> None:
    with pytest.raises(ConfigError, match="the file is empty"):
        read_rows(io.StringIO("\n \n"))
    with pytest.raises(TypeError, match="a path, an open file or a data frame, not int"):
        read_rows(5)  # type: ignore[arg-type, unused-ignore]
    ((row, _, message),) = problems(io.BytesIO(f"{HEAD}\n\xe4".encode("latin-1")))
    assert (row, message) == (2, "it is not UTF-8 text; save the file as CSV UTF-8")


def test_many_problems_are_counted_and_all_kept() -> None:
    with pytest.raises(RowsError, match=r"has 12 rows that cannot be used(?s:.*)and 2 more") as no:
        read_rows(csv(*["x,y,z,,"] * 12))
    assert len(no.value.problems) == 12


FILES = {
    "plain": f"{HEAD}\n{TENANT},{ONE},resource_account,,\n\n{TENANT},{TWO},user,{APP},grant\n",
    "semicolons": f'objectId;tenantId;principalType;clientIds\n{ONE};{TENANT};user;"{APP};{OTHER}"',
    "marked": f"\ufeff{HEAD}\r\n{TENANT},{ONE},TEAMS_RESOURCE_ACCOUNT,,GRANT\r\n",
    "revoking": f"{HEAD}\n{TENANT},{ONE},,,revoke\n{TENANT},{TWO},bot,x,Revoke\n",
    "forms of ids": f"{HEAD}\n{{{TENANT}}},{ONE.upper()},resource_account,,\n"
    f"urn:uuid:{TENANT},{TWO.replace('-', '')},resource_account,,\n",
    "odd ids": f"{HEAD}\n{TENANT[:-1]},{ONE},resource_account,,\n"
    f"{TENANT.replace('-', '', 1)},{ONE},resource_account,,\n{{{TENANT},{ONE},resource_account,,\n"
    f"{TENANT},{ONE}-,resource_account,,\n",
    "quotes": f'"tenant_id","object_id","principal_type"\n"{TENANT}","{ONE}","resource_account"\n'
    f'{TENANT},"{TWO},resource_account\n{TENANT},a"b",user\n',
    "too few, too many": f"{HEAD}\n{TENANT},{ONE}\n{TENANT},{ONE},resource_account,,,,\n,,,,\n",
    "contradictions": f"{HEAD}\n{TENANT},{TENANT},user,{APP},\n{TENANT},{ONE},user,,\n"
    f"{TENANT},{ONE},resource_account,{APP},\n{TENANT},{ONE},user,{APP},take\n",
    "unknown column": f"{HEAD},colour\n{TENANT},{ONE},resource_account,,,red\n",
    "no object": f"tenant_id\n{TENANT}\n",
    "column twice": f"{HEAD},ObjectId\n{TENANT},{ONE},resource_account,,,{ONE}\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_the_command_accepts_and_refuses_the_same_rows(
    text: str, tmp_path: Any, emulator: Emulator
) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(text.encode())
    told = subprocess.run(
        [sys.executable, "-m", "teams_phone", "assignment", "apply", file]
        + ["--dry-run", "--yes", "--output", "json"],
        env={**os.environ, "AZURE_COMMUNICATION_CONNECTION_STRING": emulator.connection_string},
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    refused = {one["line"] for one in lines if one.get("outcome") == "invalid"}
    accepted = {
        (one["line"], one["action"], one["tenant_id"], one["object_id"])
        for one in lines
        if one.get("outcome") in ("created", "unchanged")
    }
    assert lines or told.returncode == 2
    try:
        rows = read_rows(file)
    except RowsError as refusal:
        ours = {problem.row for problem in refusal.problems}
        assert ours == refused if lines else ours == {1}
    else:
        assert not refused
        assert {(row.row, row.action, row.tenant_id, row.object_id) for row in rows} == accepted


@pytest.mark.parametrize("sheet", [1, "Grants"])
def test_a_workbook_is_read_by_rows_and_sheets(tmp_path: Any, sheet: int | str) -> None:
    file = tmp_path / "grants.xlsx"
    cells = [
        ["Tenant ID", "Object ID", "Principal type", "Client IDs"],
        [TENANT, ONE, "resource_account", None],
        [None, None, None, None],
        [TENANT, TWO, "user", APP],
    ]
    with pd.ExcelWriter(file) as workbook:
        pd.DataFrame([["notes"]]).to_excel(workbook, sheet_name="Notes", index=False, header=False)
        pd.DataFrame(cells).to_excel(workbook, sheet_name="Grants", index=False, header=False)
    rows = [GRANT, Row(TENANT, TWO, "user", (APP,), "grant", 4)]
    assert read_rows(file, sheet=sheet) == rows
    with file.open("rb") as opened:
        assert read_rows(opened, sheet=sheet) == rows
    with pytest.raises(ConfigError, match="the workbook cannot be read"):
        read_rows(file, sheet="Nothing")


def test_a_cell_of_a_workbook_that_is_no_text_is_told(tmp_path: Any) -> None:
    file = tmp_path / "grants.xlsx"
    head = ["object_id", "tenant_id", "principal_type"]
    cells = [head, [5, TENANT, "user"], [ONE, TENANT, "NA"]]
    pd.DataFrame(cells).to_excel(file, index=False, header=False)
    assert problems(file) == [
        (2, "object_id", "it is not a text but a number: '5'"),
        (3, "principal_type", "'NA' is not known; give user or resource_account"),
    ]


def test_a_broken_workbook_is_refused() -> None:
    with pytest.raises(ConfigError, match="the workbook cannot be read"):
        read_rows(io.BytesIO(b"PK\x03\x04 but nothing more"))


def test_a_frame_holds_texts_guids_and_lists() -> None:
    frame = pd.DataFrame(
        {
            "tenant_id": [uuid.UUID(TENANT), TENANT],
            "object_id": [ONE, TWO],
            "principal_type": ["resource_account", "user"],
            "client_ids": [None, [APP, uuid.UUID(OTHER)]],
            "action": [float("nan"), pd.NA],
        }
    )
    first, second = read_rows(frame)
    assert (first.object_id, first.client_ids, first.row) == (ONE, (), 1)
    assert (second.client_ids, second.row) == ((APP, OTHER), 2)
    assert problems(frame.rename(columns={"object_id": "object"}))[0][0] == 0
    assert problems(frame.assign(object_id=[1.5, TWO])) == [
        (1, "object_id", "it is not a text but a number: '1.5'")
    ]


def test_rows_are_applied_and_their_ends_become_a_frame(emulator: Emulator) -> None:
    emulator.inject(Fault.respond(403, "Forbidden", message="no", path=f"/access/**{TWO}**"))
    rows = read_rows(
        csv(
            f"{TENANT},{ONE},resource_account,,",
            f"{TENANT},{TWO},user,{APP} {OTHER},",
            f"{TENANT},{OTHER},,,revoke",
        )
    )
    with emulator.client() as client:
        frame = to_frame(client.bulk(rows, lambda client, row: row.apply(client)))
    frame = frame.sort_index()
    assert frame.index.name == "row"
    assert list(frame.index) == [2, 3, 4]
    assert list(frame["ok"]) == [True, False, True]
    assert list(frame["client_ids"]) == ["", f"{APP} {OTHER}", ""]
    assert frame.loc[2, "value.outcome"] == "created"
    assert frame.loc[2, "value.assignment.object_id"] == ONE
    assert frame.loc[3, "error.status"] == 403
    assert frame.loc[3, "error.kind"] == "service"
    assert "Forbidden" in frame.loc[3, "error"]
    assert pd.isna(frame.loc[2, "error.status"])
    assert frame.loc[4, "value.checks"] == 1
    assigned = emulator.state()["teamsExtensionAssignments"]
    assert [one["objectId"] for one in assigned] == [ONE]


def test_rows_are_applied_by_asyncio_too(emulator: Emulator) -> None:
    async def work() -> list[BulkResult[Row, Any]]:
        async with emulator.aio_client() as client:
            rows = read_rows(csv(f"{TENANT},{ONE},resource_account,,"))
            await rows[0].apply(client)
            run = client.bulk(rows, lambda client, row: row.apply(client))
            return [result async for result in run]

    frame = to_frame(asyncio.run(work()))
    assert list(frame["value.outcome"]) == ["unchanged"]


def test_a_frame_of_rows_is_a_file_of_rows() -> None:
    rows = read_rows(
        csv(f"{TENANT},{ONE},resource_account,,", f"{TENANT},{TWO},user,{APP} {OTHER},")
    )
    file = io.StringIO()
    frame = to_frame(rows)
    frame.to_csv(file, index=False)
    file.seek(0)
    assert read_rows(file) == rows
    assert [row.object_id for row in read_rows(frame)] == [ONE, TWO]


def test_other_results_become_frames(emulator: Emulator) -> None:
    with emulator.client() as client:
        granted = client.assignments.grant(TENANT, ONE, "teamsResourceAccount")
    frame = to_frame([granted, granted.assignment])
    assert frame["assignment.object_id"][0] == ONE
    assert frame["object_id"][1] == ONE
    plain = to_frame([BulkResult("a", 5, None), BulkResult("b", None, ConfigError("wrong"))])
    assert list(plain["item"]) == ["a", "b"]
    assert plain.loc[0, "value"] == 5
    assert plain.loc[1, "error"] == "wrong"


def test_a_field_of_ones_own_that_is_called_row_stays_a_column() -> None:
    mine = [{"row": 7, "name": "a"}, {"row": 9, "name": "b"}]
    for results in (mine, [BulkResult(item, None, None) for item in mine]):
        frame = to_frame(results)
        assert list(frame["row"]) == [7, 9]
        assert list(frame.index) == [0, 1]
    mixed = to_frame([GRANT, {"row": 9, "name": "b"}])
    assert list(mixed["row"]) == [2, 9]


def test_a_run_of_nothing_has_the_columns_of_a_run(emulator: Emulator) -> None:
    with emulator.client() as client:
        frame = to_frame(client.bulk([], lambda client, row: row.apply(client)))
    assert frame.empty
    full = to_frame([BulkResult("a", None, ConfigError("wrong"))])
    assert list(frame.columns) == [column for column in full.columns if column != "item"]
    assert frame[~frame["ok"]].empty
    assert frame.dtypes["ok"] == full.dtypes["ok"]
    assert frame.dtypes["error.status"] == full.dtypes["error.status"]


def test_without_pandas_it_says_how_to_get_it() -> None:
    script = """
import sys
sys.modules["pandas"] = None
try:
    import teams_phone.pandas
except ImportError as missing:
    print(missing)
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert 'pip install "teams-phone[pandas]"' in ended.stdout
