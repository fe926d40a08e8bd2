"""The sample in the README is run as it stands there."""

import pathlib
import re

import rukun

README = pathlib.Path(__file__).parents[2] / "README.md"


def test_the_readmes_sample_runs(server, tmp_path, capsys):
    (sample,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    ticket = server.ticket(server.user("Siti", "facilitator", server.village))
    names = {"folder": str(tmp_path), "ticket": ticket}
    exec(compile(sample, str(README), "exec"), names)
    assert "0 edits wait, 0 are held" in capsys.readouterr().out
    assert names["shown"].answers["responden/kk_nama"].value == rukun.Answer.TEXT(value="Pak Harun")
    names["store"].shut()
