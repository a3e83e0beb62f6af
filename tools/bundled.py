"""What goes into a bundle, read from the program's own files and pins, so that nothing is listed twice.

A layer kind, a reader, a command is named in a file and imported late, and a third party's plugin imports what it
likes: so all modules of the program go in, those of the packages that ``requirements/run.in`` names, and the standard
library's.
"""

from __future__ import annotations

import fnmatch
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import metadata
from pathlib import Path, PurePath

from tools.environment import PROGRAM

BEGINS = "twin/frozen.py"
ROOMS = ("twin", "layers", "plugins", "sample_data")
IN_PARTS = {"pyside6-essentials", "vtk", "setuptools"}
"""Packages of which only what is imported or named goes in: whole, they weigh half a gigabyte more."""
LEFT_OUT = """
    tkinter _tkinter turtle turtledemo idlelib lib2to3 pydoc_data test ensurepip venv distutils setuptools pip
    numba.cuda numba.np.ufunc.tbbpool PIL.ImageTk pyarrow.flight pyarrow._flight pyarrow.substrait pyarrow._substrait
    vtk vtkmodules.all vtkmodules.tk vtkmodules.test vtkmodules.web vtkmodules.wx
    matplotlib mpl_toolkits contourpy kiwisolver fontTools
""".split()
"""Modules that neither the program nor a layer kind needs; matplotlib is for pyvista's plotter alone."""
UNUSED_FILES = """
    *.pyx *.pxd *.pxi *.h *.hpp *.cc */tests/* pyarrow/include/* pyarrow/src/* *libarrow*_flight*
    */translations/*_[!a]*.qm */plugins/platforms/libq[elmv]* */plugins/egldeviceintegrations/* *libQt6Egl*
    */plugins/generic/* */plugins/networkinformation/* */plugins/tls/* */libqgtk3.so
    libgdk* libgtk* libatk* libpango* libcairo* libpixman* libharfbuzz.so* libfribidi* libthai* libdatrie*
    libgraphite2* libgmodule* libgobject* libgio*
    libstdc++.so* libgcc_s.so*
""".split()
"""Files that PyInstaller finds and nothing here opens: sources, Qt's other screens and languages, GTK's theme and what
it alone draws with. The C++ library is the system's, since the system's graphics driver was built with it."""
_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_PYVISTA_VTK = "pyvista/_vtk.py"
"""Where pyvista names the parts of VTK that it imports late."""


def modules() -> list[str]:
    """All that can be imported in the bundle by name, whether or not something imports it."""
    found = {*_own(), *_standard()}
    for name in packages():
        if name not in IN_PARTS:
            found |= set(_of(metadata.distribution(name)))
    found |= set(_vtk())
    return sorted(name for name in found if not _left_out(name))


def packages() -> list[str]:
    """The packages that ``run.in`` names."""
    return re.findall(r"^([\w.]+[\w.-]*)", _pins("run.in"), re.MULTILINE)


def development() -> list[str]:
    """What stands in the environment for the tests alone: packages import it where they find it."""
    pinned = [set(re.findall(r"^([\w.-]+)==", _pins(name), re.MULTILINE)) for name in ("dev.txt", "run.txt")]
    found = set()
    for name in pinned[0] - pinned[1]:
        with suppress(metadata.PackageNotFoundError):
            found |= {module.split(".")[0] for module in _of(metadata.distribution(name))}
    return sorted(found)


def data() -> list[tuple[str, str]]:
    """The program's files that aren't modules, each with the folder it lies in; the licences of all that is there."""
    found = [(str(PROGRAM / "LICENSE"), ".")]
    for room in (*ROOMS, "resources"):
        for file in sorted((PROGRAM / room).rglob("*")):
            if file.is_file() and file.suffix not in {".py", ".pyc"}:
                found.append((str(file), str(file.parent.relative_to(PROGRAM))))
    return [*found, *_licences()]


def kept(collected: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What PyInstaller found, less what the program doesn't use or must take from the system."""
    return [one for one in collected if not any(fnmatch.fnmatch(one[0], pattern) for pattern in UNUSED_FILES)]


def _pins(name: str) -> str:
    return (PROGRAM / "requirements" / name).read_text(encoding="utf-8").lower()


def _own() -> Iterator[str]:
    for room in ROOMS:
        for file in (PROGRAM / room).rglob("*.py"):
            yield _name(file.relative_to(PROGRAM))


def _of(distribution: metadata.Distribution) -> Iterator[str]:
    for file in distribution.files or ():
        path = PurePath(file)
        if path.suffix in {".py", ".so", ".pyd"} and ".." not in path.parts:
            name = _name(path)
            if all(part.isidentifier() for part in name.split(".")):
                yield name


def _standard() -> Iterator[str]:
    yield from sys.builtin_module_names
    folder = Path(sysconfig.get_path("stdlib"))
    for file in folder.rglob("*.py"):
        path = file.relative_to(folder)
        if path.parts[0].removesuffix(".py") in sys.stdlib_module_names:
            yield _name(path)
    for file in (folder / "lib-dynload").glob("*.so"):
        yield _name(PurePath(file.name))


def _licences() -> Iterator[tuple[str, str]]:
    """Those of Python and of each package that goes in."""
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if python.exists():
        yield str(python), "licences/python"
    for name in re.findall(r"^([\w.-]+)==", _pins("run.txt"), re.MULTILINE):
        with suppress(metadata.PackageNotFoundError):
            distribution = metadata.distribution(name)
            if name != "vtk" and all(_left_out(module) for module in _of(distribution)):
                continue
            for file in distribution.files or ():
                if _LICENCE.match(file.name) and file.parts[0].endswith(".dist-info"):
                    place = PurePath("licences", name, *file.parts[1:-1])
                    yield str(distribution.locate_file(file)), str(place)


def _vtk() -> Iterator[str]:
    named = str(metadata.distribution("pyvista").locate_file(_PYVISTA_VTK))
    there = set(_of(metadata.distribution("vtk")))
    for name in re.findall(r"['\"](vtk[A-Z]\w+)['\"]", Path(named).read_text(encoding="utf-8")):
        if f"vtkmodules.{name}" in there:
            yield f"vtkmodules.{name}"


def _name(path: PurePath) -> str:
    parts = [*path.parts[:-1], path.name.split(".")[0]]
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def _left_out(name: str) -> bool:
    if not {"tests", "test", "__main__", "conftest"}.isdisjoint(name.split(".")):
        return True
    return any(name == out or name.startswith(f"{out}.") for out in LEFT_OUT)
