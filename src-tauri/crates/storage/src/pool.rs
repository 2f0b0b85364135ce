//! Opening, closing and the two pools.

use contract::ChangeBatch;
use tokio::sync::broadcast;

#[derive(Clone)]
pub struct Storage {
    pub(crate) changes: broadcast::Sender<ChangeBatch>,
}
