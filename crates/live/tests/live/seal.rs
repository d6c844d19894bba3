//! TLS at the live listener. Its clients wait in plain threads: the shards need none of the test's runtime.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use live::{Seal, SealError};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, HandshakeKind, RootCertStore, StreamOwned};
use testkit::TempDir;

use super::hall::{self, Hall, OVERALL, OVERALL_PATH};
use super::spectator::{Spectator, all, send};

/// A certificate for `localhost` in a folder of its own.
struct Issued {
    certificate: PathBuf,
    key: PathBuf,
    der: CertificateDer<'static>,
}

fn issue(folder: &Path, name: &str) -> Issued {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.join(format!("{name}.pem")), folder.join(format!("{name}.key")));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    Issued { certificate, key, der: made.cert.der().clone() }
}

fn trusting(issued: &Issued) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(issued.der.clone()).unwrap();
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(ring).with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

/// A hall with a sealed listener beside its others.
struct Sealed {
    hall: Hall,
    address: SocketAddr,
    seal: Arc<Seal>,
    issued: Issued,
    folder: TempDir,
}

async fn open(by_hand: bool) -> Sealed {
    let folder = testkit::temp_dir();
    let issued = issue(folder.path(), "first");
    let seal = Seal::read(&issued.certificate, &issued.key).unwrap();
    let hall = if by_hand { hall::open_by_hand(hall::config()).await } else { hall::open(hall::config()).await };
    let address = hall.hub.listen(SocketAddr::from(([127, 0, 0, 1], 0)), Some(&seal)).unwrap();
    Sealed { hall, address, seal, issued, folder }
}

struct Guest(StreamOwned<ClientConnection, TcpStream>);

impl Guest {
    fn connect(address: SocketAddr, config: &Arc<ClientConfig>) -> Guest {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let session = ClientConnection::new(config.clone(), ServerName::try_from("localhost").unwrap()).unwrap();
        Guest(StreamOwned::new(session, socket))
    }

    fn follow(address: SocketAddr, config: &Arc<ClientConfig>, headers: &str) -> Guest {
        let mut guest = Self::connect(address, config);
        guest.0.write_all(format!("GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n{headers}\r\n").as_bytes()).unwrap();
        guest
    }

    fn until(&mut self, mark: &str) -> String {
        let (mut heard, mut piece) = (Vec::new(), vec![0; 64 * 1024]);
        while memchr::memmem::find(&heard[heard.len().saturating_sub(128 * 1024)..], mark.as_bytes()).is_none() {
            let length = self.0.read(&mut piece).unwrap();
            assert!(length > 0, "the stream ended before {mark:?}");
            heard.extend_from_slice(&piece[..length]);
        }
        String::from_utf8(heard).unwrap()
    }

    /// What comes until the other side says that it ends; an end without a word is an error.
    fn rest(&mut self) -> std::io::Result<String> {
        let mut heard = Vec::new();
        self.0.read_to_end(&mut heard)?;
        Ok(String::from_utf8(heard).unwrap())
    }
}

