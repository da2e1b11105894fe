//! Measures the signing of a request, with and without a body.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot be made fails"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use teams_phone::AccessKey;
use teams_phone::sign::{content_sha256, sign};
use teams_phone_tests::{KEY, start};
use url::Url;

fn signing(criterion: &mut Criterion) {
    let key = AccessKey::from_base64(KEY).unwrap();
    let url: Url = "https://contoso.communication.azure.com/identities?api-version=2025-06-30"
        .parse()
        .unwrap();
    let mut group = criterion.benchmark_group("sign");
    for length in [0_usize, 2, 1024, 65_536] {
        let body = vec![b'x'; length];
        group.throughput(Throughput::Elements(1));
        group.bench_with_input(BenchmarkId::new("body", length), &body, |bencher, body| {
            bencher.iter(|| sign(black_box(&key), "POST", black_box(&url), body, start()));
        });
    }
    group.finish();
    criterion.bench_function("access key from base64", |bencher| {
        bencher.iter(|| AccessKey::from_base64(black_box(KEY)).unwrap());
    });
    criterion.bench_function("hash of no body", |bencher| {
        bencher.iter(|| content_sha256(black_box(b"")));
    });
}

criterion_group!(benches, signing);
criterion_main!(benches);
