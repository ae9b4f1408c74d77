//! A file of leads while it is read: what has come in, and what is known of it so far.

use super::columns::{Columns, Misfit, guess};
use super::encoding::Text;
use super::records::{Next, Record, Records};
use super::rows::{Defaults, lead, rejected};
use crate::store::NewLead;
use crate::store::leads::Imported;
use hotdesk_protocol::dashboard::{
    ImportAnswer, ImportMapping, ImportPreview, LeadField, MAX_IMPORT_ROWS, MOST_PREVIEWED,
    MOST_REJECTED, RejectedCode,
};
use std::collections::HashMap;

/// Rows that the store looks at in one transaction.
pub const BATCH: usize = 1_000;

/// A row that can be taken, and the line on which it begins.
pub struct Row {
    pub line: u32,
    pub lead: NewLead,
}

pub struct Reading {
    text: Text,
    records: Records,
    mapping: Option<ImportMapping>,
    defaults: Defaults,
    columns: Option<Columns>,
    /// The line of each number; as a number it takes a third of the place. Most of the memory.
    seen: HashMap<u64, u32>,
    batch: Vec<Row>,
    full: bool,
    pub answer: ImportAnswer,
}

impl Reading {
    pub fn new(mapping: Option<ImportMapping>, defaults: Defaults) -> Self {
        Self {
            text: Text::new(),
            records: Records::new(),
            mapping,
            defaults,
            columns: None,
            seen: HashMap::new(),
            batch: Vec::new(),
            full: false,
            answer: ImportAnswer {
                import_id: None,
                rows: 0,
                fresh: 0,
                known: 0,
                rejected: Vec::new(),
                rejected_count: 0,
                preview: Vec::new(),
                columns: Vec::new(),
                guessed: ImportMapping::new(),
                encoding: String::new(),
                separator: String::new(),
            },
        }
    }

    /// Adds bytes of the file; `last` is its end.
    pub fn push(&mut self, bytes: &[u8], last: bool) {
        self.text.push(bytes, last, self.records.text());
        if last {
            self.records.end();
        }
    }

    /// Nothing more is taken of the file.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// There is enough in the file's first line, or in the mapping, to make leads of.
    pub fn is_mapped(&self) -> bool {
        self.columns.as_ref().is_some_and(Columns::suffice)
    }

    /// The next rows to be looked at: [`BATCH`] of them, or what is left where the file has ended;
    /// none before there is more of the file.
    pub fn batch(&mut self) -> Result<Option<Vec<Row>>, Misfit> {
        while !self.full && self.batch.len() < BATCH {
            match self.records.next() {
                Next::Record(record) => self.record(&record)?,
                Next::Bad(line, code) => {
                    self.count();
                    if !self.full {
                        self.reject(line, code, None);
                    }
                }
                Next::More => return Ok(None),
                Next::End => break,
            }
            if self.full {
                self.reject_rest();
            }
        }
        let rows = std::mem::take(&mut self.batch);
        Ok((!rows.is_empty()).then_some(rows))
    }

    fn record(&mut self, record: &Record) -> Result<(), Misfit> {
        let Some(columns) = &self.columns else {
            return self.head(record);
        };
        let suffice = columns.suffice();
        let made = lead(record, columns, &self.defaults);
        self.count();
        if self.full || !suffice {
            return Ok(());
        }
        match made {
            Err(code) => self.reject(record.line, code, None),
            Ok(lead) => {
                let number = lead.phone.trim_start_matches('+').parse().unwrap_or(0);
                if let Some(first) = self.seen.get(&number) {
                    self.reject(record.line, RejectedCode::Duplicate, Some(*first));
                } else {
                    self.seen.insert(number, record.line);
                    self.batch.push(Row {
                        line: record.line,
                        lead,
                    });
                }
            }
        }
        Ok(())
    }

    fn head(&mut self, record: &Record) -> Result<(), Misfit> {
        let names: Vec<String> = record
            .fields
            .iter()
            .map(|it| it.trim().to_owned())
            .collect();
        let guessed = guess(&names);
        let columns = Columns::of(self.mapping.as_ref().unwrap_or(&guessed), &names)?;
        let of_one_line = [LeadField::Name, LeadField::Phone];
        let of_one_line = of_one_line.into_iter().filter_map(|it| columns.at(it));
        self.records.of_one_line(of_one_line.collect());
        if columns.at(LeadField::Consent).is_some() {
            self.defaults.consent_needed = true;
        }
        self.columns = Some(columns);
        self.answer.columns = names;
        self.answer.guessed = guessed;
        Ok(())
    }

    fn count(&mut self) {
        if self.answer.rows == MAX_IMPORT_ROWS {
            self.full = true;
        } else {
            self.answer.rows += 1;
        }
    }

    fn reject_rest(&mut self) {
        let line = self.records.line();
        self.reject(line, RejectedCode::TooMany, None);
    }

    fn reject(&mut self, line: u32, code: RejectedCode, earlier: Option<u32>) {
        self.answer.rejected_count += 1;
        if self.answer.rejected.len() < MOST_REJECTED {
            self.answer.rejected.push(rejected(line, code, earlier));
        }
    }

    /// What became of a batch.
    pub fn settle(&mut self, rows: Vec<Row>, became: Vec<Imported>) {
        for (row, became) in rows.into_iter().zip(became) {
            let known = match became {
                Imported::Blocked => {
                    self.reject(row.line, RejectedCode::DoNotContact, None);
                    continue;
                }
                Imported::Fresh => {
                    self.answer.fresh += 1;
                    None
                }
                Imported::Known { id, status } => {
                    self.answer.known += 1;
                    Some((id, status))
                }
            };
            if self.answer.preview.len() < MOST_PREVIEWED {
                let (lead_id, status) = known.unzip();
                let lead = row.lead;
                self.answer.preview.push(ImportPreview {
                    line: row.line,
                    lead_id,
                    status,
                    name: lead.name,
                    phone: lead.phone,
                    company: lead.company,
                    position: lead.position,
                    site: lead.site,
                    pain: lead.pain,
                    consent: Some(lead.consent).filter(|consent| !consent.is_empty()),
                    time_zone: lead.time_zone,
                });
            }
        }
    }

    /// What is known at the end.
    pub fn end(mut self) -> ImportAnswer {
        self.answer.encoding = self.text.name();
        self.answer.separator = self.records.separator().to_string();
        self.answer.rejected.sort_by_key(|rejected| rejected.line);
        self.answer
    }
}
