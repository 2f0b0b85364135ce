//! moderatoctl: the engine without a window.
