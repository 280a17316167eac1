//! The `countersign` program.

use std::net::SocketAddr;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    #[expect(clippy::disallowed_methods, reason = "the settings are not there yet")]
    let listen = std::env::var("COUNTERSIGN_LISTEN");
    let address: SocketAddr = listen.as_deref().unwrap_or("127.0.0.1:3000").parse()?;
    countersign::server::serve(address).await
}
