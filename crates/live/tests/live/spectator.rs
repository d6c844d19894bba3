//! A spectator: a socket, a reader of events, and a map that is merged as the client merges it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    pub name: String,
    pub id: String,
    pub data: String,
    pub retry_ms: Option<u64>,
    pub comment: bool,
}

pub struct Spectator {
    pub socket: TcpStream,
    pub head: String,
    pub map: BTreeMap<String, Value>,
    pub version: u64,
    unread: Vec<u8>,
}

/// Opens a connection and sends bytes as they are.
pub async fn send(address: SocketAddr, request: &[u8]) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request).await.unwrap();
    socket
}

/// Everything that comes until the connection ends.
pub async fn all(socket: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut heard)).await.expect("the connection stays open");
    // A reset after the answer is an end as well.
    let _ = read;
    String::from_utf8(heard).unwrap()
}

/// One request, one answer: status and body.
pub async fn ask(address: SocketAddr, request: &str) -> (u16, String) {
    let answer = all(&mut send(address, request.as_bytes()).await).await;
    let status = answer.get(9..12).unwrap_or_default().parse().unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
}

pub async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: hall\r\n\r\n")).await
}

impl Spectator {
    pub async fn follow(address: SocketAddr, path: &str) -> Spectator {
        Self::follow_with(address, path, "").await
    }

    /// With further header lines, each ended by CR LF.
    pub async fn follow_with(address: SocketAddr, path: &str, headers: &str) -> Spectator {
        let request = format!("GET {path} HTTP/1.1\r\nHost: hall\r\nAccept: text/event-stream\r\n{headers}\r\n");
        Self::on(send(address, request.as_bytes()).await).await
    }

    /// A phone with a small receive buffer that sends its request and then reads nothing.
    pub async fn deaf(address: SocketAddr, path: &str) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(16 * 1024).unwrap();
        let mut socket = socket.connect(address).await.unwrap();
        socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: hall\r\n\r\n").as_bytes()).await.unwrap();
        socket
    }

    pub async fn on(socket: TcpStream) -> Spectator {
        let mut spectator =
            Spectator { socket, head: String::new(), map: BTreeMap::new(), version: 0, unread: Vec::new() };
        spectator.head = spectator.piece("\r\n\r\n").await.expect("no head");
        spectator
    }

    /// The next text up to a mark; `None` at the end of the stream.
    async fn piece(&mut self, mark: &str) -> Option<String> {
        let mut searched: usize = 0;
        loop {
            let from = searched.saturating_sub(mark.len());
            if let Some(end) = memchr::memmem::find(&self.unread[from..], mark.as_bytes()).map(|end| from + end) {
                let piece = String::from_utf8(self.unread[..end].to_vec()).unwrap();
                self.unread.drain(..end + mark.len());
                return Some(piece);
            }
            searched = self.unread.len();
            let mut more = vec![0; 64 * 1024];
            match tokio::time::timeout(PATIENCE, self.socket.read(&mut more)).await.expect("nothing comes") {
                Ok(length) if length > 0 => self.unread.extend_from_slice(&more[..length]),
                _ => {
                    assert!(self.unread.is_empty(), "the stream ends {} bytes into an event", self.unread.len());
                    return None;
                }
            }
        }
    }

    /// The next event, merged; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        let event = read_event(&self.piece("\n\n").await?);
        if event.name == "snapshot" || event.name == "delta" {
            let body: Value = serde_json::from_str(&event.data).unwrap();
            if event.name == "snapshot" {
                self.map.clear();
            }
            for (key, value) in body["set"].as_object().unwrap() {
                self.map.insert(key.clone(), value.clone());
            }
            for key in body["del"].as_array().into_iter().flatten() {
                self.map.remove(key.as_str().unwrap());
            }
            let version = body["v"].as_u64().unwrap();
            assert_eq!(event.id.split_once('-').unwrap().1, version.to_string());
            assert!(event.name == "snapshot" || version > self.version, "versions only grow");
            self.version = version;
        }
        Some(event)
    }

    /// The next frame, past everything else.
    pub async fn frame(&mut self) -> Event {
        loop {
            let event = self.next().await.expect("the stream ended");
            if event.name == "snapshot" || event.name == "delta" {
                return event;
            }
        }
    }

    /// Reads until the version is there.
    pub async fn until(&mut self, version: u64) {
        while self.version < version {
            self.frame().await;
        }
    }
}

pub fn read_event(text: &str) -> Event {
    let mut event = Event::default();
    for line in text.lines() {
        match line.split_once(':').unwrap_or((line, "")) {
            ("", _) => event.comment = true,
            ("event", value) => event.name = value.trim_start().to_owned(),
            ("id", value) => event.id = value.trim_start().to_owned(),
            ("data", value) => event.data = value.trim_start().to_owned(),
            ("retry", value) => event.retry_ms = Some(value.trim().parse().unwrap()),
            other => panic!("a line that no reader knows: {other:?}"),
        }
    }
    event
}
