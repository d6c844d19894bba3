//! A shard's own door: a listening socket that it shares with no other thread. The shards' doors have one address, and the
//! kernel deals out who comes (`SO_REUSEPORT`), so that nobody is passed from thread to thread.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rustix::net::SocketFlags;
use socket2::{Domain, Protocol, Socket, Type};

use crate::seal::Seal;

/// Connections that the kernel keeps until they are accepted. When a thousand phones come back at once, those that find
/// no room here try again only after a second.
pub(crate) const KERNEL_BACKLOG: i32 = 4096;

pub(crate) struct Door {
    pub(super) listener: TcpListener,
    /// Who comes by this door speaks TLS.
    pub(super) seal: Option<Arc<Seal>>,
    /// Nobody is let in until the next sweep: the process has no descriptor left.
    pub(super) shut: bool,
}

impl Door {
    /// As many doors as shards, all at one address. Port 0 takes a free one.
    pub(crate) fn open(mut address: SocketAddr, count: usize, seal: Option<&Arc<Seal>>) -> io::Result<Vec<Door>> {
        if address.port() != 0 {
            // Sharing is asked for by each that shares, and another hall would: it would take half of our spectators.
            drop(TcpListener::bind(address)?);
        }
        let mut doors = Vec::with_capacity(count);
        for _ in 0..count {
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
            socket.set_reuse_address(true)?;
            socket.set_reuse_port(true)?;
            socket.set_nonblocking(true)?;
            socket.bind(&address.into())?;
            socket.listen(KERNEL_BACKLOG)?;
            let listener = TcpListener::from(socket);
            address = listener.local_addr()?;
            doors.push(Door { listener, seal: seal.cloned(), shut: false });
        }
        Ok(doors)
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next who waits; `WouldBlock` when nobody does.
    pub(super) fn accept(&self) -> io::Result<TcpStream> {
        let socket = rustix::net::accept_with(&self.listener, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC)?;
        Ok(TcpStream::from(socket))
    }
}
