//! How long to wait before another try: exponential with full jitter, as described in the AWS Architecture
//! Blog's "Exponential Backoff And Jitter".

use rand::Rng;
use std::time::Duration;

/// A wait in `0..=min(cap, base * 2^attempts)`.
pub fn full_jitter(attempts: u32, base: Duration, cap: Duration) -> Duration {
    let ceiling = base
        .saturating_mul(2u32.saturating_pow(attempts.min(20)))
        .min(cap);
    let millis = u64::try_from(ceiling.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(rand::rng().random_range(0..=millis))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_wait_never_exceeds_its_cap(attempts in 0u32..64, base in 1u64..10_000, cap in 1u64..600_000) {
            let wait = full_jitter(attempts, Duration::from_millis(base), Duration::from_millis(cap));
            prop_assert!(wait <= Duration::from_millis(cap));
        }
    }
}
