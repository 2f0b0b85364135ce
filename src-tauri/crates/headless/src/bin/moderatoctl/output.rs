//! Standard output, buffered, for readers that may go away before the end, as `head` does.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Nobody reads the output any more: there is nothing left to do, and nothing failed.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
struct ReaderGone;

pub struct Output(BufWriter<StdoutLock<'static>>);

impl Output {
    /// Holds standard output: nothing else of the program writes there.
    pub fn lock() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    pub fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self, "{text}")
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(marked)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(marked)
    }
}

/// A pipe of our own that broke, as opposed to any other.
fn marked(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => io::Error::new(io::ErrorKind::BrokenPipe, ReaderGone),
        _ => error,
    }
}

pub fn reader_is_gone(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .is_some_and(|inner| inner.is::<ReaderGone>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn a_reader_that_went_away_is_told_from_a_broken_connection() {
        let broken = || io::Error::from(io::ErrorKind::BrokenPipe);
        let gone = Err::<(), _>(marked(broken())).context("writing the export");
        assert!(gone.is_err_and(|error| reader_is_gone(&error)));
        assert!(
            !reader_is_gone(&broken().into()),
            "a pipe to somewhere else that broke is a failure"
        );
    }
}
