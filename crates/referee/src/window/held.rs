//! What a figure was while each sample held until the next one: areas, in constant amortised time.
//!
//! The same two stacks as for tallies. What joins is a stretch of samples: the area from its first to its last one. The
//! newest sample that has left the window is kept, for it says what was so at the window's beginning.

use crate::window::Sum;

/// Some samples in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    count: u32,
    first_at: i64,
    last_at: i64,
    last: f64,
    /// From the first sample to the last one, in figure · ns.
    area: Sum,
}

impl Span {
    fn of(at: i64, figure: f64) -> Span {
        Span { count: 1, first_at: at, last_at: at, last: figure, area: Sum::default() }
    }

    /// This and the newer one together.
    fn then(&self, newer: &Span) -> Span {
        let mut area = self.area;
        area.add(self.last * (newer.first_at - self.last_at) as f64);
        area.add_sum(newer.area);
        Span { count: self.count + newer.count, first_at: self.first_at, area, ..*newer }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct HeldWindow {
    over: i64,
    /// The newest sample that is no longer inside.
    before: Option<(i64, f64)>,
    /// Oldest last; each with the span of itself and all newer ones in `front`.
    front: Vec<(i64, f64, Span)>,
    back: Vec<(i64, f64)>,
    back_span: Option<Span>,
}

impl HeldWindow {
    pub fn new(over: i64) -> HeldWindow {
        HeldWindow { over, before: None, front: Vec::new(), back: Vec::new(), back_span: None }
    }

    pub fn push(&mut self, at: i64, figure: f64) {
        self.forget(at);
        self.back.push((at, figure));
        let new = Span::of(at, figure);
        self.back_span = Some(self.back_span.map_or(new, |span| span.then(&new)));
    }

    /// The area over `[at − over, at]`, what was held at its end, and how many samples there were. `None`: what was held
    /// at its beginning is not known.
    pub fn area(&mut self, at: i64) -> Option<(f64, f64, u32)> {
        self.forget(at);
        let (_, before) = self.before?;
        let inside = match (self.front.last(), &self.back_span) {
            (Some((_, _, front)), Some(back)) => front.then(back),
            (Some((_, _, span)), None) | (None, Some(span)) => *span,
            (None, None) => return Some((before * self.over as f64, before, 0)),
        };
        let mut area = Sum::default();
        area.add(before * (inside.first_at - at.saturating_sub(self.over)) as f64);
        area.add_sum(inside.area);
        area.add(inside.last * (at - inside.last_at) as f64);
        Some((area.total(), inside.last, inside.count))
    }

    fn forget(&mut self, at: i64) {
        let gone = at.saturating_sub(self.over);
        loop {
            while let Some((at, figure, _)) = self.front.pop_if(|(at, ..)| *at <= gone) {
                self.before = Some((at, figure));
            }
            if !self.front.is_empty() || self.back.first().is_none_or(|(at, _)| *at > gone) {
                return;
            }
            self.turn_over();
        }
    }

    #[cold]
    fn turn_over(&mut self) {
        let mut newer: Option<Span> = None;
        for (at, figure) in self.back.drain(..).rev() {
            let own = Span::of(at, figure);
            let span = newer.map_or(own, |newer| own.then(&newer));
            self.front.push((at, figure, span));
            newer = Some(span);
        }
        self.back_span = None;
    }
}

/// The area over a phase, as far as it has come.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldPhase {
    count: u32,
    /// From when on something was held, and what is held since when.
    begun_at: i64,
    held: Option<(i64, f64)>,
    area: Sum,
}

impl HeldPhase {
    pub fn begin(at: i64, figure: Option<f64>) -> HeldPhase {
        HeldPhase { count: 0, begun_at: at, held: figure.map(|figure| (at, figure)), area: Sum::default() }
    }

    pub fn add(&mut self, at: i64, figure: f64) {
        match self.held {
            Some((since, held)) => self.area.add(held * (at - since) as f64),
            None => self.begun_at = at,
        }
        self.held = Some((at, figure));
        self.count += 1;
    }

    /// Area, time, what was held at the end, and how many samples there were.
    pub fn end(&self, at: i64) -> Option<(f64, i64, f64, u32)> {
        let (since, held) = self.held?;
        let mut area = self.area;
        area.add(held * (at - since) as f64);
        Some((area.total(), at - self.begun_at, held, self.count))
    }
}
