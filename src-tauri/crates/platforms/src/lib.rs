//! Clients of the platforms: one module each.
