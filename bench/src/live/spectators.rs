//! The crowd: one thread that holds all sockets and notes what arrives on each, and when.
//!
//! It looks for one kind of mark and for nothing else, so that it costs the same for every server: the stamp in a value
//! that this process published, or the position in a line of a contest's ticker. Times are nanoseconds since the process
//! looked at its clock first.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};

static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A mark and the number after it.
#[derive(Debug, Clone, Copy)]
pub enum Mark {
    /// `@` and 16 hexadecimal digits: when a value was published.
    Stamp,
    /// `"t/3":[120,`: a line of the ticker, at its position in the contest's log.
    Ticker,
}

/// The longest mark with its number.
const MARK_MAX: usize = 40;

impl Mark {
    fn sign(self) -> &'static [u8] {
        match self {
            Mark::Stamp => b"@",
            Mark::Ticker => b"\"t/",
        }
    }

    /// The number of a mark that begins with `text`; the outer `None` when the text ends too early to say.
    fn number(self, text: &[u8]) -> Option<Option<u64>> {
        match self {
            Mark::Stamp => Some(number(text.get(1..17)?, 16)),
            Mark::Ticker => {
                let text = &text[..text.len().min(MARK_MAX)];
                let Some(end) = memchr::memchr(b',', text) else { return (text.len() == MARK_MAX).then_some(None) };
                let begin = memchr::memchr(b'[', &text[..end]);
                Some(begin.and_then(|begin| number(&text[begin + 1..end], 10)))
            }
        }
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// Now, as the crowd counts it.
pub fn now_ns() -> u64 {
    BEGINNING.elapsed().as_nanos() as u64
}

/// A value of about `size` bytes of JSON, stamped with now.
pub fn payload(size: usize) -> Vec<u8> {
    let stamp = now_ns();
    let mut text = format!("{{\"k\":\"@{stamp:016x}\",\"x\":\"");
    while text.len() + 2 < size {
        text.push('z');
    }
    text.push_str("\"}");
    text.into_bytes()
}

/// A spectator's end: a socket as it is, or with TLS on it.
enum Ear {
    Plain(TcpStream),
    Sealed(Box<rustls::StreamOwned<rustls::ClientConnection, TcpStream>>),
}

impl Ear {
    fn socket(&self) -> &TcpStream {
        match self {
            Ear::Plain(socket) => socket,
            Ear::Sealed(sealed) => &sealed.sock,
        }
    }

    fn say(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Ear::Plain(socket) => socket.write_all(bytes),
            Ear::Sealed(sealed) => sealed.write_all(bytes),
        }
    }

    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Ear::Plain(socket) => socket.read(room),
            Ear::Sealed(sealed) => sealed.read(room),
        }
    }
}

/// How spectators reach a server.
#[derive(Clone)]
pub struct Way {
    pub address: SocketAddr,
    pub path: String,
    /// What they trust, under TLS.
    pub trusting: Option<Arc<rustls::ClientConfig>>,
}

impl Way {
    pub fn plain(address: SocketAddr, path: &str) -> Way {
        Way { address, path: path.to_owned(), trusting: None }
    }

    pub fn to(child: &super::server::Child, path: &str) -> anyhow::Result<Way> {
        let trusting = child.certificate.as_deref().map(trusting).transpose()?;
        Ok(Way { address: child.address, path: path.to_owned(), trusting })
    }

    fn open(&self) -> anyhow::Result<Ear> {
        let socket = TcpStream::connect(self.address).context("a spectator can't connect")?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        let Some(config) = &self.trusting else { return Ok(Ear::Plain(socket)) };
        let session = rustls::ClientConnection::new(config.clone(), "localhost".try_into()?)?;
        Ok(Ear::Sealed(Box::new(rustls::StreamOwned::new(session, socket))))
    }
}

fn trusting(certificate: &[u8]) -> anyhow::Result<Arc<rustls::ClientConfig>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.to_vec().into())?;
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions()?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    // Each is somebody else, who was never here before.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

/// Spectators that follow one path of one server.
pub struct Crowd {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// A mark's number, and when it arrived on one socket.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    pub number: u64,
    pub at_ns: u64,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<Arrival>>,
    count: AtomicU64,
    listening: AtomicBool,
    stop: AtomicBool,
}

