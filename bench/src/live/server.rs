//! The servers, each a process of its own behind the same control address: the raw loop, the hub by each of its doors, and
//! Nchan where Debian's nginx has it.

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
/// Names the hub in the ids of its frames.
pub const EPOCH: &str = "bench";
const TOPIC: &str = "contests/bench/overall";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The least that a server can do.
    Raw,
    /// The live hub behind its front door, at the hall's main address.
    Hub,
    /// The live hub by its own listener.
    Listen,
    /// The same, under TLS.
    Tls,
    /// The hub's fallback through the HTTP server: connections that were used before.
    Http,
    /// nginx with its push module, one worker.
    Nchan,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Raw => "raw",
            Kind::Hub => "hub",
            Kind::Listen => "listen",
            Kind::Tls => "tls",
            Kind::Http => "http",
            Kind::Nchan => "nchan",
        }
    }

    pub fn path(self) -> &'static str {
        if self == Kind::Nchan { "/sub" } else { PATH }
    }
}

const NGINX: &str = "/usr/sbin/nginx";
const NCHAN: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// Whether this machine has the peer.
pub fn nchan_is_there() -> bool {
    [NGINX, NCHAN].iter().all(|file| std::path::Path::new(file).exists())
}

/// A server in a process of its own. It ends when it is dropped, or when this process does.
pub struct Child {
    process: std::process::Child,
    pub address: SocketAddr,
    pub control: SocketAddr,
    /// What its clients have to trust, under TLS.
    pub certificate: Option<Vec<u8>>,
    _folder: Option<tempfile::TempDir>,
}

impl Child {
    pub fn start(kind: Kind, shards: usize) -> anyhow::Result<Child> {
        if kind == Kind::Nchan {
            return start_nchan();
        }
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
        let certificate = words.next().map(from_hex).transpose()?;
        Ok(Child { process, address: address.parse()?, control: control.parse()?, certificate, _folder: None })
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // nginx takes its worker along when it is asked, and leaves it behind when it is killed.
        let pid = rustix::process::Pid::from_child(&self.process);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.process.wait();
    }
}

fn start_nchan() -> anyhow::Result<Child> {
    let folder = tempfile::tempdir()?;
    let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let conf = format!(
        "daemon off; worker_processes 1; worker_rlimit_nofile 40000; load_module {NCHAN};\n\
         error_log stderr error; pid nginx.pid; events {{ worker_connections 30000; }}\n\
         http {{ access_log off; nchan_shared_memory_size 512M; tcp_nodelay on; keepalive_requests 1000000;\n\
         server {{ listen {address} backlog=4096;\n\
         location /sub {{ nchan_subscriber; nchan_channel_id t; nchan_subscriber_first_message newest; }}\n\
         location /pub {{ nchan_publisher; nchan_channel_id t; nchan_message_buffer_length 2; nchan_message_timeout 10s; }} }} }}\n"
    );
    let file = folder.path().join("nchan.conf");
    std::fs::write(&file, conf)?;
    let prefix = folder.path().to_string_lossy().into_owned();
    let process = Command::new(NGINX).args(["-p", &prefix, "-c", &file.to_string_lossy()]).spawn()?;
    let child = Child { process, address, control: address, certificate: None, _folder: Some(folder) };
    for _ in 0..500 {
        if TcpStream::connect(address).is_ok() {
            return Ok(child);
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    bail!("nginx doesn't listen on {address}")
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
        let mut request = format!(
            "POST /pub HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            payload.len()
        )
        .into_bytes();
        request.extend_from_slice(payload);
        self.0.write_all(&request)?;
        // A head, and as much of a body as it says.
        let mut reader = BufReader::with_capacity(512, &mut self.0);
        let (mut line, mut length, mut status) = (String::new(), 0, 0u16);
        loop {
            line.clear();
            anyhow::ensure!(reader.read_line(&mut line)? > 0, "the server is gone");
            if status == 0 {
                status = line.get(9..12).and_then(|code| code.parse().ok()).context("no answer")?;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length])?;
        anyhow::ensure!((200..300).contains(&status), "the server refused a value: {status}");
        Ok(())
    }
}

const ANSWER: &[u8; 44] = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

/// Serves until stdin ends. Says on stdout where.
pub fn serve(kind: Kind, listen: SocketAddr, control: SocketAddr, shards: usize) -> anyhow::Result<()> {
    let control = TcpListener::bind(control)?;
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    match kind {
        Kind::Raw | Kind::Hub | Kind::Http => {
            let listener = TcpListener::bind(listen)?;
            rustix::net::listen(&listener, 4096)?;
            println!("{} {}", listener.local_addr()?, control.local_addr()?);
            match kind {
                Kind::Raw => serve_raw(&listener, control),
                Kind::Hub => serve_hub(listener, &publishing(control, shards)?),
                _ => serve_http(listener, &publishing(control, shards)?),
            }
        }
        Kind::Listen => {
            let control_at = control.local_addr()?;
            let hub = publishing(control, shards)?;
            println!("{} {control_at}", hub.listen(listen, None)?);
            park()
        }
        Kind::Tls => {
            let folder = tempfile::tempdir()?;
            let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
            let name = |end: &str| folder.path().join(format!("bench.{end}"));
            std::fs::write(name("pem"), made.cert.pem())?;
            std::fs::write(name("key"), made.signing_key.serialize_pem())?;
            let control_at = control.local_addr()?;
            let hub = publishing(control, shards)?;
            let seal = live::Seal::read(&name("pem"), &name("key"))?;
            drop(folder);
            let shown: String = made.cert.der().iter().map(|byte| format!("{byte:02x}")).collect();
            println!("{} {control_at} {shown}", hub.listen(listen, Some(&seal))?);
            park()
        }
        Kind::Nchan => bail!("nginx serves that itself"),
    }
}

fn from_hex(digits: &str) -> anyhow::Result<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
    pairs.collect()
}

fn park() -> ! {
    loop {
        std::thread::park();
    }
}

/// A hub whose one topic takes what is published at the control address.
fn publishing(control: TcpListener, shards: usize) -> anyhow::Result<live::Hub> {
    let config = live::LiveConfig { shards, epoch: EPOCH.to_owned(), ..live::LiveConfig::default() };
    let hub = live::Hub::new(config)?;
    let topic = hub.topic(TOPIC);
    std::thread::spawn(move || take_values(&control, move |value| topic.apply([("x", Some(value))])));
    Ok(hub)
}

/// The hub's stream through axum and hyper, as the contest room serves connections that the HTTP server owns.
fn serve_http(listener: TcpListener, hub: &live::Hub) -> anyhow::Result<()> {
    use axum::body::Body;
    use futures_util::StreamExt;
    use hyper_util::rt::{TokioIo, TokioTimer};
    use hyper_util::service::TowerToHyperService;

    listener.set_nonblocking(true)?;
    let topic = hub.clone();
    let stream = move || {
        let frames = topic.subscribe(TOPIC, None);
        async move {
            let frames = frames.map(|frames| Body::from_stream(frames.map(Ok::<_, std::convert::Infallible>)));
            (live::STREAM_HEADERS, frames.unwrap_or_default())
        }
    };
    let router = axum::Router::new().route(PATH, axum::routing::get(stream));
    // One thread, as the raw loop has.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let mut builder = hyper::server::conn::http1::Builder::new();
                builder.timer(TokioTimer::new());
                let _ = builder.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    })
}

fn serve_hub(listener: TcpListener, hub: &live::Hub) -> anyhow::Result<()> {
    let hub = hub.clone();
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
