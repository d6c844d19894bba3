//! The two servers, each a process of its own: the raw loop and the hub, behind the same control address.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use anyhow::{Context, bail};
use bytes::Bytes;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, eventfd};
use rustix::net::SendFlags;

/// Where spectators find the values.
pub const PATH: &str = "/live/contests/bench/overall";
const TOPIC: &str = "contests/bench/overall";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The least that a server can do.
    Raw,
    /// The live hub behind its front door.
    Hub,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Raw => "raw",
            Kind::Hub => "hub",
        }
    }
}

/// A server in a process of its own. It ends when it is dropped, or when this process does.
pub struct Child {
    process: std::process::Child,
    pub address: SocketAddr,
    pub control: SocketAddr,
}

impl Child {
    pub fn start(kind: Kind, shards: usize) -> anyhow::Result<Child> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["live", "--serve", kind.name(), "--shards", &shards.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("can't start the server")?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no stdout")?).read_line(&mut line)?;
        let mut words = line.split_whitespace();
        let (Some(address), Some(control)) = (words.next(), words.next()) else { bail!("the server said {line:?}") };
        Ok(Child { process, address: address.parse()?, control: control.parse()? })
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Posts values to a server, one connection for all.
pub struct Publisher(TcpStream);

impl Publisher {
    pub fn connect(control: SocketAddr) -> anyhow::Result<Publisher> {
        let stream = TcpStream::connect(control)?;
        stream.set_nodelay(true)?;
        Ok(Publisher(stream))
    }

    pub fn publish(&mut self, payload: &[u8]) -> anyhow::Result<()> {
        let mut request = format!("POST /pub HTTP/1.1\r\nContent-Length: {}\r\n\r\n", payload.len()).into_bytes();
        request.extend_from_slice(payload);
        self.0.write_all(&request)?;
        let mut answer = [0; ANSWER.len()];
        self.0.read_exact(&mut answer)?;
        anyhow::ensure!(answer == *ANSWER, "the server refused a value");
        Ok(())
    }
}

const ANSWER: &[u8; 44] = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

/// Serves until stdin ends. Says on stdout where.
pub fn serve(kind: Kind, listen: SocketAddr, control: SocketAddr, shards: usize) -> anyhow::Result<()> {
    let (listener, control) = (TcpListener::bind(listen)?, TcpListener::bind(control)?);
    rustix::net::listen(&listener, 4096)?;
    println!("{} {}", listener.local_addr()?, control.local_addr()?);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    match kind {
        Kind::Raw => serve_raw(&listener, control),
        Kind::Hub => serve_hub(listener, control, shards),
    }
}

fn serve_hub(listener: TcpListener, control: TcpListener, shards: usize) -> anyhow::Result<()> {
    let hub = live::Hub::new(live::LiveConfig { shards, ..live::LiveConfig::default() })?;
    let topic = hub.topic(TOPIC);
    std::thread::spawn(move || take_values(&control, move |value| topic.apply([("x", Some(value))])));
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut front = live::Front::open(tokio::net::TcpListener::from_std(listener)?, hub)?;
        loop {
            // There is no HTTP server behind this door.
            drop(front.accept().await);
        }
    })
}

/// Accepts values and hands them over.
fn take_values(control: &TcpListener, publish: impl Fn(Bytes) + Clone + Send + 'static) {
    for stream in control.incoming().flatten() {
        let publish = publish.clone();
        std::thread::spawn(move || {
            let _ = stream.set_nodelay(true);
            let mut reader = BufReader::new(stream);
            while let Some(value) = take_value(&mut reader) {
                publish(value);
                if reader.get_mut().write_all(ANSWER).is_err() {
                    return;
                }
            }
        });
    }
}

fn take_value(reader: &mut BufReader<TcpStream>) -> Option<Bytes> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut value = vec![0; length];
    reader.read_exact(&mut value).ok()?;
    Some(value.into())
}

const LISTENER: u64 = u64::MAX;
const BELL: u64 = u64::MAX - 1;
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/// One thread, one epoll, one `send` for each socket and value. No topics, no versions, no slow readers: who doesn't
/// take a value whole is closed.
fn serve_raw(listener: &TcpListener, control: TcpListener) -> anyhow::Result<()> {
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    let bell = std::sync::Arc::new(eventfd(0, EventfdFlags::NONBLOCK)?);
    let (sender, values) = mpsc::channel::<Bytes>();
    epoll::add(&epoll, listener, EventData::new_u64(LISTENER), EventFlags::IN)?;
    epoll::add(&epoll, &*bell, EventData::new_u64(BELL), EventFlags::IN)?;
    let ring = bell.clone();
    std::thread::spawn(move || {
        take_values(&control, move |value| {
            let frame = [b"data: ", &value[..], b"\n\n"].concat();
            if sender.send(frame.into()).is_ok() {
                let _ = rustix::io::write(&*ring, &1u64.to_ne_bytes());
            }
        });
    });
    let mut sockets: Vec<Option<TcpStream>> = Vec::new();
    let mut events = Vec::with_capacity(512);
    let mut heard = [0; 4096];
    loop {
        events.clear();
        epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut events), None)?;
        for event in &events {
            let (data, flags) = (event.data, event.flags);
            match data.u64() {
                LISTENER => {
                    while let Ok((socket, _)) = listener.accept() {
                        socket.set_nonblocking(true)?;
                        socket.set_nodelay(true)?;
                        let place = EventData::new_u64(sockets.len() as u64);
                        epoll::add(&epoll, &socket, place, EventFlags::IN | EventFlags::RDHUP)?;
                        sockets.push(Some(socket));
                    }
                }
                BELL => {
                    let _ = rustix::io::read(&*bell, &mut [0; 8]);
                    for value in values.try_iter() {
                        for socket in &mut sockets {
                            let Some(open) = socket else { continue };
                            if rustix::net::send(&*open, &value, SendFlags::NOSIGNAL) != Ok(value.len()) {
                                *socket = None;
                            }
                        }
                    }
                }
                place => {
                    let Some(socket) = &mut sockets[place as usize] else { continue };
                    let gone = flags.intersects(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR);
                    match socket.read(&mut heard) {
                        Ok(length) if length > 0 && !gone => {
                            // A generator's request comes in one piece.
                            let _ = rustix::net::send(&*socket, HEAD, SendFlags::NOSIGNAL);
                        }
                        _ => sockets[place as usize] = None,
                    }
                }
            }
        }
    }
}
