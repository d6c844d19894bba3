//! Turns at the press. A paper takes a processor for some tenths of a second, a bundle for as many as it has papers, and whoever was given a
//! link may ask for one: so many are set at the same time, so many more wait, and who comes beyond that is told to come again.

use std::sync::Arc;

use kernel::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use web::{ApiResult, Problem};

const AT_ONCE: usize = 3;
const WAITING_MOST: usize = 24;
const RETRY_AFTER_S: u32 = 5;

pub struct Turns {
    at_once: Arc<Semaphore>,
    /// Those at the press and those in the line.
    places: Arc<Semaphore>,
}

/// Goes with the work: who goes away while it is done leaves his turn to it.
pub struct Turn {
    _at_press: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Default for Turns {
    fn default() -> Self {
        Self { at_once: Semaphore::new(AT_ONCE).into(), places: Semaphore::new(AT_ONCE + WAITING_MOST).into() }
    }
}

impl Turns {
    pub async fn take(&self) -> ApiResult<Turn> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| {
            Problem::new(ErrorCode::Overloaded)
                .detail(
                    "排印的文件太多，请稍后再取",
                    "Too many papers are being printed just now; fetch it again in a moment",
                )
                .retry_after_s(RETRY_AFTER_S)
        })?;
        let at_press = self.at_once.clone().acquire_owned().await.map_err(Problem::internal)?;
        Ok(Turn { _at_press: at_press, _place: place })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn so_many_are_set_at_once_so_many_wait_and_nobody_beyond() {
        let turns = Turns::default();
        let mut taken: Vec<Turn> = Vec::new();
        for _ in 0..AT_ONCE {
            taken.push(turns.take().await.unwrap());
        }
        let mut line: Vec<_> = (0..WAITING_MOST).map(|_| Box::pin(turns.take())).collect();
        for waits in &mut line {
            assert!(waits.now_or_never().is_none(), "nobody is let in before one is done");
        }
        let refused = turns.take().await.err().unwrap();
        assert_eq!(refused.code(), ErrorCode::Overloaded);

        // The first in the line comes when one is done, and another may join it.
        taken.pop();
        let first = line.remove(0).now_or_never().unwrap().unwrap();
        let mut late = Box::pin(turns.take());
        assert!((&mut late).now_or_never().is_none());
        assert!(turns.take().await.is_err(), "the line is full again");

        // Who goes away gives his place back.
        drop(late);
        line.push(Box::pin(turns.take()));
        drop((first, taken));
        let let_in: Vec<_> = line.iter_mut().filter_map(FutureExt::now_or_never).collect();
        assert_eq!(let_in.len(), AT_ONCE, "as many as were done");
    }
}
