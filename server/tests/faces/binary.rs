//! The program itself: what an operator sees.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

pub(crate) fn rukun(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rukun"));
    command.current_dir(folder).args(arguments).env_remove("RUKUN_PORT");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    rukun(folder, arguments).output().unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A server in a process of its own.
pub(crate) struct Started {
    child: Child,
    first_line: String,
    pub(crate) address: String,
}

fn start(folder: &Path) -> Started {
    wait_for(&mut rukun(folder, &["serve", "--port", "0", "--log-format", "json"]))
}

/// Starts a server on a database that is there.
pub(crate) fn start_on(folder: &Path, database: &str) -> Started {
    wait_for(rukun(folder, &["serve", "--port", "0", "--log-format", "json"]).env("RUKUN_DATABASE", database))
}

fn wait_for(command: &mut Command) -> Started {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first_line = lines.next().unwrap();
    let address = std::iter::once(first_line.clone())
        .chain(lines)
        .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
        .unwrap();
    Started { child, first_line, address }
}

pub(crate) fn terminate(started: Started) -> String {
    let asked = Command::new("kill").args(["-TERM", &started.child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let output = started.child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_server_without_configuration_starts_tells_the_password_once_and_stops_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(folder.path());
    assert!(first.first_line.contains("one-time password"), "{}", first.first_line);
    let health = crate::server::agent().get(format!("{}/ready", first.address)).call().unwrap();
    assert_eq!(health.status(), 200);
    let log = terminate(first);
    let answered = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    assert!(answered.into_iter().any(|line| line["route"] == "/ready" && line["status"] == 200), "{log}");
    let second = start(folder.path());
    assert!(second.first_line.starts_with("listening on http://127.0.0.1:"), "{}", second.first_line);
    terminate(second);
    #[cfg(unix)]
    for file in std::fs::read_dir(folder.path().join("rukun-data")).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn an_operator_administers_by_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let made = run(folder.path(), &["migrate"]);
    assert!(String::from_utf8_lossy(&made.stderr).contains("one-time password"));
    let made = said(&run(folder.path(), &["--json", "user", "add", "budi", "Budi Santoso", "--password"]));
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made["password"].as_str().unwrap().len(), 16);
    assert!(said(&run(folder.path(), &["assign", "budi", "35.12.06.2004", "facilitator"])).contains("facilitator"));
    let code = said(&run(folder.path(), &["device", "enrol-code", "budi", "--public-url", "https://rukun.example/"]));
    let ticket = code.lines().find_map(|line| sync_core::enrolment::Ticket::parse(line).ok()).unwrap();
    assert_eq!(ticket.server_url, "https://rukun.example");
    assert!(code.contains('█'), "a QR code is drawn");
    assert!(said(&run(folder.path(), &["user", "disable", "budi"])).contains("disabled"));
    let list = said(&run(folder.path(), &["user", "list"]));
    assert_eq!(list.lines().next().unwrap().split_whitespace().next(), Some("LOGIN"));
    assert!(said(&run(folder.path(), &["restore"])).contains("new life"));
    assert!(said(&run(folder.path(), &["rebuild"])).starts_with("0 documents"));
    let refused = run(folder.path(), &["assign", "budi", "99", "viewer"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&refused.stderr),
        "rukun: there is no area `99`; `rukun area load` brings a list\n"
    );
}

#[test]
fn a_list_of_areas_is_loaded_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.csv"), "kode,nama\n11,Aceh\n11.01,Aceh Selatan\n").unwrap();
    std::fs::write(folder.path().join("bad.csv"), "kode,nama\n12,Sumatera Utara\n12.1,?\n").unwrap();
    assert!(said(&run(folder.path(), &["area", "load", "good.csv"])).contains("2 areas"));
    assert!(!run(folder.path(), &["area", "load", "bad.csv"]).status.success());
    let provinces = said(&run(folder.path(), &["area", "list"]));
    assert!(provinces.contains("Aceh") && provinces.contains("Jawa Timur") && !provinces.contains("Sumatera"));
}

#[test]
fn unknown_keys_are_refused_and_the_configuration_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rukun.toml"), "port = 9090\n").unwrap();
    let printed = said(&run(folder.path(), &["serve", "--print-configuration", "--log-level", "warn"]));
    assert!(printed.contains("port = 9090") && printed.contains("log_level = \"warn\""), "{printed}");
    std::fs::write(folder.path().join("rukun.toml"), "prot = 9090\n").unwrap();
    let refused = run(folder.path(), &["serve"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("unknown key `prot`"));
    assert!(!folder.path().join("rukun-data").exists());
}

#[test]
fn the_openapi_document_is_version_3_1() {
    let folder = tempfile::tempdir().unwrap();
    let document: serde_json::Value = serde_json::from_str(&said(&run(folder.path(), &["openapi"]))).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/sync/v1/exchange"]["post"].is_object());
}

#[test]
fn a_form_is_checked_compiled_and_published_from_its_sheets() {
    let folder = tempfile::tempdir().unwrap();
    let survey = |text: &str| {
        std::fs::create_dir_all(folder.path().join("well")).unwrap();
        std::fs::write(folder.path().join("well/survey.csv"), text).unwrap();
    };
    survey("type,name,label,relevant\ntext,a,A,\ntext,b,B,${c} = 1\n");
    let refused = run(folder.path(), &["form", "check", "well"]);
    let told = String::from_utf8(refused.stdout).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(told.contains("error[PYREF_003] survey!D3 (relevant): there is no question `c`"), "{told}");
    assert!(!run(folder.path(), &["form", "publish", "well"]).status.success());

    survey("type,name,label,relevant\ntext,a,A,\ntext,b,B,${a} = 1\n");
    let json: serde_json::Value =
        serde_json::from_str(&said(&run(folder.path(), &["form", "check", "well", "--json"]))).unwrap();
    assert_eq!((json["errors"].as_u64(), json["form"].as_str()), (Some(0), Some("well")));
    said(&run(folder.path(), &["form", "xlsx", "well", "-o", "well.xlsx"]));
    said(&run(folder.path(), &["form", "compile", "well.xlsx", "-o", "well.json"]));
    let published = said(&run(folder.path(), &["form", "publish", "well"]));
    assert!(published.contains("Form well version 1 is published."), "{published}");
    // The same form, from a file: one publication.
    said(&run(folder.path(), &["form", "publish", "well.json"]));
}
