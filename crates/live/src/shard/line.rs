//! The line to one peer: a socket as it is, or one with TLS on it.
//!
//! Both take what they can now and never wait. A frame on a plain line is written from the shared bytes; under TLS each
//! peer has its own cipher, so at most [`SEALED_MAX`] of it is sealed ahead of the socket, and the rest stays shared.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::{AsFd, BorrowedFd};

use rustix::net::SendFlags;
use rustls::ServerConnection;

/// Sealed bytes that a TLS line holds for a socket that is full.
const SEALED_MAX: usize = 32 * 1024;
/// Records that one look at a TLS line takes; what follows is looked at in the next turn of the loop.
const READS_AT_ONCE: usize = 8;

pub(super) enum Line {
    Plain(TcpStream),
    Sealed(Box<Sealed>),
}

pub(super) struct Sealed {
    socket: TcpStream,
    session: ServerConnection,
}

/// How a write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrote {
    All,
    Part {
        /// Bytes that needn't be written again. Under TLS it may be all of them, with some still sealed and unsent.
        taken: usize,
        /// Whether the socket took anything.
        moved: bool,
    },
    Broken,
}

impl Line {
    pub(super) fn sealed(socket: TcpStream, mut session: ServerConnection) -> Line {
        session.set_buffer_limit(Some(SEALED_MAX));
        Line::Sealed(Box::new(Sealed { socket, session }))
    }

    pub(super) fn socket(&self) -> &TcpStream {
        match self {
            Line::Plain(socket) => socket,
            Line::Sealed(sealed) => &sealed.socket,
        }
    }

    /// Whether the peers are still agreeing on keys, which costs far more than anything that follows.
    pub(super) fn is_agreeing(&self) -> bool {
        matches!(self, Line::Sealed(sealed) if sealed.session.is_handshaking())
    }

    /// Reads what has arrived; 0 at the end. `WouldBlock` when there is nothing, or nothing yet.
    pub(super) fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Line::Plain(socket) => socket.read(room),
            Line::Sealed(sealed) => sealed.read(room),
        }
    }

    /// Writes what the socket takes now.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Wrote {
        match self {
            Line::Plain(socket) => loop {
                match socket.write(bytes) {
                    Ok(taken) if taken == bytes.len() => return Wrote::All,
                    Ok(taken) => return Wrote::Part { taken, moved: taken > 0 },
                    Err(error) => match error.kind() {
                        io::ErrorKind::WouldBlock => return Wrote::Part { taken: 0, moved: false },
                        io::ErrorKind::Interrupted => {}
                        _ => return Wrote::Broken,
                    },
                }
            },
            Line::Sealed(sealed) => sealed.write(bytes),
        }
    }

    /// Writes a head. When a frame follows, both travel in one packet.
    pub(super) fn write_before(&mut self, head: &[u8], more: bool) -> Wrote {
        match self {
            Line::Plain(socket) => {
                let flags = if more { SendFlags::NOSIGNAL | SendFlags::MORE } else { SendFlags::NOSIGNAL };
                match rustix::net::send(&*socket, head, flags) {
                    Ok(taken) if taken == head.len() => Wrote::All,
                    Ok(taken) => Wrote::Part { taken, moved: taken > 0 },
                    Err(rustix::io::Errno::AGAIN) => Wrote::Part { taken: 0, moved: false },
                    Err(_) => Wrote::Broken,
                }
            }
            Line::Sealed(sealed) if more => match sealed.session.writer().write(head) {
                Ok(taken) if taken == head.len() => Wrote::All,
                _ => Wrote::Broken,
            },
            Line::Sealed(sealed) => sealed.write(head),
        }
    }

    /// Says that nothing more will be written; what the peer sends can still be read.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if let Line::Sealed(sealed) = self {
            sealed.session.send_close_notify();
            sealed.write(&[]);
        }
        self.socket().shutdown(Shutdown::Write)
    }

    /// Ends both halves. What is in the kernel's send buffer still goes out.
    pub(super) fn hang_up(&mut self) {
        // Errors mean that the peer was faster.
        let _ = self.end();
        let _ = self.socket().shutdown(Shutdown::Both);
    }
}

impl Sealed {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        for _ in 0..READS_AT_ONCE {
            match self.session.reader().read(room) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            if self.session.read_tls(&mut self.socket)? == 0 {
                return Ok(0);
            }
            let understood = self.session.process_new_packets();
            // The answer of a handshake, or what was wrong. A fresh socket has room for it.
            if self.write(&[]) != Wrote::All {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            if let Err(error) = understood {
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn write(&mut self, bytes: &[u8]) -> Wrote {
        let (mut taken, mut moved) = (0, false);
        loop {
            if taken < bytes.len() {
                match self.session.writer().write(&bytes[taken..]) {
                    Ok(sealed) => taken += sealed,
                    Err(_) => return Wrote::Broken,
                }
            }
            while self.session.wants_write() {
                match self.session.write_tls(&mut self.socket) {
                    Ok(0) => return Wrote::Broken,
                    Ok(_) => moved = true,
                    Err(error) => match error.kind() {
                        io::ErrorKind::WouldBlock => return Wrote::Part { taken, moved },
                        io::ErrorKind::Interrupted => {}
                        _ => return Wrote::Broken,
                    },
                }
            }
            if taken == bytes.len() {
                return Wrote::All;
            }
        }
    }
}

impl AsFd for Line {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket().as_fd()
    }
}
