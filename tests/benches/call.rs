//! Measures what one call costs over the same call written by hand with reqwest, in CPU time of the calling thread.
//!
//! Both ask the same canned server on loopback, which runs on a thread of its own that is not counted, and both use
//! the same signing and the same HTTP client settings. Rounds alternate, so that a machine that slows down slows
//! down both; the medians over the rounds and of the differences are printed.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot be made fails"
)]

#[cfg(unix)]
fn main() {
    measure::main();
}

#[cfg(not(unix))]
fn main() {
    println!("SKIPPED: the CPU time of a thread is read on Unix only");
}

#[cfg(unix)]
mod measure {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::time::{Duration, SystemTime};

    use rustix::time::{ClockId, clock_gettime};
    use serde::Deserialize;
    use teams_phone::{AccessKey, Client, ObjectId, TenantId, sign};
    use teams_phone_tests::{APPLICATION, KEY, OBJECT, TENANT, connection_string, http_client};
    use url::Url;

    /// The most that a call may cost over the hand-written one.
    const BAR: f64 = 3.0;

    /// How much is measured.
    struct Extent {
        rounds: usize,
        calls: u32,
    }

    pub(super) fn main() {
        // `cargo test` runs benches without the flag: then it is enough to see that the measurement works.
        let measuring = std::env::args().any(|argument| argument == "--bench");
        let extent = if measuring {
            Extent {
                rounds: 301,
                calls: 300,
            }
        } else {
            Extent {
                rounds: 3,
                calls: 20,
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let rounds = runtime.block_on(rounds(&extent));
        report(&extent, rounds);
    }

    /// Microseconds per call of each round: by hand, with the crate.
    async fn rounds(extent: &Extent) -> Vec<(f64, f64)> {
        let url = serve();
        let hand = Hand::new(&url);
        let client = Client::builder()
            .connection_string(&connection_string(&url))
            .build()
            .unwrap();
        let tenant: TenantId = TENANT.parse().unwrap();
        let object: ObjectId = OBJECT.parse().unwrap();
        let mut rounds = Vec::new();
        for round in 0..extent.rounds + 2 {
            let start = thread_cpu();
            for _ in 0..extent.calls {
                std::hint::black_box(hand.get(TENANT, OBJECT).await);
            }
            let middle = thread_cpu();
            for _ in 0..extent.calls {
                let assignments = client.assignments();
                std::hint::black_box(assignments.get(&tenant, &object).await.unwrap());
            }
            let end = thread_cpu();
            let per_call = |from: Duration, to: Duration| {
                (to - from).as_secs_f64() * 1e6 / f64::from(extent.calls)
            };
            // The first rounds open connections and fill caches.
            if round >= 2 {
                rounds.push((per_call(start, middle), per_call(middle, end)));
            }
        }
        rounds
    }

    fn report(extent: &Extent, rounds: Vec<(f64, f64)>) {
        let quantile = |mut values: Vec<f64>, part: f64| {
            values.sort_by(f64::total_cmp);
            let last = values.len() - 1;
            values[(last as f64 * part).round() as usize]
        };
        let hand: Vec<f64> = rounds.iter().map(|(hand, _)| *hand).collect();
        let ours: Vec<f64> = rounds.iter().map(|(_, ours)| *ours).collect();
        let over: Vec<f64> = rounds.iter().map(|(hand, ours)| ours - hand).collect();
        println!(
            "CPU time per call, medians of {} rounds of {} calls",
            extent.rounds, extent.calls
        );
        let line = |name: &str, values: Vec<f64>| {
            let quiet = quantile(values.clone(), 0.05);
            let median = quantile(values, 0.5);
            println!("  {name} {median:7.2} µs  ({quiet:.2} in the quietest twentieth)");
        };
        line("reqwest by hand ", hand);
        line("teams-phone     ", ours);
        let median = quantile(over.clone(), 0.5);
        println!(
            "  difference       {median:7.2} µs  (quartiles {:.2} and {:.2}; bar {BAR} µs: {})",
            quantile(over.clone(), 0.25),
            quantile(over, 0.75),
            if median <= BAR { "met" } else { "not met" },
        );
    }

    /// The call as somebody writes it who has no SDK but knows what is wanted.
    struct Hand {
        http: reqwest::Client,
        endpoint: String,
        key: AccessKey,
    }

    /// The answer, with the fields that the SDK reads too.
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

    impl Hand {
        fn new(url: &str) -> Self {
            Self {
                http: http_client(),
                endpoint: url.to_owned(),
                key: AccessKey::from_base64(KEY).unwrap(),
            }
        }

        async fn get(&self, tenant: &str, object: &str) -> Assignment {
            let path = format!("access/teamsExtension/tenants/{tenant}/assignments/{object}");
            let url = format!("{}/{path}?api-version=2025-06-30", self.endpoint);
            let url: Url = url.parse().unwrap();
            let signed = sign::sign(&self.key, "GET", &url, b"", SystemTime::now());
            let response = self
                .http
                .get(url)
                .header("accept", "application/json")
                .header("x-ms-client-request-id", uuid::Uuid::new_v4().to_string())
                .header("x-ms-date", signed.date)
                .header("x-ms-content-sha256", signed.content_sha256)
                .header("authorization", signed.authorization)
                .timeout(Duration::from_secs(30))
                .send()
                .await
                .unwrap();
            assert!(response.status().is_success());
            let body = response.bytes().await.unwrap();
            serde_json::from_slice(&body).unwrap()
        }
    }

    /// The CPU time that this thread has used.
    fn thread_cpu() -> Duration {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    /// Starts the server; it lives as long as the process.
    fn serve() -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let body = serde_json::json!({
            "objectId": OBJECT,
            "tenantId": TENANT,
            "principalType": "user",
            "clientIds": [APPLICATION],
        })
        .to_string();
        let head = [
            "HTTP/1.1 200 OK",
            "Content-Type: application/json; charset=utf-8",
            "Date: Mon, 14 Apr 2025 15:32:25 GMT",
            "MS-CV: 1bZf2jh/g0SLs1VZZKD9UQ.0",
            "Request-Context: appId=",
            "api-supported-versions: 2025-03-02-preview, 2025-06-30",
            "X-Processing-Time: 12ms",
        ]
        .join("\r\n");
        let answer = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, answer) = (stream.unwrap(), answer.clone());
                std::thread::spawn(move || answer_all(stream, answer.as_bytes()));
            }
        });
        url
    }

    fn answer_all(mut stream: TcpStream, answer: &[u8]) {
        stream.set_nodelay(true).unwrap();
        let mut buffer = [0; 4096];
        let mut filled = 0;
        while let Ok(read @ 1..) = stream.read(&mut buffer[filled..]) {
            filled += read;
            if buffer[..filled].ends_with(b"\r\n\r\n") {
                filled = 0;
                if stream.write_all(answer).is_err() {
                    return;
                }
            }
        }
    }
}
