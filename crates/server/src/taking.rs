//! A connection whose peer takes nothing is let go of: who follows an endless answer and stops reading would hold it for ever.
//!
//! Only standing still counts. A slow line that takes a byte now and then keeps its connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// So long a peer may take nothing of what waits for him.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub struct Taking<S> {
    socket: S,
    patience: Duration,
    /// Runs while something waits that nobody takes.
    waits: Option<Pin<Box<Sleep>>>,
}

impl<S> Taking<S> {
    pub fn new(socket: S, patience: Duration) -> Self {
        Self { socket, patience, waits: None }
    }

    fn timed<T>(&mut self, context: &mut Context<'_>, polled: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.waits = None;
            return polled;
        }
        let patience = self.patience;
        let waits = self.waits.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(waits.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes nothing")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Taking<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Taking<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write(context, bytes);
        self.timed(context, polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.socket).poll_write_vectored(context, parts);
        self.timed(context, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.socket).poll_flush(context);
        self.timed(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_let_go_of_and_who_is_slow_is_not() {
        let (mut peer, socket) = tokio::io::duplex(64);
        let mut taking = Taking::new(socket, PATIENCE);
        let slow = tokio::spawn(async move {
            let mut byte = [0; 8];
            for _ in 0..20 {
                tokio::time::sleep(PATIENCE / 2).await;
                peer.read_exact(&mut byte).await.unwrap();
            }
            peer
        });
        taking.write_all(&[1; 8 * 20 + 64]).await.unwrap();
        let _peer = slow.await.unwrap();
        let begun = tokio::time::Instant::now();
        assert_eq!(taking.write_all(&[1; 1]).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(begun.elapsed() >= PATIENCE);
    }
}
