//! Fuzz target: links to a next page, as the service answers them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    teams_phone_fuzz::page_link::check(bytes);
});
