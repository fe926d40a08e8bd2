//! What one workload cost one system.

use std::collections::BTreeMap;

use serde::Serialize;

/// The figures of one workload. Fields that have no meaning in it are absent.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Figures {
    /// TCP payload from phones to the server, HTTP included.
    pub(crate) bytes_up: f64,
    /// TCP payload from the server to phones.
    pub(crate) bytes_down: f64,
    /// Wall time of the phones' syncs.
    pub(crate) milliseconds: f64,
    /// Records by that time.
    pub(crate) records_per_s: f64,
    /// CPU of the server process, until it rests.
    pub(crate) server_cpu_ms_per_record: f64,
    /// CPU of the phones' processes.
    pub(crate) client_cpu_ms_per_record: f64,
    /// The most memory the server had so far.
    pub(crate) server_peak_mb: f64,
    /// The most memory a phone at work had so far.
    pub(crate) client_peak_mb: f64,
    /// Records that the workload was about.
    pub(crate) records: f64,
    /// Records that show both phones' answers to different questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) merged: Option<f64>,
    /// Records that show two phones' answers to the same question as a conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) conflicts_shown: Option<f64>,
}

impl Figures {
    /// Bytes in both directions.
    pub(crate) const fn bytes(&self) -> f64 {
        self.bytes_up + self.bytes_down
    }
}

/// The medians of several runs, workload by workload; of what must be right in each run, the worst.
pub(crate) fn medians<'a>(runs: &[BTreeMap<&'a str, Figures>]) -> BTreeMap<&'a str, Figures> {
    let workloads = runs.first().into_iter().flat_map(BTreeMap::keys);
    let of = |workload: &&'a str| {
        let all: Vec<&Figures> = runs.iter().filter_map(|run| run.get(*workload)).collect();
        let middle = |field: fn(&Figures) -> f64| median(all.iter().map(|figures| field(figures)).collect());
        let worst = |field: fn(&Figures) -> Option<f64>| all.iter().filter_map(|f| field(f)).reduce(f64::min);
        let figures = Figures {
            bytes_up: middle(|f| f.bytes_up),
            bytes_down: middle(|f| f.bytes_down),
            milliseconds: middle(|f| f.milliseconds),
            records_per_s: middle(|f| f.records_per_s),
            server_cpu_ms_per_record: middle(|f| f.server_cpu_ms_per_record),
            client_cpu_ms_per_record: middle(|f| f.client_cpu_ms_per_record),
            server_peak_mb: middle(|f| f.server_peak_mb),
            client_peak_mb: middle(|f| f.client_peak_mb),
            records: middle(|f| f.records),
            merged: worst(|f| f.merged),
            conflicts_shown: worst(|f| f.conflicts_shown),
        };
        (*workload, figures)
    };
    workloads.map(of).collect()
}

/// The middle value; 0 of none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_the_middle_run_and_correctness_the_worst() {
        let run = |speed, merged| {
            BTreeMap::from([("W5", Figures { records_per_s: speed, merged: Some(merged), ..Figures::default() })])
        };
        let figures = &medians(&[run(9.0, 100.0), run(1.0, 99.0), run(5.0, 100.0)])["W5"];
        assert!((figures.records_per_s - 5.0).abs() < f64::EPSILON);
        assert_eq!(figures.merged, Some(99.0));
        assert_eq!(figures.conflicts_shown, None);
    }
}
