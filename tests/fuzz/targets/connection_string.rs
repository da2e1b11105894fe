//! Fuzz target: connection strings, as people paste them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    teams_phone_fuzz::connection_string::check(bytes);
});
