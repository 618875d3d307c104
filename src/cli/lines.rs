//! Writing whole lines, so that none is cut in two by whatever ends the command.

use std::fs::{File, Metadata};
use std::io::{self, Stdout, Write};

use super::signals::uncut;

/// A pipe takes so many bytes whole or not at all (PIPE_BUF).
const AT_ONCE: usize = if cfg!(target_os = "linux") { 4096 } else { 512 };

/// Takes lines and sends them on at once.
pub struct WholeLines<W> {
    to: W,
    /// Whether it is a file on a disk, which takes any amount without delay. Anything else may be a pipe or have a
    /// reader that stalls.
    is_file: bool,
}

impl WholeLines<Stdout> {
    /// Writes to standard output.
    pub fn to_stdout() -> Self {
        let to = io::stdout();
        let is_file = about(&to).is_some_and(|about| about.is_file());
        WholeLines { to, is_file }
    }
}

impl WholeLines<File> {
    /// Writes to a file.
    pub fn to_file(to: File) -> Self {
        let is_file = to.metadata().is_ok_and(|about| about.is_file());
        WholeLines { to, is_file }
    }
}

impl<W: Write> WholeLines<W> {
    /// Writes `lines`, each with its newline.
    pub fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.is_file {
            return uncut(|| self.send(lines));
        }
        let mut rest = lines;
        while !rest.is_empty() {
            let (piece, after) = first_piece(rest);
            rest = after;
            if piece.len() > AT_ONCE { uncut(|| self.send(piece)) } else { self.send(piece) }?;
        }
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.to.flush()
    }
}

/// As many whole lines as a pipe takes at once, or one that is longer, and the rest.
fn first_piece(lines: &[u8]) -> (&[u8], &[u8]) {
    let start = lines.get(..AT_ONCE).unwrap_or(lines);
    let end = match memchr::memrchr(b'\n', start) {
        Some(newline) => newline + 1,
        None => memchr::memchr(b'\n', lines).map_or(lines.len(), |newline| newline + 1),
    };
    lines.split_at_checked(end).unwrap_or((lines, &[]))
}

#[cfg(unix)]
fn about(stdout: &Stdout) -> Option<Metadata> {
    use std::os::fd::AsFd;
    File::from(stdout.as_fd().try_clone_to_owned().ok()?).metadata().ok()
}

#[cfg(not(unix))]
fn about(_: &Stdout) -> Option<Metadata> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_whole_lines_that_fit_a_pipe() {
        let line = |length: usize| [vec![b'x'; length - 1], vec![b'\n']].concat();
        for (lengths, expected) in [
            (vec![10, 20], vec![30]),
            (vec![AT_ONCE], vec![AT_ONCE]),
            (vec![AT_ONCE, 1], vec![AT_ONCE, 1]),
            (vec![AT_ONCE - 1, 1, 2], vec![AT_ONCE, 2]),
            (vec![AT_ONCE + 1, 5], vec![AT_ONCE + 1, 5]),
            (vec![5, AT_ONCE, 3 * AT_ONCE, 7], vec![5, AT_ONCE, 3 * AT_ONCE, 7]),
        ] {
            let lines: Vec<u8> = lengths.iter().flat_map(|length| line(*length)).collect();
            let (mut rest, mut pieces) = (lines.as_slice(), Vec::new());
            while !rest.is_empty() {
                let (piece, after) = first_piece(rest);
                pieces.push(piece.len());
                rest = after;
            }
            assert_eq!(pieces, expected, "{lengths:?}");
        }
        assert_eq!(first_piece(b"without an end"), (&b"without an end"[..], &b""[..]));
    }
}
