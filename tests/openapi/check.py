"""Holds the running server to its own OpenAPI document: schemathesis sends what the document allows and what it forbids, and
looks whether the answers are those that the document promises."""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "demo"))

from server import Server  # noqa: E402  (the demonstration's, which is the real one)

# Asking for these would end the session or never end.
LEFT_OUT = r"/api/v1/session(/password)?$|/events$|/sync/v1/exchange$"


def main():
    """Starts a server in a fresh folder, logs in and checks."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rukun", required=True, help="the server's binary")
    options.add_argument("--folder", required=True, type=Path, help="where the server keeps its data")
    options.add_argument("--examples", default="10", help="requests for each operation")
    given = options.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    server = Server(given.rukun, given.folder)
    try:
        server.log_in()
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{server.url}/openapi.json",
            "--header",
            f"Cookie: {server.cookie()}",
            "--exclude-path-regex",
            LEFT_OUT,
            "--max-examples",
            given.examples,
            "--phases",
            "examples,coverage,fuzzing",
            "--generation-deterministic",
            "--warnings",
            "off",
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ]
        return subprocess.run(command, check=False, cwd=given.folder).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
