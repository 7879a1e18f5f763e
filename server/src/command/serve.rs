//! `hayloft serve`: from options to a listening service, and to its orderly end.

use std::net::SocketAddr;
use std::time::Duration;

use drive::Drive;
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::say;
use crate::config::ServeOptions;
use crate::listen::Limits;
use crate::state::{AppState, Settings};
use crate::{health, listen, routes, site, start};

/// How long the background task may take to end what it is at.
const SWEEP_TIME: Duration = Duration::from_secs(10);

/// Serves until a signal ends it.
///
/// # Errors
/// A sentence, when it cannot start.
pub(super) async fn serve(options: ServeOptions) -> Result<(), String> {
    let site = site::find(options.site.as_deref())?;
    let (database, store) = tokio::join!(
        start::migrated(&options.database),
        start::working_store(&options.store, &options.database.data)
    );
    let drive = start::join(database?, store?, &options.store).await?;
    let settings = Settings {
        public_url: options.public_url.clone(),
        trusted_proxies: options.trusted_proxies.clone(),
        metrics_token: options.metrics_token.clone(),
        attempts_per_minute: options.attempts_per_minute,
        ..Settings::default()
    };
    let state = AppState::new(drive.clone(), site::options(&site), settings);
    let limits = Limits { grace: options.grace, ..Limits::of_this_process(&options.trusted_proxies) };
    let listener = bind(options.listen, "--listen (HAYLOFT_LISTEN)").await?;
    let address = listener.local_addr().map_err(|error| format!("the listener has no address: {error}"))?;
    let shutdown = CancellationToken::new();
    signals(&shutdown)?;
    let mut metrics = None;
    if let Some(address) = options.metrics_listen {
        let listener = bind(address, "--metrics-listen (HAYLOFT_METRICS_LISTEN)").await?;
        metrics = listener.local_addr().ok();
        let router = health::metrics_router(state.clone());
        tokio::spawn(listen::serve(listener, router, Limits::default(), shutdown.clone()));
    }
    let background = tokio::spawn(drive.clone().run_background(shutdown.clone()));
    greet(&drive, &options, address).await?;
    if let Some(address) = metrics {
        say(&format!("Metrics are at http://{address}/metrics\n"));
    }
    tell_manager(&[NotifyState::Ready]);
    listen::serve(listener, routes::router(state), limits, shutdown).await;
    if tokio::time::timeout(SWEEP_TIME, background).await.is_err() {
        tracing::warn!("the background task did not end in time");
    }
    tracing::info!("ended");
    Ok(())
}

/// The address, and at the very first start the link that makes the first administrator.
async fn greet(drive: &Drive, options: &ServeOptions, address: SocketAddr) -> Result<(), String> {
    let base = match &options.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("http://{}", reachable(address)),
    };
    let mut text = format!("Hayloft {} listens on http://{address}\n", env!("CARGO_PKG_VERSION"));
    let link = drive.setup_link().await.map_err(|error| error.to_app_error().to_string())?;
    if let Some(secret) = link {
        text.push_str("There is no administrator yet. This link makes the first one, once:\n");
        text.push_str(&format!("  {base}/setup/{secret}\n"));
    } else if options.public_url.is_some() {
        text.push_str(&format!("People reach it at {base}\n"));
    }
    say(&text);
    Ok(())
}

/// An address that a browser on this machine can open: the unspecified one is none.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("{address} cannot be listened on: {error}; choose another address or port with {option}")
    })
}

/// Tells systemd (Type=notify), or whoever gave us `NOTIFY_SOCKET`, how far we are: a rolling restart waits for it. Without
/// the variable nobody wants to know.
fn tell_manager(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// Cancels the token at SIGTERM or SIGINT.
fn signals(shutdown: &CancellationToken) -> Result<(), String> {
    let refused = |error: std::io::Error| format!("signals cannot be received: {error}");
    let mut terminate = signal(SignalKind::terminate()).map_err(refused)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(refused)?;
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending: running requests may finish");
        tell_manager(&[NotifyState::Stopping]);
        shutdown.cancel();
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::reachable;

    #[test]
    fn the_printed_link_can_be_opened() {
        for (bound, printed) in [
            ("0.0.0.0:3000", "127.0.0.1:3000"),
            ("[::]:80", "[::1]:80"),
            ("192.0.2.1:3000", "192.0.2.1:3000"),
        ] {
            assert_eq!(reachable(bound.parse().expect("an address")).to_string(), printed);
        }
    }
}
