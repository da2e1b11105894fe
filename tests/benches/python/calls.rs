//! Owns the calls as somebody writes them with reqwest who has no SDK but knows what is wanted, and what they used.

use std::time::{Duration, Instant, SystemTime};

use futures::stream::{self, StreamExt as _};
use rustix::time::{ClockId, clock_gettime};
use serde::Deserialize;
use serde_json::json;
use teams_phone::{AccessKey, sign};
use teams_phone_tests::{KEY, http_client};
use url::Url;

/// Whose tokens are issued.
const IDENTITY: &str =
    "8:acs:5f8f9a2b-1c3d-4e5f-8a9b-0c1d2e3f4a5b_00000018-ad81-9d10-28c5-593a0d00f08f";

/// Makes calls on one thread and prints what they used after those that warm up.
pub(crate) fn measure(url: &str, in_flight: usize, warm_up: usize, calls: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let hand = Hand {
        http: http_client(),
        key: AccessKey::from_base64(KEY).unwrap(),
        endpoint: url.to_owned(),
    };
    runtime.block_on(hand.calls(in_flight, warm_up));
    let (start, cpu) = (Instant::now(), process_cpu());
    runtime.block_on(hand.calls(in_flight, calls));
    let used = json!({
        "calls": calls,
        "cpu": (process_cpu() - cpu).as_secs_f64(),
        "wall": start.elapsed().as_secs_f64(),
        "peak": memory("VmHWM:"),
        "resident": [[warm_up + calls, memory("VmRSS:")]],
    });
    println!("{used}");
}

#[derive(Clone)]
struct Hand {
    http: reqwest::Client,
    key: AccessKey,
    endpoint: String,
}

/// The answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "decoding is what is measured")]
struct AccessToken {
    token: String,
    expires_on: jiff::Timestamp,
}

impl Hand {
    async fn calls(&self, in_flight: usize, calls: usize) {
        let calls = stream::iter(0..calls).map(|_| self.issue_token());
        let done = calls.buffer_unordered(in_flight).map(std::hint::black_box);
        done.for_each(async |_| ()).await;
    }

    async fn issue_token(&self) -> AccessToken {
        let path = format!("identities/{IDENTITY}/:issueAccessToken");
        let url = format!("{}/{path}?api-version=2025-06-30", self.endpoint);
        let url: Url = url.parse().unwrap();
        let body = serde_json::to_vec(&json!({"scopes": ["voip"]})).unwrap();
        let signed = sign::sign(&self.key, "POST", &url, &body, SystemTime::now());
        let response = self
            .http
            .post(url)
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
        let body = response.bytes().await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}

/// The CPU time that this process has used, in its own code and in the system's.
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
