//! The hub under strain, by its own listener: a topic that never rests, clients that never read, and everybody coming back
//! at once.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::gauge::{cpu, longest_queue, median, quantile, rounded, sorted_ms, tcp_kib};
use super::server::{Child, EPOCH, Kind, Publisher};
use super::spectators::{Crowd, Mark, Way, payload};

const SPECTATORS: usize = 5000;

/// 1,000 events a second on one topic.
pub fn busy_topic() -> anyhow::Result<Value> {
    const EVENTS_PER_SECOND: u64 = 1000;
    const SECONDS: u64 = 5;
    let child = Child::start(Kind::Listen, 1)?;
    let mut publisher = Publisher::connect(child.control)?;
    publisher.publish(&payload(300))?;
    let crowd = Crowd::gather(&Way::to(&child, Kind::Listen.path())?, SPECTATORS, Mark::Stamp)?;
    std::thread::sleep(Duration::from_millis(500));
    let heard = crowd.listen();
    let (began, before) = (Instant::now(), cpu(child.pid())?);
    for nth in 0..EVENTS_PER_SECOND * SECONDS {
        let due = began + Duration::from_micros(nth * 1_000_000 / EVENTS_PER_SECOND);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        publisher.publish(&payload(300))?;
    }
    crowd.wait_for(u64::MAX, Duration::from_millis(300));
    let (took, spent) = (began.elapsed() - Duration::from_millis(300), cpu(child.pid())? - before);
    let frames = heard.take().len() as f64 / SPECTATORS as f64 / took.as_secs_f64();
    let cores = spent.as_secs_f64() / took.as_secs_f64();
    println!(
        "{EVENTS_PER_SECOND} events a second to {SPECTATORS}: {frames:.1} frames a second each, {cores:.2} of a core"
    );
    Ok(
        json!({ "events_per_second": EVENTS_PER_SECOND, "spectators": SPECTATORS, "frames_per_second": rounded(frames), "cores": rounded(cores) }),
    )
}

/// What clients that never read cost the kernel and the others.
pub fn stuck_clients(runs: usize) -> anyhow::Result<Value> {
    const READERS: usize = 1000;
    const STUCK: usize = 200;
    let child = Child::start(Kind::Listen, 1)?;
    let way = Way::to(&child, Kind::Listen.path())?;
    let mut publisher = Publisher::connect(child.control)?;
    publisher.publish(&payload(3000))?;
    let crowd = Crowd::gather(&way, READERS, Mark::Stamp)?;
    let p99 = |publisher: &mut Publisher| -> anyhow::Result<f64> {
        let heard = crowd.listen();
        for _ in 0..60 {
            publisher.publish(&payload(3000))?;
            std::thread::sleep(Duration::from_millis(60));
        }
        crowd.wait_for(60 * READERS as u64, Duration::from_millis(300));
        let spans = sorted_ms(heard.take().iter().map(|arrival| arrival.at_ns.saturating_sub(arrival.number)));
        Ok(quantile(&spans, 0.99))
    };
    let (mut ratios, mut alone, mut beside, mut queue, mut kernel_kib) =
        (Vec::new(), Vec::new(), Vec::new(), 0, 0.0f64);
    for _ in 0..runs.max(1) {
        let without = p99(&mut publisher)?;
        let before = tcp_kib()?;
        let stuck = (0..STUCK)
            .map(|_| {
                let mut socket = TcpStream::connect(way.address)?;
                socket.write_all(format!("GET {} HTTP/1.1\r\nHost: hall\r\n\r\n", way.path).as_bytes())?;
                Ok(socket)
            })
            .collect::<std::io::Result<Vec<TcpStream>>>()?;
        // Until none of them takes anything any more.
        for _ in 0..40 {
            publisher.publish(&payload(32 * 1024))?;
            std::thread::sleep(Duration::from_millis(60));
        }
        crowd.wait_for(u64::MAX, Duration::from_millis(300));
        queue = queue.max(longest_queue(way.address.port())?);
        kernel_kib = kernel_kib.max((tcp_kib()? as f64 - before as f64) / STUCK as f64);
        let with = p99(&mut publisher)?;
        println!("others' p99 {without:.1} ms alone, {with:.1} ms beside {STUCK} stuck clients");
        ratios.push(with / without);
        alone.push(without);
        beside.push(with);
        drop(stuck);
        std::thread::sleep(Duration::from_millis(300));
    }
    let ratio = median(ratios);
    println!(
        "a stuck client: {} KiB in the hall's send queue at most, {kernel_kib:.0} KiB of kernel memory with its own end; others' p99 x {ratio:.2}",
        queue / 1024
    );
    Ok(json!({
        "stuck": STUCK, "readers": READERS, "send_queue_kib_max": queue / 1024, "kernel_kib_both_ends": rounded(kernel_kib),
        "p99_ms_alone": rounded(median(alone)), "p99_ms_beside": rounded(median(beside)), "p99_ratio": rounded(ratio),
    }))
}

/// Everybody was cut off and comes back at once, with the version he had. Those who stayed are watched meanwhile.
pub fn storm(kind: Kind) -> anyhow::Result<Value> {
    const STAYED: usize = 500;
    let child = Child::start(kind, 1)?;
    let mut publisher = Publisher::connect(child.control)?;
    for _ in 0..3 {
        publisher.publish(&payload(3000))?;
        std::thread::sleep(Duration::from_millis(60));
    }
    let way = Way::to(&child, kind.path())?;
    let stayed = Crowd::gather(&way, STAYED, Mark::Stamp)?;
    let heard = stayed.listen();
    let before = cpu(child.pid())?;
    let began = Instant::now();
    let coming = std::thread::spawn({
        let way = Way { path: format!("{}?last_event_id={EPOCH}-2", way.path), ..way.clone() };
        move || Crowd::gather(&way, SPECTATORS, Mark::Stamp).map(|crowd| (crowd, began.elapsed()))
    });
    let mut published = 0;
    while !coming.is_finished() {
        publisher.publish(&payload(3000))?;
        published += 1;
        std::thread::sleep(Duration::from_millis(60));
    }
    let (back, took) = coming.join().map_err(|_| anyhow::anyhow!("the crowd panicked"))??;
    let spent = cpu(child.pid())? - before;
    stayed.wait_for(published * STAYED as u64, Duration::from_millis(300));
    let spans = sorted_ms(heard.take().iter().map(|arrival| arrival.at_ns.saturating_sub(arrival.number)));
    drop(back);
    let (took, p99) = (took.as_secs_f64(), quantile(&spans, 0.99));
    let us = spent.as_secs_f64() * 1e6 / SPECTATORS as f64;
    println!(
        "{}: {SPECTATORS} came back within {took:.2} s, {us:.0} us of CPU each; those who stayed: p50 {:.1} ms, p99 {p99:.1} ms",
        kind.name(),
        quantile(&spans, 0.5)
    );
    Ok(
        json!({ "came_back": SPECTATORS, "seconds": rounded(took), "cpu_us_each": rounded(us), "stayed_p50_ms": rounded(quantile(&spans, 0.5)), "stayed_p99_ms": rounded(p99) }),
    )
}
