use super::*;

#[track_caller]
fn gives(source: &str, wanted: &str) {
    let text = blocking(source).unwrap();
    assert_eq!(text.trim_end(), wanted.trim_end(), "from:\n{source}");
}

#[track_caller]
fn same(source: &str) {
    gives(source, source);
}

#[track_caller]
fn refuses(source: &str, why: &str) {
    let error = format!("{:#}", blocking(source).unwrap_err());
    assert!(error.contains(why), "{error}");
}

#[test]
fn every_word_of_the_table_is_replaced_in_code_prose_and_names() {
    for (from, to) in WORDS {
        gives(&format!("x = {from}(y)\n"), &format!("x = {to}(y)\n"));
        gives(&format!("x = y.{from}\n"), &format!("x = y.{to}\n"));
        gives(&format!("# {from}\n"), &format!("# {to}\n"));
        gives(&format!("x = \"{from}\"\n"), &format!("x = \"{to}\"\n"));
        same(&format!("x = not_{from}_at_all\n"));
    }
}

#[test]
fn code_loses_async_and_await() {
    for (from, to) in [
        ("async def f(): return await g()\n", "def f(): return g()\n"),
        ("async  with a, b:\n    pass\n", "with a, b:\n    pass\n"),
        ("async for x in y: pass\n", "for x in y: pass\n"),
        ("z = [x async for x in y]\n", "z = [x for x in y]\n"),
        ("(await f()).g(await h())\n", "(f()).g(h())\n"),
        ("return await (\n    f()\n)\n", "return (\n    f()\n)\n"),
    ] {
        gives(from, to);
    }
}

#[test]
fn the_face_is_renamed_where_it_is_a_folder() {
    for (from, to) in [
        (
            "from teams_phone.aio._pages import Pages\n",
            "from teams_phone.blocking._pages import Pages\n",
        ),
        (
            "from ..aio.client import C\n",
            "from ..blocking.client import C\n",
        ),
        (
            "M = {\"C\": \"teams_phone.aio.client\"}\n",
            "M = {\"C\": \"teams_phone.blocking.client\"}\n",
        ),
    ] {
        gives(from, to);
    }
    same("aio = 1\n");
}

#[test]
fn awaitables_are_what_they_give() {
    for (from, to) in [
        (
            "f: Callable[[int], Awaitable[list[str]]] | None = None\n",
            "f: Callable[[int], list[str]] | None = None\n",
        ),
        (
            "from collections.abc import AsyncIterator, Awaitable, Callable\n",
            "from collections.abc import Callable, Iterator\n",
        ),
    ] {
        gives(from, to);
    }
}

#[test]
fn imports_name_nothing_twice() {
    gives(
        "from collections.abc import AsyncIterable, AsyncIterator, Iterable\n",
        "from collections.abc import Iterable, Iterator\n",
    );
    same("from x import b, a\n");
}

#[test]
fn strings_are_left_alone_unless_they_are_names_or_docstrings() {
    same("raise TypeError(\"use async with, or await aclose() of teams_phone.aio\")\n");
    same("x = f'''\nawait {y!r} # <async-only>\n''' 'it\\'s await #' + \"\"\"a\nawait b\"\"\"\n");
    gives("x: \"AsyncIterator[T]\" = y\n", "x: \"Iterator[T]\" = y\n");
}

#[test]
fn docstrings_and_their_examples_are_translated() {
    let source = "class C:\n    \"\"\"Reads from an async iterator, once; do not await it twice.\n\n    \
                  >>> from teams_phone.aio import Client\n    >>> async with Client(x) as client:\n    \
                  ...     page = await client.first()\n    \
                  See ``await client.first()`` and :meth:`teams_phone.aio.Client.aclose`.\n    \"\"\"\n";
    let wanted = "class C:\n    \"\"\"Reads from an iterator, once; do not await it twice.\n\n    \
                  >>> from teams_phone import Client\n    >>> with Client(x) as client:\n    \
                  ...     page = client.first()\n    \
                  See ``client.first()`` and :meth:`teams_phone.Client.close`.\n    \"\"\"\n";
    gives(source, wanted);
}

#[test]
fn marked_lines_belong_to_one_face() {
    let source = "\
# <async-only>
\"\"\"For asyncio.\"\"\"
# </async-only>
# <blocking-only>
# \"\"\"Waits; `await ` is literal here.\"\"\"
# </blocking-only>

import a

# <async-only>
import asyncio
# </async-only>

def f():
    # <blocking-only>
    # x = 1  # one
    #
    # if x:
    #     await_later()
    # </blocking-only>
    return 1
";
    let wanted = "\
\"\"\"Waits; `await ` is literal here.\"\"\"

import a

def f():
    x = 1  # one

    if x:
        await_later()
    return 1
";
    gives(source, wanted);
}

#[test]
fn what_cannot_be_translated_is_an_error() {
    refuses("import asyncio\n", "line 1: `asyncio` would be part");
    refuses(
        "\nasync lambda: 1\n",
        "line 2: `async` in front of nothing known",
    );
    refuses("x = 'open\n", "line 1: the string does not end");
    refuses("# <async-only>\n", "is not closed");
    refuses("# </async-only>\n", "without its other half");
    refuses("# <blocking-only>\n", "is not closed");
    refuses(
        "# <blocking-only>\nx = 1\n# </blocking-only>\n",
        "is no comment",
    );
}

#[test]
fn files_follow_their_sources_in_every_folder() {
    let package = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = package.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("aio/__init__.py", "");
    write("aio/numbers/orders.py", "async def give(): ...\n");
    write(
        "aio/_loop.py",
        "# <async-only>\nimport asyncio\n# </async-only>\n",
    );
    write("aio/__pycache__/orders.pyc", "");
    write("blocking/gone.py", "");
    write("blocking/__pycache__/gone.pyc", "");
    let files = files(package.path()).unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["__init__.py", "numbers/orders.py"]);
    assert_eq!(
        files[1].text,
        "# Generated by `cargo xtask regen` from python/teams_phone/aio/numbers/orders.py; do not edit.\n\
         def give(): ...\n"
    );

    let generated = package.path().join(GENERATED);
    let tree = super::super::tree::difference(&generated, "blocking", &files).unwrap();
    assert!(tree.contains("+def give(): ..."), "{tree}");
    let done = super::super::tree::write(&generated, &files)
        .unwrap()
        .join("\n");
    assert!(
        done.contains("removed") && done.contains("gone.py"),
        "{done}"
    );
    assert!(generated.join("numbers/orders.py").is_file());
    let tree = super::super::tree::difference(&generated, "blocking", &files).unwrap();
    assert_eq!(tree, "");
    assert!(
        super::files(&package.path().join("none"))
            .unwrap()
            .is_empty()
    );
}
