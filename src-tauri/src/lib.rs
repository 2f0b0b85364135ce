//! The desktop shell: the only code that knows Tauri.
