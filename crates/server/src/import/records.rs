//! Rows of comma-separated values (RFC 4180), as they come in, in bounded memory.
//!
//! A quote that is never closed would make one row of the rest of a file. So a row that is not as wide
//! as the first one, that has a line's end where none can be, or that does not end, costs only its
//! first line: the next one is read anew.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use hotdesk_protocol::dashboard::RejectedCode;

/// Longest row.
const MAX_ROW_BYTES: usize = 64 * 1024;
const MAX_COLUMNS: usize = 256;
/// So often a row is read again from its second line; past that, what it swallowed is lost with it.
const MOST_REREAD: u32 = 10_000;

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// The line on which it begins, from 1.
    pub line: u32,
    pub fields: Vec<String>,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    Record(Record),
    /// A row that cannot be read begins on this line.
    Bad(u32, RejectedCode),
    /// Nothing, before there is more of the file.
    More,
    End,
}

pub struct Records {
    text: String,
    /// How much of the text is done with.
    at: usize,
    line: u32,
    ended: bool,
    separator: Option<u8>,
    width: Option<usize>,
    /// Columns in which no line ends.
    of_one_line: Vec<usize>,
    /// The rest of a line that is too long is left out.
    skipping: bool,
    reread: u32,
    reader: Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    pub fn new() -> Self {
        Self {
            text: String::new(),
            at: 0,
            line: 1,
            ended: false,
            separator: None,
            width: None,
            of_one_line: Vec::new(),
            skipping: false,
            reread: 0,
            reader: Reader::new(),
            fields: vec![0; MAX_ROW_BYTES],
            ends: vec![0; MAX_COLUMNS],
        }
    }

    /// Where the next of the file is to be added.
    pub fn text(&mut self) -> &mut String {
        self.text.drain(..self.at);
        self.at = 0;
        &mut self.text
    }

    /// Nothing more is added.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// A line's end in one of these columns is a quote that was not closed.
    pub fn of_one_line(&mut self, columns: Vec<usize>) {
        self.of_one_line = columns;
    }

    /// What stands between two columns; a comma before that is known.
    pub fn separator(&self) -> char {
        self.separator.map_or(',', char::from)
    }

    /// The line at which the file is read.
    pub fn line(&self) -> u32 {
        self.line
    }

    pub fn next(&mut self) -> Next {
        if self.skipping && !self.skip_line() {
            return self.nothing();
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let blank = rest.len() - rest.trim_start_matches(['\r', '\n']).len();
        self.pass(blank);
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return self.nothing();
        }
        if self.separator.is_none() {
            let whole = self.ended || rest.len() > MAX_ROW_BYTES || rest.contains(['\n', '\r']);
            if !whole {
                return Next::More;
            }
            let separator = guess(rest);
            self.separator = Some(separator);
            self.reader = ReaderBuilder::new().delimiter(separator).build();
        }
        self.reader.reset();
        let rest = rest.as_bytes();
        let (result, mut read, mut written, mut ends) =
            self.reader
                .read_record(rest, &mut self.fields, &mut self.ends);
        let result = match result {
            ReadRecordResult::InputEmpty if self.ended => {
                // If one line's end more does not end it, a quote is open.
                let (result, _, more, ended) = self.reader.read_record(
                    b"\n",
                    &mut self.fields[written..],
                    &mut self.ends[ends..],
                );
                read = rest.len();
                written += more;
                ends += ended;
                result
            }
            whole @ (ReadRecordResult::InputEmpty
            | ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull
            | ReadRecordResult::Record
            | ReadRecordResult::End) => whole,
        };
        match result {
            ReadRecordResult::InputEmpty if !self.ended && rest.len() <= MAX_ROW_BYTES => {
                Next::More
            }
            ReadRecordResult::InputEmpty if self.ended => {
                self.bad(rest.len(), RejectedCode::BrokenOff)
            }
            ReadRecordResult::InputEmpty
            | ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull => {
                let length = rest.len();
                self.bad(length, RejectedCode::Unreadable)
            }
            ReadRecordResult::Record => self.record(read, written, ends),
            ReadRecordResult::End => Next::End,
        }
    }

    fn nothing(&self) -> Next {
        if self.ended { Next::End } else { Next::More }
    }

    fn record(&mut self, read: usize, written: usize, ends: usize) -> Next {
        let ends = self.ends.get(..ends).unwrap_or_default();
        let written = self.fields.get(..written).unwrap_or_default();
        let mut from = 0;
        let mut fields = Vec::with_capacity(ends.len());
        for end in ends {
            let field = written.get(from..*end).unwrap_or_default();
            fields.push(String::from_utf8_lossy(field).into_owned());
            from = *end;
        }
        let width = *self.width.get_or_insert(fields.len());
        let broken = |column: &usize| {
            fields
                .get(*column)
                .is_some_and(|field| field.contains(['\n', '\r']))
        };
        if fields.len() != width || self.of_one_line.iter().any(broken) {
            return self.bad(read, RejectedCode::Columns);
        }
        let line = self.line;
        self.pass(read);
        Next::Record(Record { line, fields })
    }

