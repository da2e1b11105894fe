//! Fuzz target: ids, as people type them and services write them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    teams_phone_fuzz::raw_id::check(bytes);
});