/// Arrivals are noted until it is taken.
pub struct Listening(Arc<Shared>);

impl Listening {
    pub fn take(self) -> Vec<Arrival> {
        self.0.listening.store(false, Relaxed);
        std::mem::take(&mut *self.0.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Crowd {
    /// Connects and waits until each has its answer's head.
    pub fn gather(way: &Way, size: usize, mark: Mark) -> anyhow::Result<Crowd> {
        LazyLock::force(&BEGINNING);
        let request = format!("GET {} HTTP/1.1\r\nHost: hall\r\nAccept: text/event-stream\r\n\r\n", way.path);
        let mut ears = Vec::with_capacity(size);
        for _ in 0..size {
            let mut ear = way.open()?;
            ear.say(request.as_bytes())?;
            ears.push(ear);
        }
        let mut head = [0; 16 * 1024];
        for ear in &mut ears {
            let length = ear.read(&mut head).context("no answer")?;
            anyhow::ensure!(
                head[..length].starts_with(b"HTTP/1.1 200"),
                "{}",
                String::from_utf8_lossy(&head[..length])
            );
            ear.socket().set_nonblocking(true)?;
        }
        let shared = Arc::new(Shared::default());
        let for_thread = shared.clone();
        let thread = std::thread::spawn(move || {
            if let Err(error) = hear(&mut ears, &for_thread, mark) {
                eprintln!("the crowd went deaf: {error}");
            }
        });
        Ok(Crowd { shared, thread: Some(thread) })
    }

    pub fn listen(&self) -> Listening {
        self.shared.count.store(0, Relaxed);
        self.shared.listening.store(true, Relaxed);
        Listening(self.shared.clone())
    }

    /// Returns when so many arrivals were heard, or after `patience` without any further one.
    pub fn wait_for(&self, count: u64, patience: Duration) {
        let (mut last, mut since) = (0, Instant::now());
        loop {
            let now = self.shared.count.load(Relaxed);
            if now >= count || now == last && since.elapsed() > patience {
                return;
            }
            if now != last {
                (last, since) = (now, Instant::now());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.shared.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn hear(ears: &mut [Ear], shared: &Shared, mark: Mark) -> std::io::Result<()> {
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    for (place, ear) in ears.iter().enumerate() {
        epoll::add(&epoll, ear.socket(), EventData::new_u64(place as u64), EventFlags::IN)?;
    }
    // The beginning of a mark whose end hasn't come yet.
    let mut halves: Vec<Vec<u8>> = vec![Vec::new(); ears.len()];
    let mut events = Vec::with_capacity(1024);
    let mut buffer = vec![0; 64 * 1024];
    while !shared.stop.load(Relaxed) {
        events.clear();
        let tenth = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
        epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut events), Some(&tenth))?;
        let mut arrived: Vec<Arrival> = Vec::new();
        for event in &events {
            let data = event.data;
            let place = data.u64() as usize;
            let Some(ear) = ears.get_mut(place) else { continue };
            let length = match ear.read(&mut buffer) {
                Ok(0) => {
                    epoll::delete(&epoll, ear.socket())?;
                    continue;
                }
                Ok(length) => length,
                Err(_) => continue,
            };
            let at_ns = now_ns();
            let half = &mut halves[place];
            let joined;
            let text = if half.is_empty() {
                &buffer[..length]
            } else {
                half.extend_from_slice(&buffer[..length]);
                joined = std::mem::take(half);
                &joined
            };
            for at in memchr::memmem::find_iter(text, mark.sign()) {
                match mark.number(&text[at..]) {
                    Some(number) => arrived.extend(number.map(|number| Arrival { number, at_ns })),
                    None => {
                        halves[place] = text[at..].to_vec();
                        break;
                    }
                }
            }
        }
        if shared.listening.load(Relaxed) && !arrived.is_empty() {
            let mut heard = shared.heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.extend_from_slice(&arrived);
            drop(heard);
            shared.count.fetch_add(arrived.len() as u64, Relaxed);
        }
    }
    Ok(())
}
