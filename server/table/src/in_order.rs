//! Work on several cores whose results come out in the order in which the work went in.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Pieces that may wait for each worker: enough that none stands idle while the results are written.
const DEPTH: usize = 4;

/// A worker's two ends.
struct Lane<I, O> {
    to: SyncSender<I>,
    from: Receiver<O>,
}

/// Takes pieces from `next`, works on them on `workers` threads, and hands the results to `done` in the order of the pieces.
/// No more than a few pieces a worker are in memory at once.
///
/// # Errors
/// The first error of `next` or `done`.
pub(crate) fn in_order<I: Send, O: Send, E>(
    workers: usize,
    mut next: impl FnMut() -> Result<Option<I>, E>,
    work: impl Fn(I) -> O + Sync,
    mut done: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    // A lane is broken only when its worker panicked, and leaving the scope passes that on.
    let work = &work;
    thread::scope(|scope| {
        let lanes: Vec<Lane<I, O>> = (0..workers.max(1))
            .map(|_| {
                let (to, pieces) = sync_channel(DEPTH);
                let (results, from) = sync_channel(DEPTH);
                scope.spawn(move || pieces.into_iter().try_for_each(|piece| results.send(work(piece))));
                Lane { to, from }
            })
            .collect();
        let mut waiting: VecDeque<&Lane<I, O>> = VecDeque::new();
        let mut turns = lanes.iter().cycle();
        let mut more = true;
        loop {
            while more && waiting.len() < lanes.len() * DEPTH {
                let (Some(piece), Some(lane)) = (next()?, turns.next()) else {
                    more = false;
                    break;
                };
                if lane.to.send(piece).is_err() {
                    break;
                }
                waiting.push_back(lane);
            }
            match waiting.pop_front().and_then(|lane| lane.from.recv().ok()) {
                Some(result) => done(result)?,
                None => return Ok(()),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(workers: usize, count: u64) -> Vec<u64> {
        let (mut numbers, mut squares) = (0..count, Vec::new());
        let next = || Ok::<_, ()>(numbers.next());
        // The first pieces take longest.
        let work = |number: u64| (0..(count - number) * 100).fold(number * number, |sum, _| std::hint::black_box(sum));
        in_order(workers, next, work, |square| {
            squares.push(square);
            Ok(())
        })
        .expect("no errors");
        squares
    }

    #[test]
    fn results_come_in_the_order_of_the_pieces_on_any_number_of_workers() {
        let wanted: Vec<u64> = (0..500).map(|number| number * number).collect();
        for workers in [0, 1, 2, 7] {
            assert_eq!(squares(workers, 500), wanted);
        }
        assert!(squares(2, 0).is_empty());
    }

    #[test]
    fn an_error_of_either_end_ends_the_work() {
        let mut left = 10;
        let mut next = || {
            left -= 1;
            if left == 0 { Err("read") } else { Ok(Some(left)) }
        };
        assert_eq!(in_order(2, &mut next, |piece| piece, |_| Ok(())), Err("read"));
        assert_eq!(in_order(2, || Ok(Some(1)), |piece| piece, |_| Err("write")), Err("write"));
    }
}
