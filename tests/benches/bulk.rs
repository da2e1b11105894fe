//! Measures what a bulk run costs over the same work written by hand with reqwest: CPU time and memory of the client.
//!
//! Each run is a process of its own, and so is the emulator that it asks; both are this program started again. A run
//! gives access to a number of resource accounts, 64 at a time, on one thread, and then says what it used. Runs
//! alternate, so that a machine that slows down slows down both. `cargo bench --bench bulk -- 100000` takes another
//! number of items than 10,000.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement that cannot be made fails"
)]

#[cfg(unix)]
fn main() {
    measure::main();
}

#[cfg(not(unix))]
fn main() {
    println!("SKIPPED: the CPU time of a process is read on Unix only");
}

#[cfg(unix)]
mod measure {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::process::{Command, Stdio};
    use std::time::{Duration, SystemTime};

    use futures::stream::{self, Stream, StreamExt as _};
    use rustix::time::{ClockId, clock_gettime};
    use serde::{Deserialize, Serialize};
    use teams_phone::{AccessKey, Client, ObjectId, PrincipalType, TenantId, sign};
    use teams_phone_emulator::Emulator;
    use teams_phone_tests::{KEY, TENANT, connection_string, http_client};
    use url::Url;

    /// Calls in flight.
    const CONCURRENCY: usize = 64;

    /// The most CPU time that the crate may use, as a multiple of the hand-written work's.
    const CPU_BAR: f64 = 1.5;

    /// The most resident memory, in MiB.
    const MEMORY_BAR: f64 = 40.0;

    /// After how many items memory is looked at first.
    const EARLY: usize = 1000;

    /// Tells a process that was started by this program what it is to do.
    const PART: &str = "TEAMS_PHONE_BULK_PART";

    /// What a run used.
    #[derive(Debug, Serialize, Deserialize)]
    struct Usage {
        cpu_seconds: f64,
        /// Resident after the first items, at the end, and at most; in MiB, where the system tells.
        early: Option<f64>,
        late: Option<f64>,
        peak: Option<f64>,
    }

    pub(super) fn main() {
        let Ok(part) = std::env::var(PART) else {
            return compare();
        };
        match part.split(' ').collect::<Vec<_>>()[..] {
            ["serve"] => serve(),
            [who, url, items] => run(who, url, items.parse().unwrap()),
            _ => panic!("{PART} is for this program's own use; unset it"),
        }
    }

    /// Runs both in turn and prints what they used.
    fn compare() {
        // `cargo test` runs benches without the flag: then it is enough to see that the measurement works.
        let measuring = std::env::args().any(|argument| argument == "--bench");
        let asked = std::env::args().find_map(|argument| argument.parse().ok());
        let (rounds, items) = if measuring {
            (7, asked.unwrap_or(10_000))
        } else {
            (1, 48)
        };
        let (mut hand, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            hand.push(measured("hand", items));
            ours.push(measured("crate", items));
        }
        println!("{items} assignments, {CONCURRENCY} at a time; medians of {rounds} runs");
        report("reqwest by hand", &hand);
        report("teams-phone    ", &ours);
        let ratios = hand.iter().zip(&ours);
        let ratios = sorted(ratios.map(|(hand, ours)| ours.cpu_seconds / hand.cpu_seconds));
        let ratio = median(&ratios);
        println!(
            "  CPU ratio        {ratio:.2} ({:.2} to {:.2}; bar {CPU_BAR}: {})",
            ratios[0],
            ratios[ratios.len() - 1],
            if ratio <= CPU_BAR { "met" } else { "not met" },
        );
        let peaks = sorted(ours.iter().filter_map(|usage| usage.peak));
        if let Some(peak) = peaks.last() {
            let met = if *peak < MEMORY_BAR { "met" } else { "not met" };
            println!("  most memory      {peak:.1} MiB (bar {MEMORY_BAR} MiB: {met})");
        }
    }

    fn report(name: &str, runs: &[Usage]) {
        let memory = |of: fn(&Usage) -> Option<f64>| {
            let values = sorted(runs.iter().filter_map(of));
            match values.len() {
                0 => "unknown".to_owned(),
                _ => format!("{:.1} MiB", median(&values)),
            }
        };
        println!(
            "  {name}  {:6.3} s CPU; resident {} after {EARLY} items, {} at the end, {} at most",
            median(&sorted(runs.iter().map(|usage| usage.cpu_seconds))),
            memory(|usage| usage.early),
            memory(|usage| usage.late),
            memory(|usage| usage.peak),
        );
    }

    fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn median(sorted: &[f64]) -> f64 {
        sorted[sorted.len() / 2]
    }