    /// Leaves out the first line of a row that takes so many bytes, or all of it.
    fn bad(&mut self, length: usize, code: RejectedCode) -> Next {
        let line = self.line;
        let row = self.text.get(self.at..self.at + length).unwrap_or_default();
        let ends = row.find(['\n', '\r']).map(|end| end + 1);
        if ends.is_some_and(|end| end < length) && self.reread < MOST_REREAD {
            self.reread += 1;
            self.pass(ends.unwrap_or(length));
        } else {
            self.skipping = ends.is_none() && !self.ended;
            self.pass(length);
        }
        Next::Bad(line, code)
    }

    /// Goes to the end of the line; false if it is not there yet.
    fn skip_line(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find('\n');
        let length = end.map_or(rest.len(), |end| end + 1);
        self.pass(length);
        self.skipping = end.is_none();
        !self.skipping
    }

    fn pass(&mut self, bytes: usize) {
        let passed = self.text.as_bytes().get(self.at..self.at + bytes);
        let lines = passed.unwrap_or_default().iter().filter(|it| **it == b'\n');
        let lines = u32::try_from(lines.count()).unwrap_or(u32::MAX);
        self.line = self.line.saturating_add(lines);
        self.at += bytes;
    }
}

/// Of comma, semicolon and tab the one that the first line has most of, outside of quotes.
fn guess(text: &str) -> u8 {
    let (mut commas, mut semicolons, mut tabs) = (0, 0, 0);
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            b',' if !quoted => commas += 1,
            b';' if !quoted => semicolons += 1,
            b'\t' if !quoted => tabs += 1,
            _ => {}
        }
    }
    if commas >= semicolons && commas >= tabs {
        b','
    } else if semicolons >= tabs {
        b';'
    } else {
        b'\t'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, piece: usize) -> Vec<Next> {
        let mut records = Records::new();
        records.of_one_line(vec![0]);
        let mut found = Vec::new();
        let letters: Vec<char> = text.chars().collect();
        let mut pieces = letters.chunks(piece);
        loop {
            match records.next() {
                Next::More => match pieces.next() {
                    Some(piece) => records.text().extend(piece),
                    None => records.end(),
                },
                Next::End => return found,
                next @ (Next::Record(_) | Next::Bad(..)) => found.push(next),
            }
        }
    }

    fn record(line: u32, fields: &[&str]) -> Next {
        let fields = fields.iter().map(|field| (*field).to_owned()).collect();
        Next::Record(Record { line, fields })
    }

    #[test]
    fn rows_are_read_however_they_come_in() {
        let text = "name;note\r\n\"Ana \"\"A\"\"\";\"two\r\nlines; one\"\r\n\r\nJoão;last";
        for piece in 1..40 {
            let expected = [
                record(1, &["name", "note"]),
                record(2, &["Ana \"A\"", "two\r\nlines; one"]),
                record(5, &["João", "last"]),
            ];
            assert_eq!(all(text, piece), expected, "in pieces of {piece}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_line_alone() {
        let text = "a,b\n1,\"x\n2,y\n3,z\n";
        let expected = [
            record(1, &["a", "b"]),
            Next::Bad(2, RejectedCode::BrokenOff),
            record(3, &["2", "y"]),
            record(4, &["3", "z"]),
        ];
        for piece in [1, 3, 100] {
            assert_eq!(all(text, piece), expected);
        }
        let text = "a,b\n\"1,x\n2,y\n3,\"z\"\n";
        let expected = [
            record(1, &["a", "b"]),
            Next::Bad(2, RejectedCode::Columns),
            record(3, &["2", "y"]),
            record(4, &["3", "z"]),
        ];
        assert_eq!(all(text, 100), expected);
    }

    #[test]
    fn a_row_of_another_width_is_bad_and_the_next_is_read() {
        let text = "a\tb\n1\n1\t2\t3\n1\t2\n";
        let expected = [
            record(1, &["a", "b"]),
            Next::Bad(2, RejectedCode::Columns),
            Next::Bad(3, RejectedCode::Columns),
            record(4, &["1", "2"]),
        ];
        assert_eq!(all(text, 5), expected);
    }

    #[test]
    fn a_row_without_end_takes_no_more_memory_than_a_row_may() {
        let mut records = Records::new();
        records.text().push_str("a,b\n");
        let mut bad = 0;
        for _ in 0..1_000 {
            records.text().push_str(&"x".repeat(4_096));
            loop {
                match records.next() {
                    Next::More => break,
                    Next::Bad(2, RejectedCode::Unreadable) => bad += 1,
                    next @ (Next::Record(_) | Next::Bad(..) | Next::End) => {
                        assert_eq!(next, record(1, &["a", "b"]));
                    }
                }
            }
            assert!(records.text.len() <= MAX_ROW_BYTES + 2 * 4_096);
        }
        records.text().push_str("\n1,2\n");
        assert_eq!(records.next(), record(3, &["1", "2"]));
        assert_eq!(bad, 1, "it is told once");
    }

    #[test]
    fn the_separator_is_the_one_the_first_line_has_most_of() {
        for (line, separator) in [
            ("a,b;c,d\n", b','),
            ("\"a,a,a\";b;c", b';'),
            ("a\tb", b'\t'),
            ("alone", b','),
        ] {
            assert_eq!(guess(line), separator, "{line}");
        }
    }
}
