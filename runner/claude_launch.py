"""What Claude Code is started with, and what of that a later run has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from runner import claude
from runner.base import SessionSpec
from runner.environment import MARK
from runner.homes import About, digest
from runner.locate import locate, reachable


@dataclass(frozen=True, slots=True)
class Launch:
    spec: SessionSpec
    command: list[str]  # its program as an absolute path; without the arguments
    env: Mapping[str, str]  # all of it

    @property
    def about(self) -> About:
        spec = self.spec
        fixed = replace(spec, model="", permission_mode="default", allowed_tools=())
        arguments = claude.arguments(fixed, resume="", fork="")
        lasting = {name: value for name, value in self.env.items() if name != MARK}
        tools = [(tool.name, tool.description, tool.schema) for tool in spec.tools]
        limits, workspace = asdict(spec.limits), str(spec.workspace)
        walls = repr(spec.sandbox)
        return About(
            session_id=spec.session_id,
            mark=self.env[MARK],
            settings=digest(
                self.command, arguments, lasting, tools, limits, workspace, walls
            ),
            model=spec.model,
            mode=spec.permission_mode,
            allowed=spec.allowed_tools,
        )


def located(
    spec: SessionSpec, command: Sequence[str], env: Mapping[str, str]
) -> Launch:
    """With *command* where it is on this machine. Raises `AgentNotFound`."""
    found = locate(command, env)
    return Launch(
        spec, found, {**env, "PATH": reachable(env.get("PATH", ""), found[0])}
    )
