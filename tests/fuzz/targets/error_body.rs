//! Fuzz target: the bodies of answers that are errors, as services and gateways send them.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    teams_phone_fuzz::error_body::check(bytes);
});
