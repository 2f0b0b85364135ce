//! The receiver on a real database file, with the simulator at the other end, over loopback.
#![allow(clippy::unwrap_used)]

mod pages;
mod reading;
mod receiving;
mod support;
