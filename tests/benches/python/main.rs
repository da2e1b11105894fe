//! Owns the two programs beside the Python scripts of this folder: the server that every client is measured against, and
//! the same calls written by hand in Rust. Refuses to compare anything: `cargo xtask bench --python` does.
//!
//! `serve` prints an address and answers until standard input ends. `calls URL IN_FLIGHT WARM_UP CALLS` makes calls and
//! prints what they used, as the scripts do.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot be made fails"
)]

#[cfg(unix)]
mod calls;
mod stub;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve"] => stub::serve_until_input_ends(),
        #[cfg(unix)]
        ["calls", url, in_flight, warm_up, calls] => {
            let number = |text: &str| text.parse().unwrap();
            calls::measure(url, number(in_flight), number(warm_up), number(calls));
        }
        _ => {
            #[cfg(unix)]
            calls::measure(&stub::in_background(), 4, 8, 40);
            println!("this only shows that the programs work; cargo xtask bench --python measures");
        }
    }
}
