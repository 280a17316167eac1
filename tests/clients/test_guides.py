"""The guides for agents, `docs/agents`, run word for word.

A fenced block is what its first word says: `sh` is run, in one shell for the page; `python`, `ts` and `js` with a name
are files; `json` and `text` behind a command are what it must print, in which `…` stands for anything. `sh approved`: a
technician approves meanwhile. Blocks that are `yours` hold what only the reader knows.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from contextlib import nullcontext
from pathlib import Path

from ground import ADDRESS, Agent, Technician

HERE = Path(__file__).parent
GUIDES = HERE.parents[1] / "docs" / "agents"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ANYTHING = "…"
DONE = "a block has ended here"


def fits(wanted, found):
    """Whether a document is as the guide shows it."""
    if wanted == ANYTHING:
        return True
    if isinstance(wanted, dict) and isinstance(found, dict):
        is_open = ANYTHING in wanted
        named = {key for key in wanted if key != ANYTHING}
        return named <= set(found) and (is_open or named == set(found)) and all(
            fits(wanted[key], found[key]) for key in named
        )
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(fits, wanted, found))
    return wanted == found


class Shell:
    """One shell for a whole page, which ends with the first command that fails."""

    def __init__(self, folder, token):
        paths = [str(Path(sys.executable).parent), os.environ["PATH"]]
        environment = {**os.environ, "COUNTERSIGN": ADDRESS, "TOKEN": token, "PATH": ":".join(paths),
                       "NODE_PATH": str(HERE / "node_modules")}
        self.process = subprocess.Popen(
            ["bash", "-euo", "pipefail"], cwd=folder, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )

    def run(self, block):
        """What the block prints."""
        self.process.stdin.write(f"{block}\nprintf '\\n%s\\n' '{DONE}'\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.strip() == DONE:
                return "".join(lines).strip()
            lines.append(line)
        raise AssertionError(f"this block failed, see above for why:\n{block}\nit printed:\n{''.join(lines)}")

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Guides(unittest.TestCase):
    def follow(self, name):
        """Does what the page says, from top to bottom."""
        agent = Agent(f"guide {name}")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "node_modules").symlink_to(HERE / "node_modules")
            (Path(folder) / "package.json").write_text('{"type": "module"}')
            shell = Shell(folder, agent.token)
            self.addCleanup(shell.close)
            printed = None
            for kind, word, block in FENCE.findall((GUIDES / name).read_text()):
                if word == "yours":
                    continue
                if kind == "sh":
                    with Technician(agent) if word == "approved" else nullcontext():
                        printed = shell.run(block)
                elif word:
                    (Path(folder) / word).write_text(block)
                else:
                    self.assertIsNotNone(printed, f"nothing was run before:\n{block}")
                    self.is_as_shown(kind, block, printed)
            self.assertIsNotNone(printed, "the page runs nothing")
            if sources := sorted(Path(folder).glob("*.ts")):
                self.holds_its_types(folder, sources)

    def is_as_shown(self, kind, block, printed):
        if kind == "json":
            self.assertTrue(fits(json.loads(block), json.loads(printed)), f"shown:\n{block}\nprinted:\n{printed}")
            return
        pattern = ".*?".join(map(re.escape, block.strip().split(ANYTHING)))
        self.assertRegex(printed, re.compile(rf"\A{pattern}\Z", re.DOTALL))

    def holds_its_types(self, folder, sources):
        compiler = HERE / "node_modules" / ".bin" / "tsc"
        options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext",
                   "--allowImportingTsExtensions", "--types", "node"]
        checked = subprocess.run([compiler, *options, *sources], cwd=folder, capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_every_page_with_commands_is_followed(self):
        pages = {page.name for page in GUIDES.glob("*.md") if "```sh" in page.read_text()}
        self.assertEqual(pages, {"curl.md", "python.md", "typescript.md", "existing-clients.md"})

    def test_curl(self):
        self.follow("curl.md")

    def test_python(self):
        self.follow("python.md")

    def test_typescript(self):
        self.follow("typescript.md")

    def test_existing_clients(self):
        self.follow("existing-clients.md")


if __name__ == "__main__":
    unittest.main()
