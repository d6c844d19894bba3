//! The front door: one port for spectators' streams and for everything else.
//!
//! The front accepts connections and looks at their first bytes without taking them. What begins with
//! `GET /live/contests/` goes to a shard, which reads the request itself; every other connection is handed back, whole,
//! for the HTTP server. A connection that stays undecided goes to the HTTP server too, which has its own patience; a
//! stream that is asked for there is served by [`Hub::spectate`](crate::Hub::spectate).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use rustix::net::RecvFlags;
use tokio::io::Interest;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::hub::Hub;
use crate::shard::KERNEL_BACKLOG;

const PUBLIC_GET: &[u8] = b"GET /live/contests/";
/// How long to wait when the process has no descriptor left for another connection.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);
/// Connections that wait for the HTTP server to take them.
const BACKLOG: usize = 1024;

/// An acceptor that keeps the streams of public views and hands back the rest.
pub struct Front {
    others: mpsc::Receiver<(TcpStream, SocketAddr)>,
    address: SocketAddr,
    door: tokio::task::JoinHandle<()>,
}

impl Front {
    /// Starts to accept. Must run inside a tokio runtime.
    pub fn open(listener: TcpListener, hub: Hub) -> io::Result<Front> {
        let address = listener.local_addr()?;
        rustix::net::listen(&listener, KERNEL_BACKLOG)?;
        let (hand_back, others) = mpsc::channel(BACKLOG);
        let door = tokio::spawn(async move {
            loop {
                match listener.accept().await {
                    Ok((socket, peer)) => {
                        tokio::spawn(sort(socket, peer, hub.clone(), hand_back.clone()));
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
                    }
                }
            }
        });
        Ok(Front { others, address, door })
    }

    /// The next connection for the HTTP server, with nothing read from it.
    pub async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        match self.others.recv().await {
            Some(other) => other,
            // The door closes only when the front is dropped.
            None => std::future::pending().await,
        }
    }

    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.door.abort();
    }
}

async fn sort(socket: TcpStream, peer: SocketAddr, hub: Hub, hand_back: mpsc::Sender<(TcpStream, SocketAddr)>) {
    let decided = tokio::time::timeout(hub.config().patience, is_public_view(&socket)).await;
    // Out of this registration and, where it is handed back, into a fresh one: here the runtime has been told that the
    // bytes seen so far are no reason to wake, and whoever reads next must be woken for them.
    let socket = match socket.into_std() {
        Ok(socket) => socket,
        Err(error) => return tracing::warn!(%error, %peer, "a connection could not be passed on"),
    };
    if let Ok(Ok(true)) = decided {
        return hub.adopt(socket);
    }
    // Answers that the HTTP server streams shouldn't wait for each other either.
    let _ = socket.set_nodelay(true);
    match TcpStream::from_std(socket) {
        // When the HTTP server is gone, so is the connection.
        Ok(socket) => drop(hand_back.send((socket, peer)).await),
        Err(error) => tracing::warn!(%error, %peer, "a connection could not be passed on"),
    }
}

/// Looks until the first bytes are known to be, or not to be, a `GET` of a public view.
async fn is_public_view(socket: &TcpStream) -> io::Result<bool> {
    loop {
        let ready = socket.ready(Interest::READABLE).await?;
        let look = socket.try_io(Interest::READABLE, || {
            let mut first = [0u8; PUBLIC_GET.len()];
            let (_, seen) = rustix::net::recv(socket, &mut first, RecvFlags::PEEK)?;
            let seen = &first[..seen.min(first.len())];
            if seen == PUBLIC_GET {
                Ok(true)
            } else if seen.is_empty() || !PUBLIC_GET.starts_with(seen) {
                Ok(false)
            } else {
                // Undecided: what has arrived stays where it is, and only what is new wakes us.
                Err(io::ErrorKind::WouldBlock.into())
            }
        });
        match look {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if ready.is_read_closed() {
                    // Nothing will follow.
                    return Ok(false);
                }
            }
            look => return look,
        }
    }
}
