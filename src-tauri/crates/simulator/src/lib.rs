//! A platform that runs on loopback.
