"""Tries a sandbox out: what it has to refuse, and what it has to allow."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from runner.base import SessionSpec
from runner.errors import AgentUnsuitable
from runner.sandbox import COMPLAINT, wrapped

TRY_S = 30.0
INSIDE = ".parley-tries-the-sandbox"
#: Something in a folder that is not to be seen; something in the workspace.
SCRIPT = 'touch "$1/written" 2>&-; touch "$2" && ! touch "/etc/$2" 2>&-'


async def rehearse(spec: SessionSpec, env: Mapping[str, str], *, state: Path) -> None:
    """Run a shell instead of the agent. Raises `AgentUnsuitable` if all is not well."""
    inside = spec.workspace / INSIDE
    outside = Path(tempfile.mkdtemp(prefix="parley-"))
    shell = ["/bin/sh", "-c", SCRIPT, "sh", str(outside), INSIDE]
    process = await asyncio.create_subprocess_exec(
        *wrapped(shell, spec, env, state=state),
        cwd=spec.workspace,
        env=env,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(TRY_S):
            _, said = await process.communicate()
        words = said.decode(errors="replace").strip().removeprefix(COMPLAINT)
        if process.returncode or not inside.exists():
            raise AgentUnsuitable("agent-sandbox-refused", words=words or "exit code 1")
        if (outside / "written").exists():
            raise AgentUnsuitable("agent-sandbox-leaks", folder=str(outside))
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        inside.unlink(missing_ok=True)
        shutil.rmtree(outside)
