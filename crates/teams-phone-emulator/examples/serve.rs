//! Runs an emulator until Ctrl-C or `POST /_emulator/stop`. Owns four arguments and what it prints.
//! Refuses to be the command line: that is `teams-phone emulator`.
//!
//! ```text
//! cargo run -p teams-phone-emulator --example serve -- [--tls CA_FILE] [--port PORT] [--snapshot FILE] [--tenant FILE|demo]
//! ```

use teams_phone_emulator::Emulator;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Emulator::builder();
    let mut ca_file = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{name} needs a value"))?;
        builder = match name.as_str() {
            "--tls" => {
                ca_file = Some(value.clone());
                builder.tls(true).ca_file(value)
            }
            "--port" => builder.port(value.parse()?),
            "--snapshot" => builder.snapshot(value),
            "--tenant" if value == "demo" => builder.graph_demo_tenant(),
            "--tenant" => builder.graph_tenant_file(value),
            _ => {
                return Err(format!(
                    "{name} is not known; use --tls, --port, --snapshot or --tenant"
                )
                .into());
            }
        };
    }
    let emulator = builder.start().await?;
    println!("url: {}", emulator.url());
    println!("connection string: {}", emulator.connection_string());
    println!("graph: {}", emulator.graph().url());
    let entra = emulator.entra();
    println!("entra authority: {}", entra.authority());
    println!("tenant id: {}", entra.tenant_id());
    println!("client id: {}", entra.client_id());
    println!("client secret: {}", entra.client_secret());
    println!("user: {} ({})", entra.user_name(), entra.user_id());
    if let Some(path) = ca_file {
        println!("authority certificate: {path}");
    }
    emulator.stopped().await;
    emulator.stop().await?;
    Ok(())
}
