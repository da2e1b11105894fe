//! Fuzz target: lists of scopes, as people configure them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    teams_phone_fuzz::scopes::check(bytes);
});
