//! A PostgreSQL cluster of the tests' own: started once for each test process, reachable by a socket only, gone with the
//! process however that ends.
//!
//! Nothing is installed or configured outside a temporary folder. Where PostgreSQL is not installed, [`fresh_database`]
//! gives nothing and says so, unless `CI` is set: there it fails.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

struct Cluster {
    binaries: PathBuf,
    folder: PathBuf,
    /// Ends when its standard input closes, with this process; then it stops the cluster and removes the folder.
    _guard: Child,
}

static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(Cluster::start);
static DATABASES: AtomicU32 = AtomicU32::new(1);

/// Runs the cluster and, when the pipe from the test process closes, stops it and cleans up.
const GUARD: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200 \
    >"$2/log" 2>&1 &
cluster=$!
cat >/dev/null
kill -QUIT $cluster
wait $cluster
rm -rf "$2"
"#;

/// The URL of a new, empty database; none where PostgreSQL is not installed.
///
/// # Panics
/// When the cluster does not start, or PostgreSQL is missing and `CI` is `true`.
#[must_use]
pub fn fresh_database() -> Option<String> {
    let Some(cluster) = CLUSTER.as_ref() else {
        eprintln!("skipped on PostgreSQL: no /usr/lib/postgresql/*/bin/initdb");
        return None;
    };
    let name = format!("rukun_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
    let folder = cluster.folder.display();
    let made = Command::new(cluster.binaries.join("createdb"))
        .args(["-h", &folder.to_string(), "-U", "postgres", "-T", "template0", &name])
        .status();
    assert!(made.is_ok_and(|status| status.success()), "the database {name} could not be made");
    Some(format!("postgresql:///{name}?host={folder}&user=postgres"))
}

impl Cluster {
    fn start() -> Option<Self> {
        let Some(binaries) = binaries() else {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "PostgreSQL is not installed, and CI needs it");
            return None;
        };
        // Short, because the path of a socket may not be long.
        let folder = tempfile::Builder::new().prefix("rukun-pg-").tempdir().expect("a temporary folder").keep();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let data = folder.join("data");
        run(as_postgres(&binaries.join("initdb")).arg("-D").arg(&data).args([
            "-A",
            "trust",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]));
        let guard = as_postgres(Path::new("sh"))
            .args(["-c", GUARD, "cluster"])
            .arg(&binaries)
            .arg(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .expect("the cluster starts");
        let cluster = Self { binaries, folder, _guard: guard };
        cluster.wait();
        Some(cluster)
    }

    fn wait(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let ready = || {
            let mut asked = Command::new(self.binaries.join("pg_isready"));
            asked.arg("-q").arg("-h").arg(&self.folder).args(["-U", "postgres"]);
            asked.status().is_ok_and(|status| status.success())
        };
        while !ready() {
            assert!(Instant::now() < deadline, "PostgreSQL did not start; see {}/log", self.folder.display());
            std::thread::yield_now();
        }
    }
}

/// The newest PostgreSQL of Debian's layout.
fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|entry| entry.path().join("bin"));
    versions.filter(|bin| bin.join("initdb").exists()).max()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0\n"))
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
