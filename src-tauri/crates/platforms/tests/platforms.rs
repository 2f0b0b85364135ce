//! The Instagram client against servers that answer what the platform answers, and what it should not.
#![allow(clippy::unwrap_used)]

#[path = "platforms/acts.rs"]
mod acts;
#[path = "platforms/reading.rs"]
mod reading;
#[path = "platforms/support.rs"]
mod support;
#[path = "platforms/writing.rs"]
mod writing;