    /// Starts an emulator and a run against it, each in its process; waits for both to end.
    fn measured(who: &str, items: usize) -> Usage {
        let mut server = myself("serve").stdin(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        output.read_line(&mut url).unwrap();
        let run = myself(&format!("{who} {} {items}", url.trim()))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(run.status.success(), "the run by {who} failed; see above");
        // The server ends with its input.
        drop(server.stdin.take());
        assert!(server.wait().unwrap().success(), "the server failed");
        serde_json::from_slice(&run.stdout).unwrap()
    }

    fn myself(part: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env(PART, part).stdout(Stdio::piped());
        command.stderr(Stdio::inherit());
        command
    }

    /// Serves until standard input ends.
    fn serve() {
        let builder = Emulator::builder().access_key(KEY).request_log(0);
        let emulator = builder.spawn().unwrap();
        println!("{}", emulator.url());
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }

    /// Makes the calls and prints what that used.
    fn run(who: &str, url: &str, items: usize) {
        let url = url.trim_end_matches('/');
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let usage = runtime.block_on(async {
            match who {
                "hand" => watched(by_hand(url, items), items).await,
                _ => watched(by_crate(url, items), items).await,
            }
        });
        println!("{}", serde_json::to_string(&usage).unwrap());
    }

    /// Takes all results, each of which says whether the service made something new.
    async fn watched(results: impl Stream<Item = bool>, items: usize) -> Usage {
        let mut results = std::pin::pin!(results);
        let start = process_cpu();
        let (mut done, mut early) = (0, None);
        while let Some(created) = results.next().await {
            assert!(created, "an assignment was made twice");
            done += 1;
            if done == EARLY {
                early = memory("VmRSS:");
            }
        }
        let cpu = process_cpu() - start;
        assert_eq!(done, items);
        Usage {
            cpu_seconds: cpu.as_secs_f64(),
            early,
            late: memory("VmRSS:"),
            peak: memory("VmHWM:"),
        }
    }

    /// The work as the crate does it.
    fn by_crate(url: &str, items: usize) -> impl Stream<Item = bool> {
        let client = Client::builder()
            .connection_string(&connection_string(url))
            .build()
            .unwrap();
        let tenant: TenantId = TENANT.parse().unwrap();
        let accounts = (0..items).map(|item| (item, account(item).parse::<ObjectId>().unwrap()));
        client
            .bulk()
            .concurrency(CONCURRENCY)
            .rate_limits(None)
            .run(stream::iter(accounts), move |client, account| {
                let assignments = client.assignments();
                assignments
                    .grant(&tenant, &account, PrincipalType::ResourceAccount)
                    .into_future()
            })
            .map(|(_, result)| result.unwrap().created)
    }

    /// The work as somebody writes it who has no SDK but knows what is wanted.
    fn by_hand(url: &str, items: usize) -> impl Stream<Item = bool> {
        let http = http_client();
        let key = AccessKey::from_base64(KEY).unwrap();
        let endpoint = url.to_owned();
        stream::iter((0..items).map(account))
            .map(move |account| put(http.clone(), key.clone(), endpoint.clone(), account))
            .buffer_unordered(CONCURRENCY)
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Wanted {
        principal_type: &'static str,
    }

    /// The answer, with the fields that the crate reads too.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "decoding is what is measured")]
    struct Assignment {
        tenant_id: String,
        object_id: String,
        principal_type: String,
        #[serde(default)]
        client_ids: Option<Vec<String>>,
    }

    async fn put(http: reqwest::Client, key: AccessKey, endpoint: String, account: String) -> bool {
        let path = format!("access/teamsExtension/tenants/{TENANT}/assignments/{account}");
        let url = format!("{endpoint}/{path}?api-version=2025-06-30");
        let url: Url = url.parse().unwrap();
        let wanted = Wanted {
            principal_type: "teamsResourceAccount",
        };
        let body = serde_json::to_vec(&wanted).unwrap();
        let signed = sign::sign(&key, "PUT", &url, &body, SystemTime::now());
        let response = http
            .put(url)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("x-ms-client-request-id", uuid::Uuid::new_v4().to_string())
            .header("x-ms-date", signed.date)
            .header("x-ms-content-sha256", signed.content_sha256)
            .header("authorization", signed.authorization)
            .timeout(Duration::from_secs(30))
            .body(body)
            .send()
            .await
            .unwrap();
        assert!(response.status().is_success());
        let created = response.status() == http::StatusCode::CREATED;
        let body = response.bytes().await.unwrap();
        let _: Assignment = std::hint::black_box(serde_json::from_slice(&body).unwrap());
        created
    }

    /// The object id of a resource account.
    fn account(item: usize) -> String {
        format!("e5b7f628-ea94-4fdc-b3d9-{item:012x}")
    }

    /// The CPU time that this process has used.
    fn process_cpu() -> Duration {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    /// A line of what the system tells about this process, in MiB; Linux does.
    fn memory(line: &str) -> Option<f64> {
        let status = std::fs::read_to_string("/proc/self/status").ok()?;
        let value = status.lines().find_map(|text| text.strip_prefix(line))?;
        let kibibytes: f64 = value.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kibibytes / 1024.0)
    }
}
