//! Puts it together: the front end, the headers every answer carries, the pages.

pub mod clock;
pub mod headers;
mod pages;
pub mod settings;
pub mod site;

use std::net::SocketAddr;

use axum::Router;

/// Serves the pages until the process ends.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(address: SocketAddr) -> anyhow::Result<()> {
    let router = Router::new().merge(site::router()).merge(pages::router());
    let app = headers::protect(router, &format!("http://{address}"));
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!("listening on http://{address}");
    axum::serve(listener, app).await?;
    Ok(())
}