fn without_retry(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("retry: ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_sealed_stream_says_the_same_bytes() {
    let sealed = open(false).await;
    let (hall, trusting) = (&sealed.hall, trusting(&sealed.issued));
    hall.set(OVERALL, "a", "1");
    hall.set(OVERALL, "b", "\"匠\"");
    for headers in ["", "Last-Event-ID: k3f9-1\r\n"] {
        let mut guest = Guest::follow(sealed.address, &trusting, headers);
        let mut plain =
            send(hall.live, format!("GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n{headers}\r\n").as_bytes()).await;
        let heard = without_retry(&guest.until("}\n\n"));
        let mut piece = vec![0; 4096];
        let mut said = String::new();
        while !said.contains("}\n\n") {
            let length = tokio::io::AsyncReadExt::read(&mut plain, &mut piece).await.unwrap();
            said.push_str(std::str::from_utf8(&piece[..length]).unwrap());
        }
        assert_eq!(heard, without_retry(&said), "{headers}");
        assert_eq!(guest.0.conn.alpn_protocol(), None);
    }
    let mut guest = Guest::follow(sealed.address, &trusting, "Last-Event-ID: k3f9-2\r\n");
    guest.until("retry: ");
    hall.set(OVERALL, "a", "2");
    assert!(guest.until("}\n\n").contains("id: k3f9-3\ndata: {\"v\":3,\"set\":{\"a\":2}}"));
    hall.hub.drain();
    // It ends with a word of the seal, so that nobody can have cut it.
    assert!(guest.rest().unwrap().contains("event: bye"));
}

#[tokio::test]
async fn a_long_frame_is_whole_and_a_slow_guest_gets_the_newest() {
    const SIZE: usize = 4 << 20;
    let sealed = open(false).await;
    let (hall, trusting) = (&sealed.hall, trusting(&sealed.issued));
    hall.set(OVERALL, "k", &format!("\"0{}\"", "x".repeat(SIZE)));
    let mut guest = Guest::follow(sealed.address, &trusting, "");
    // The handshake needs the guest; then he reads no more for a while.
    guest.until("event: snapshot");
    for nth in 1..=200 {
        hall.set(OVERALL, "k", &format!("\"{nth}{}\"", "y".repeat(SIZE)));
    }
    let stats = hall.hub.stats();
    assert!(stats.frames < 10, "{} frames for one who doesn't read", stats.frames);
    let heard = guest.until("\"200y") + &guest.until("\"}}\n\n");
    let frames: Vec<&str> = heard.split("data: ").skip(1).collect();
    assert!(frames.len() < 10, "{} frames", frames.len());
    let last: serde_json::Value = serde_json::from_str(frames.last().unwrap().trim_end()).unwrap();
    assert_eq!(last["set"]["k"].as_str().unwrap().len(), SIZE + 3);
    hall.set(OVERALL, "k", "1");
    assert!(guest.until("}\n\n").ends_with("\"set\":{\"k\":1}}\n\n"));
}

#[tokio::test]
async fn who_comes_back_resumes_his_session() {
    let sealed = open(false).await;
    let trusting = trusting(&sealed.issued);
    sealed.hall.set(OVERALL, "a", "1");
    let mut first = Guest::follow(sealed.address, &trusting, "");
    first.until("}\n\n");
    assert_eq!(first.0.conn.handshake_kind(), Some(HandshakeKind::Full));
    let mut again = Guest::follow(sealed.address, &trusting, "Last-Event-ID: k3f9-1\r\n");
    again.until("retry: ");
    assert_eq!(again.0.conn.handshake_kind(), Some(HandshakeKind::Resumed));
}

#[tokio::test]
async fn a_renewed_certificate_counts_from_the_next_guest_on() {
    let sealed = open(false).await;
    sealed.hall.set(OVERALL, "a", "1");
    let old = trusting(&sealed.issued);
    let mut seated = Guest::follow(sealed.address, &old, "");
    seated.until("}\n\n");
    let second = issue(sealed.folder.path(), "second");
    std::fs::copy(&second.certificate, &sealed.issued.certificate).unwrap();
    assert!(matches!(sealed.seal.renew(), Err(SealError::Pair { .. })), "half renewed: the key is still the old one");
    Guest::follow(sealed.address, &old, "").until("}\n\n");
    std::fs::copy(&second.key, &sealed.issued.key).unwrap();
    sealed.seal.renew().unwrap();
    Guest::follow(sealed.address, &trusting(&second), "").until("}\n\n");
    let mut refused = Guest::connect(sealed.address, &trusting(&sealed.issued));
    assert!(refused.0.write_all(b"GET / HTTP/1.1\r\n\r\n").is_err(), "the old certificate is still shown");
    sealed.hall.set(OVERALL, "a", "2");
    assert!(seated.until("}\n\n").contains("k3f9-2"), "who is seated stays");
}

#[tokio::test]
async fn who_does_not_speak_tls_is_shown_out() {
    let sealed = open(true).await;
    let hall = &sealed.hall;
    hall.set(OVERALL, "a", "1");
    let mut seated = Guest::follow(sealed.address, &trusting(&sealed.issued), "");
    seated.until("}\n\n");
    for garbage in [
        format!("GET {OVERALL_PATH} HTTP/1.1\r\nHost: hall\r\n\r\n").as_bytes(),
        b"\x16\x03\x01\x00\x05hello",
        b"\x16\x03\x01\xff\xff",
        b"\x15\x03\x03\x00\x02\x02\x28",
        &[0; 600],
    ] {
        let mut socket = send(sealed.address, garbage).await;
        if garbage.len() > 5 {
            // An alert at most, then the end.
            let mut heard = Vec::new();
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut socket, &mut heard).await;
            assert!(heard.len() < 16 && !heard.starts_with(b"HTTP"), "{heard:?}");
        } else {
            drop(socket);
        }
    }
    hall.until("they are gone", |stats| stats.handshakes == 0).await;
    // Over HTTP/2 a stream is dear, so it isn't offered.
    let mut config = (*trusting(&sealed.issued)).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    assert!(Guest::connect(sealed.address, &Arc::new(config)).0.write_all(b"PRI").is_err());
    // Half a handshake is cut like half a request.
    let half = send(sealed.address, b"\x16\x03\x01\x01").await;
    hall.until("it is there", |stats| stats.handshakes == 1).await;
    let cut = async {
        while hall.hub.stats().handshakes > 0 {
            hall.pass(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), cut).await.expect("it was never cut");
    drop(half);
    hall.set(OVERALL, "a", "2");
    assert!(seated.until("}\n\n").contains("k3f9-2"));
    // And the front door is as it was.
    Spectator::follow(hall.address, OVERALL_PATH).await.until(2).await;
    assert!(all(&mut send(hall.live, b"\x16\x03\x01\x00\x05hello\r\n\r\n").await).await.contains("malformed"));
}

#[test]
fn files_that_are_no_certificate_and_key_are_named() {
    let folder = testkit::temp_dir();
    let (one, two) = (issue(folder.path(), "one"), issue(folder.path(), "two"));
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing of the kind\n").unwrap();
    let nowhere = folder.path().join("nowhere.pem");
    for (certificate, key, named) in [
        (&nowhere, &one.key, "nowhere.pem"),
        (&one.certificate, &nowhere, "nowhere.pem"),
        (&empty, &one.key, "empty.pem"),
        (&one.certificate, &empty, "empty.pem"),
        (&one.key, &one.key, "one.key"),
        (&one.certificate, &two.key, "can't be used together"),
    ] {
        let error = Seal::read(certificate, key).err().unwrap().to_string();
        assert!(error.contains(named), "{error}");
    }
    Seal::read(&one.certificate, &one.key).unwrap();
}
