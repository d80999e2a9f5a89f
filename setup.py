"""Builds the one extension: the C core and its Cython border, linked together and hidden but for the module itself.

Switches, by environment: RAYFORCE_SANITIZE=address,undefined; RAYFORCE_DEBUG=1; RAYFORCE_NATIVE=1 (this machine's
instruction set); RAYFORCE_WERROR=1 (warnings of the core are errors).
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

CORE = Path("vendor/rayforce-c")
SANITIZE = os.environ.get("RAYFORCE_SANITIZE", "")
DEBUG = bool(os.environ.get("RAYFORCE_DEBUG"))

WARNINGS = ["-Wall", "-Wextra", "-Wno-sign-conversion"]
GENERATED = ["-Wno-unused-function", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Wno-cast-qual"]


def flags() -> list[str]:
    out = ["-std=c11", "-fvisibility=hidden", "-fno-math-errno", "-fno-trapping-math", "-g"]
    out += ["-O0", "-UNDEBUG"] if DEBUG else ["-O3", "-DNDEBUG"]
    if SANITIZE:
        out += [f"-fsanitize={SANITIZE}", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all"]
    if os.environ.get("RAYFORCE_NATIVE"):
        out.append("-march=native")
    return out


def is_fresh(made: Path, command: str) -> bool:
    """Is an object newer than everything that went into it, and made by the same command?"""
    listed, said = made.with_suffix(".d"), made.with_suffix(".cmd")
    if not (made.exists() and listed.exists() and said.exists()) or said.read_text() != command:
        return False
    used = listed.read_text().replace("\\\n", " ").split(":", 1)[1].split()
    return all(Path(f).exists() and Path(f).stat().st_mtime < made.stat().st_mtime for f in used)


class BuildExt(build_ext):
    """Only changed files are compiled, some at a time; what Cython writes may warn less than the core."""

    def finalize_options(self) -> None:
        super().finalize_options()
        # An editable install would compile into a directory that is thrown away.
        kind = SANITIZE.replace(",", "-") or ("debug" if DEBUG else "release")
        self.build_temp = str(Path("build") / f"{kind}-{sys.implementation.cache_tag}")

    def run(self) -> None:
        # What is installed goes without the debugger's tables, four fifths of it; a tree that is worked on keeps them.
        worked_on = DEBUG or SANITIZE or self.inplace or self.editable_mode
        if sys.platform != "darwin" and not worked_on:
            for module in self.extensions:
                module.extra_link_args.append("-Wl,--strip-debug")
        super().run()

    def build_extensions(self) -> None:
        plain, compile_all = self.compiler._compile, self.compiler.compile  # type: ignore[attr-defined]
        running: list[Future[None]] = []

        def compile_one(obj: str, src: str, ext: str, cc_args: list[str], extra: list[str], pp_opts: list[str]) -> None:
            own = Path(src).is_relative_to(CORE)
            strict = ["-Werror"] if own and os.environ.get("RAYFORCE_WERROR") else []
            made = Path(obj)
            words = [
                *extra,
                *WARNINGS,
                *([] if own else GENERATED),
                *strict,
                "-MMD",
                "-MF",
                str(made.with_suffix(".d")),
            ]
            command = " ".join([*cc_args, *pp_opts, *words])
            if not is_fresh(made, command):
                running.append(pool.submit(compile_and_note, made, command, (obj, src, ext, cc_args, words, pp_opts)))

        def compile_and_note(made: Path, command: str, args: tuple[Any, ...]) -> None:
            plain(*args)
            made.with_suffix(".cmd").write_text(command)

        def compile_and_wait(*args: Any, **kw: Any) -> Any:
            objects = compile_all(*args, **kw)
            for job in running:
                job.result()
            return objects

        self.compiler._compile, self.compiler.compile = compile_one, compile_and_wait  # type: ignore[attr-defined]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            super().build_extensions()


def extension() -> Any:
    sources = sorted(str(p) for p in (CORE / "src").glob("*/*.c"))
    link = [f"-fsanitize={SANITIZE}"] if SANITIZE else []
    if sys.platform == "darwin":
        link.append("-Wl,-exported_symbol,_PyInit_core")
    else:
        exports = Path("build/exports.map")
        exports.parent.mkdir(exist_ok=True)
        exports.write_text("{ global: PyInit_core; local: *; };\n")
        link.append(f"-Wl,--version-script={exports}")
    module = Extension(
        "rayforce._ext.core",
        ["rayforce/_ext/core.pyx", *sources],
        include_dirs=[str(CORE / "include"), str(CORE / "src")],
        define_macros=[("_GNU_SOURCE", None)],
        extra_compile_args=flags(),
        extra_link_args=link,
        libraries=["m", "pthread"],
        depends=[str(p) for p in CORE.rglob("*") if p.suffix in {".h", ".def"}]
        + [str(p) for p in Path("rayforce/_ext").glob("*.px*")],
    )
    directives = {
        "language_level": 3,
        "embedsignature": True,
        "embedsignature.format": "python",
        "binding": True,
        "boundscheck": False,
        "wraparound": False,
        "cdivision": True,
        "initializedcheck": False,
    }
    return cythonize([module], compiler_directives=directives)


setup(ext_modules=extension(), cmdclass={"build_ext": BuildExt})
