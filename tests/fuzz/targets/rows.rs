//! Fuzz target: files of rows, as spreadsheets and scripts write them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    teams_phone_fuzz::rows::check(bytes);
});
