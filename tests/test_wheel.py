"""The wheel alone, in an empty environment, translates the sample: nothing is missing from it."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_wheel_translates_the_sample_in_an_empty_environment(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("targem-*.whl")
    assert wheel.stat().st_size < 100_000_000
    venv.create(tmp_path / "empty", with_pip=True)
    binaries = tmp_path / "empty" / "bin"
    install = [str(binaries / "python"), "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    done = subprocess.run(
        [binaries / "targem", "translate", "--sample", "-o", "brief.docx"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        check=True,
    )
    assert b" sentences " in done.stderr
    assert (tmp_path / "brief.docx").stat().st_size > 10_000
    assert (tmp_path / "targem.db").is_file()
    assert (tmp_path / ".cache" / "targem").is_dir()
