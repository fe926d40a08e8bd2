//! Processes of a run: phones that take a command a line, and what a process has used so far.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::Outcome;

/// A child process; killed when dropped.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} did not start: {error}", command.get_program().display()))?;
        let output = child.stdout.take().ok_or("a child without an output")?;
        Ok(Self { input: child.stdin.take(), output: BufReader::new(output), child })
    }

    /// The next line it says.
    pub(crate) fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err("the process ended without an answer".into()),
            _ => Ok(line),
        }
    }

    /// Gives a command and waits for the answer.
    pub(crate) fn call(&mut self, command: &Value) -> Outcome<Value> {
        let input = self.input.as_mut().ok_or("the process takes no commands any more")?;
        input.write_all(format!("{command}\n").as_bytes())?;
        input.flush()?;
        let answer: Value = serde_json::from_str(&self.line()?)?;
        match answer.get("failed") {
            Some(words) => Err(format!("{}: {words}", command["command"]).into()),
            None => Ok(answer),
        }
    }

    /// Lets it end by itself.
    pub(crate) fn finish(mut self) -> Outcome<()> {
        self.input = None;
        self.child.wait()?;
        Ok(())
    }

    /// CPU so far, user and system, in milliseconds.
    pub(crate) fn cpu(&self) -> Outcome<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        // Behind the name: state is the first, utime the 12th and stime the 13th, in hundredths of a second on Linux.
        let hundredths = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok());
        Ok((hundredths(11).ok_or("no utime")? + hundredths(12).ok_or("no stime")?) * 10.0)
    }

    /// The most memory it ever held, in MB.
    pub(crate) fn peak_memory(&self) -> Outcome<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        let kilobytes: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; nothing of a run is kept.
        let _ = (self.child.kill(), self.child.wait());
    }
}
