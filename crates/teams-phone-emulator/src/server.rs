//! Owns the listener, the connections and their end.
//! Refuses to know what is said on a connection.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

use crate::{exchange, shared::Shared};

/// How long changes are gathered before they are saved.
const SAVE_AFTER: Duration = Duration::from_millis(200);
/// A pause after a failed accept (no descriptors left, say), so that it does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections until told to stop, then waits for the requests in flight.
pub(crate) async fn run(shared: Arc<Shared>, listener: TcpListener, acceptor: Option<TlsAcceptor>) {
    let mut stop = shared.stop.subscribe();
    let permits = Arc::new(Semaphore::new(shared.limits.connections));
    let mut connections = JoinSet::new();
    let saver = tokio::spawn(save_changes(shared.clone()));
    loop {
        let accepted = tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            accepted = accept(&listener, &permits) => accepted,
        };
        match accepted {
            Ok((stream, peer, permit)) => {
                let (shared, acceptor) = (shared.clone(), acceptor.clone());
                connections.spawn(async move {
                    let _permit = permit;
                    converse(shared, stream, peer, acceptor).await;
                });
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    // Whoever has not finished by then is cut off when the set is dropped.
    let _ = tokio::time::timeout(shared.limits.stop, finished).await;
    saver.abort();
    // What the last requests changed. A failure is reported by `Emulator::stop`, which tries again.
    let _ = tokio::task::spawn_blocking(move || shared.save()).await;
}

/// Resolves once stopping has been asked for.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it the emulator.
    let _ = stop.wait_for(|stop| *stop).await;
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> io::Result<Accepted> {
    let permit = permits
        .clone()
        .acquire_owned()
        .await
        .map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, peer, permit))
}

async fn converse(
    shared: Arc<Shared>,
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
) {
    match acceptor {
        None => speak_http(shared, stream, peer).await,
        Some(acceptor) => {
            let mut stop = shared.stop.subscribe();
            let handshake = tokio::time::timeout(shared.limits.read, acceptor.accept(stream));
            let stream = tokio::select! {
                () = stopped(&mut stop) => return,
                outcome = handshake => outcome,
            };
            if let Ok(Ok(stream)) = stream {
                speak_http(shared, stream, peer).await;
            }
        }
    }
}

async fn speak_http<S>(shared: Arc<Shared>, stream: S, peer: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stop = shared.stop.subscribe();
    let service = service_fn(|request| exchange::serve(&shared, peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.limits.read)
        .max_header_size(shared.limits.head)
        .max_buf_size(shared.limits.head)
        .max_headers(shared.limits.headers)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // How a connection ends is the client's affair, or a fault's; there is nobody to tell.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopped(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn save_changes(shared: Arc<Shared>) {
    loop {
        shared.changed.notified().await;
        if shared.saver.get().path.is_none() {
            continue;
        }
        tokio::time::sleep(SAVE_AFTER).await;
        let saving = shared.clone();
        // The outcome is kept for `GET /_emulator`; the last save, at stop, reports it to the caller.
        let _ = tokio::task::spawn_blocking(move || saving.save()).await;
    }
}
