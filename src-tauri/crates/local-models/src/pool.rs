//! The threads on which models compute: as many as the machine has, apart from everyone else's.

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::sync::OnceLock;

static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();

/// Runs `work` on the pool and waits. On a machine that refuses new threads it runs on rayon's own.
pub fn run<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let pool = POOL.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let built = ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("model-{index}"))
            .build();
        built
            .inspect_err(|error| tracing::warn!(%error, "no threads of their own for models"))
            .ok()
    });
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
