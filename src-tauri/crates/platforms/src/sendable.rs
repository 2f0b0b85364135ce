//! What a text must be before it leaves, on every platform.

use crate::http::refused_here;
use domain::error::PlatformError;
use domain::text::char_count;

pub(crate) fn require_sendable(text: &str, max_chars: usize) -> Result<(), PlatformError> {
    let length = char_count(text);
    if text.trim().is_empty() || length > max_chars {
        return Err(refused_here(format!(
            "a text has 1 to {max_chars} characters, this one {length}"
        )));
    }
    Ok(())
}
