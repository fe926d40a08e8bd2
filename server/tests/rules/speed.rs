//! What a first push costs the server. Run by hand: `cargo test --release -p rukun-server --test rules -- --ignored --nocapture`.

use rukun_server::assignments::Role;
use rukun_server::database::Database;
use sync_core::exchange::{Request, decode_response, encode_request};
use sync_core::form::{FormId, FormVersion};
use sync_core::id::{DocumentId, SubjectId};
use sync_core::record::{Answer, NewRecord, RecordState, create};
use sync_core::segment::Segment;

use crate::hand::Hand;
use crate::world::{CURAH, World, area, key, nothing};

const RECORDS: usize = 2_000;
const IN_A_REQUEST: usize = 400;

#[test]
#[ignore = "a measurement, not a fact"]
fn first_push_on_sqlite() {
    let (database, _folder) = crate::support::sqlite();
    first_push(&database, "SQLite");
}

#[test]
#[ignore = "a measurement, not a fact"]
fn first_push_on_postgres() {
    if let Some(database) = crate::support::postgres() {
        first_push(&database, "PostgreSQL");
    }
}

fn first_push(database: &Database, name: &str) {
    let mut world = World::new(database);
    let user = world.user("Amina");
    world.assign(user, CURAH, Role::Facilitator);
    let mut hand = Hand::new(&mut world, user);
    let segments: Vec<Segment> = (0..RECORDS).map(|number| record(&mut world, &mut hand, number)).collect();
    let frames: Vec<Vec<u8>> = segments
        .chunks(IN_A_REQUEST)
        .map(|push| encode_request(&Request { push: push.to_vec(), ..nothing() }))
        .collect();
    let (before, started) = (cpu_millis(), std::time::Instant::now());
    for frame in &frames {
        let answer = world.ask(hand.device, frame).unwrap();
        assert_eq!(decode_response(&answer.frame).unwrap().receipts.len(), IN_A_REQUEST);
    }
    let (cpu, wall) = (cpu_millis() - before, started.elapsed().as_secs_f64() * 1_000.0);
    let each = |millis: f64| millis / RECORDS as f64;
    println!(
        "{name}: {:.3} ms CPU, {:.3} ms wall a record of {} bytes",
        each(cpu),
        each(wall),
        segments[0].changes.len()
    );
    assert_eq!(world.read(|connection| rukun_server::feeds::head(connection, &area(CURAH))).digest.records, 2_000);
}

fn record(world: &mut World<'_>, hand: &mut Hand, number: usize) -> Segment {
    let words = ["sumur", "sungai", "pipa", "tangki", "jamban", "lantai", "atap", "dinding", "baik", "rusak"];
    let answers = (0..80).map(|question| {
        let value = match question % 8 {
            0..=2 => Answer::Integer((number * 7 + question * 13) as i64 % 1_000),
            3 => Answer::decimal((number * 31 + question) as f64 / 8.0).unwrap(),
            4 => Answer::text(&format!("08{}", 1_000_000_000 + number * 977 + question)).unwrap(),
            _ => Answer::text(words[(number + question) % words.len()]).unwrap(),
        };
        (key(&format!("section_{}/question_{question}", question / 10)), value)
    });
    world.tick();
    let id = DocumentId::generate(world.now, &mut world.entropy);
    let new = NewRecord {
        form: FormId::new("household"),
        version: FormVersion::new("1"),
        area: area(CURAH),
        subject: SubjectId::opened_by(id),
        state: RecordState::Complete,
        answers: answers.collect(),
        long_texts: Vec::new(),
    };
    let change = create(&new, hand.actor, world.now).unwrap().change;
    hand.seal(id, &area(CURAH), &[change])
}

/// Processor time of this process, in hundredths of a second as Linux counts it.
fn cpu_millis() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    ticks as f64 * 10.0
}
