//! The models that run inside the app, on the CPU.
