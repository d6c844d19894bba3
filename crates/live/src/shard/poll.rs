//! epoll and eventfd, as far as a shard needs them.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};

const EVENTS_AT_ONCE: usize = 512;

/// What a shard wants to hear of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interest {
    /// Something to read, or the peer is gone.
    Reading,
    /// Only that the peer is gone: what he says after his request stays in the kernel and costs nothing.
    Quiet,
    /// Room to write, or the peer is gone.
    Writing,
    /// Nothing at all.
    Nothing,
}

impl Interest {
    fn flags(self) -> EventFlags {
        match self {
            Interest::Reading => EventFlags::IN | EventFlags::RDHUP,
            Interest::Quiet => EventFlags::RDHUP,
            Interest::Writing => EventFlags::OUT | EventFlags::RDHUP,
            Interest::Nothing => EventFlags::empty(),
        }
    }
}

/// What epoll says of a socket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signal {
    pub(super) token: u64,
    pub(super) readable: bool,
    pub(super) writable: bool,
    /// The peer has ended his half, or the connection is broken.
    pub(super) gone: bool,
}

pub(super) struct Poll {
    epoll: OwnedFd,
}

/// Room for what one wait brings. Made by the thread that waits.
pub(super) struct Signals(Vec<Event>);

impl Poll {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { epoll: epoll::create(CreateFlags::CLOEXEC)? })
    }

    pub(super) fn add(&self, source: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, source, EventData::new_u64(token), interest.flags())?)
    }

    pub(super) fn change(&self, source: impl AsFd, token: u64, interest: Interest) -> io::Result<()> {
        Ok(epoll::modify(&self.epoll, source, EventData::new_u64(token), interest.flags())?)
    }

    /// Waits for signals, at most for `timeout`, and puts them into `signals`.
    pub(super) fn wait(&self, timeout: Option<Duration>, signals: &mut Signals) -> io::Result<()> {
        signals.0.clear();
        let timeout =
            timeout.map(|span| Timespec { tv_sec: span.as_secs() as i64, tv_nsec: span.subsec_nanos().into() });
        match epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut signals.0), timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Signals {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(EVENTS_AT_ONCE))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Signal> + '_ {
        self.0.iter().map(|event| {
            let (flags, data) = (event.flags, event.data);
            Signal {
                token: data.u64(),
                readable: flags.contains(EventFlags::IN),
                writable: flags.contains(EventFlags::OUT),
                gone: flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR),
            }
        })
    }
}

/// Wakes a shard out of its wait.
pub(super) struct Bell(OwnedFd);

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    pub(super) fn ring(&self) {
        // It fails only when it has been rung 2^64 − 2 times unheard.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    pub(super) fn hush(&self) {
        let mut count = [0u8; 8];
        // It fails when it has not been rung, which is what is wanted.
        let _ = rustix::io::read(&self.0, &mut count);
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}
