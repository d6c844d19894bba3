//! A broker that does as it is told: it knows sessions or forgets them, says things twice, and hangs up.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

pub struct FakeBroker {
    listener: TcpListener,
}

/// How a message comes.
#[derive(Clone, Copy, Default)]
pub struct How {
    /// Its number, with QoS 1; QoS 0 has none.
    pub number: Option<u16>,
    pub is_again: bool,
    pub is_retained: bool,
}

/// One connection of a client.
pub struct Line {
    writer: Arc<tokio::sync::Mutex<OwnedWriteHalf>>,
    acknowledged: Arc<Mutex<Vec<u16>>>,
    reader: tokio::task::JoinHandle<()>,
}

impl FakeBroker {
    pub async fn open() -> FakeBroker {
        FakeBroker { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    pub fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Takes the next connection, and says whether it knows the session.
    pub async fn meet(&self, is_known: bool) -> Line {
        let (stream, _) = self.listener.accept().await.unwrap();
        Line::of(stream, is_known).await
    }
}

impl Line {
    async fn of(stream: TcpStream, is_known: bool) -> Line {
        let (mut reader, mut writer) = stream.into_split();
        let (kind, _) = packet(&mut reader).await.unwrap();
        assert_eq!(kind >> 4, 1, "it begins with CONNECT");
        writer.write_all(&[0x20, 2, is_known.into(), 0]).await.unwrap();
        let (writer, acknowledged) = (Arc::new(tokio::sync::Mutex::new(writer)), Arc::<Mutex<Vec<u16>>>::default());
        let (answers, heard) = (writer.clone(), acknowledged.clone());
        let reader = tokio::spawn(async move {
            while let Some((kind, body)) = packet(&mut reader).await {
                let number = || [body[0], body[1]];
                let answer = match kind >> 4 {
                    4 => {
                        heard.lock().unwrap().push(u16::from_be_bytes(number()));
                        continue;
                    }
                    8 => vec![0x90, 3, number()[0], number()[1], 1],
                    12 => vec![0xd0, 0],
                    _ => continue,
                };
                if answers.lock().await.write_all(&answer).await.is_err() {
                    return;
                }
            }
        });
        Line { writer, acknowledged, reader }
    }

    pub async fn say(&self, topic: &str, payload: &str, how: How) {
        let qos = u8::from(how.number.is_some());
        let mut body = (topic.len() as u16).to_be_bytes().to_vec();
        body.extend_from_slice(topic.as_bytes());
        body.extend(how.number.into_iter().flat_map(u16::to_be_bytes));
        body.extend_from_slice(payload.as_bytes());
        let length = u8::try_from(body.len()).ok().filter(|length| *length < 128).expect("a short message");
        let kind = 0x30 | u8::from(how.is_again) << 3 | qos << 1 | u8::from(how.is_retained);
        self.writer.lock().await.write_all(&[&[kind, length], &body[..]].concat()).await.unwrap();
    }

    pub fn acknowledged(&self) -> Vec<u16> {
        self.acknowledged.lock().unwrap().clone()
    }

    pub fn hang_up(self) {
        // Both halves go, and the line with them.
        self.reader.abort();
    }
}

/// The first byte of a packet, and what follows its length; `None` once the client is gone.
async fn packet(reader: &mut OwnedReadHalf) -> Option<(u8, Vec<u8>)> {
    let kind = reader.read_u8().await.ok()?;
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = reader.read_u8().await.ok()?;
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.ok()?;
    Some((kind, body))
}
