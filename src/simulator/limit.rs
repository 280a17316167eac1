//! The rate limit: so many requests in any 300 seconds (section 2 of api-facts.md).
//!
//! Whether IT Glue counts a fixed or a sliding window is unconfirmed; sliding is the stricter
//! reading. A refused request is not counted.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Window {
    limit: usize,
    per: Duration,
    taken: VecDeque<Instant>,
}

impl Window {
    pub fn new(limit: u32, per: Duration) -> Self {
        Self {
            limit: limit as usize,
            per,
            taken: VecDeque::new(),
        }
    }

    /// Takes one request, or tells in how many seconds one is free again.
    pub fn take(&mut self, now: Instant) -> Result<(), u64> {
        while self
            .taken
            .front()
            .is_some_and(|first| now.duration_since(*first) >= self.per)
        {
            self.taken.pop_front();
        }
        if self.taken.len() < self.limit {
            self.taken.push_back(now);
            return Ok(());
        }
        let wait = self.taken.front().map_or(self.per, |first| {
            self.per.saturating_sub(now.duration_since(*first))
        });
        Err(wait.as_secs() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_becomes_free_300_seconds_after_it_was_taken() {
        let mut window = Window::new(2, Duration::from_mins(5));
        let start = Instant::now();
        assert_eq!(window.take(start), Ok(()));
        assert_eq!(window.take(start + Duration::from_secs(100)), Ok(()));
        assert_eq!(window.take(start + Duration::from_secs(200)), Err(101));
        assert_eq!(window.take(start + Duration::from_mins(5)), Ok(()));
        assert_eq!(window.take(start + Duration::from_mins(5)), Err(101));
    }
}
