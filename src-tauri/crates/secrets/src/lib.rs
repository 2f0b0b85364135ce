//! The keychain and its fallbacks.
