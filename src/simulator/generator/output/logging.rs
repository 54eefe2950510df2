//! What is written around records, and how defects get into the log.

use super::super::manifest::Listed;
use super::super::packing::WORKBOOK;
use super::super::row::Row;
use super::super::tables::Kind as Column;
use super::super::text::{BROKEN, Form};
use super::super::truth::Defect;
use super::super::variant::{Expected, Variant};
use super::super::variants::plan::{Aspect, Mark};
use super::super::variants::plant::Dirty;
use super::super::variants::rows::Treated;
use super::super::variants::shapes::Format;
use super::{OVERLAP, Output};
use crate::error::Result;

impl Output<'_> {
    /// Logs what is wrong with a file as a whole.
    pub(super) fn log_marks(&mut self, path: &str, part: u64) -> Result<()> {
        for (variant, finding) in self.shape.marks(part) {
            let expected = Variant::numbered(variant).expected();
            self.log
                .push(&self.defect(path, variant, (expected, finding)))?;
        }
        self.log_plan(path, |mark| mark.aspect != Aspect::Between)
    }

    /// Logs what stands between records, once it does.
    pub(super) fn log_between(&mut self, path: &str) -> Result<()> {
        let Some(open) = self.open.get_mut(path) else {
            return Ok(());
        };
        if !open.is_interrupted || open.is_logged {
            return Ok(());
        }
        open.is_logged = true;
        self.log_plan(path, |mark| mark.aspect == Aspect::Between)
    }

    /// Logs that a view ends, once there is a record that it does not show.
    pub(super) fn log_cap(&mut self, most: u64) -> Result<()> {
        if self.index != most + 1 {
            return Ok(());
        }
        let path = self.shape.part_path(self.shape.part(most));
        let expected = Variant::numbered(77).expected();
        self.log
            .push(&self.defect(&path, 77, (expected, "rows_capped")))
    }

    fn log_plan(&mut self, path: &str, is_meant: fn(&Mark) -> bool) -> Result<()> {
        for mark in self.plan.marks.iter().filter(|mark| is_meant(mark)) {
            let defect = Defect {
                column: mark.column,
                clean: mark.clean.map(str::to_owned),
                dirty: mark.dirty.clone(),
                ..self.defect(path, mark.variant, (mark.expected, mark.finding))
            };
            self.log.push(&defect)?;
        }
        Ok(())
    }

    /// A defect of a file as a whole.
    pub(super) fn defect(&self, path: &str, variant: u8, what: (Expected, &'static str)) -> Defect {
        // As a reader meets it: sheets are in one workbook.
        let path = match self.shape.format {
            Format::Sheet => WORKBOOK,
            _ => path,
        };
        Defect::of(variant, (self.table.object, path), what)
    }

    pub(super) fn log_planted(
        &mut self,
        path: &str,
        line: u64,
        row: &Row,
        planted: Vec<Dirty>,
    ) -> Result<()> {
        for Dirty {
            place,
            spelling,
            text,
        } in planted
        {
            let defect = Defect {
                line: Some(line),
                record_id: Some(row.id().to_owned()),
                column: self.table.columns.get(place).map(|column| column.name),
                clean: row.cells.get(place).cloned(),
                dirty: Some(text.replace(BROKEN, "\u{fffd}")),
                ..self.defect(
                    path,
                    spelling.variant,
                    (spelling.expected, spelling.finding),
                )
            };
            self.log.push(&defect)?;
        }
        Ok(())
    }

    /// Logs a defect of a whole record: clean and dirty text.
    pub(super) fn log_row(
        &mut self,
        path: &str,
        line: u64,
        row: &Row,
        what: (u8, Expected, &'static str),
        [clean, dirty]: [Option<String>; 2],
    ) -> Result<()> {
        let defect = Defect {
            line: Some(line),
            record_id: Some(row.id().to_owned()),
            clean,
            dirty,
            ..self.defect(path, what.0, (what.1, what.2))
        };
        self.log.push(&defect)
    }

    /// Writes a record once more if it is to stand there twice, and remembers it for the next part.
    pub(super) fn again(
        &mut self,
        path: &str,
        mut line: u64,
        row: &Row,
        treated: Treated,
        cells: Vec<String>,
    ) -> Result<()> {
        if let Some(mark) = treated.mark {
            if let Some(changes) = treated.again {
                let mut again = cells.clone();
                for (place, text) in changes {
                    if let Some(cell) = again.get_mut(place) {
                        *cell = text;
                    }
                }
                line = self.write(path, &again, &Form::Plain)?;
            }
            let what = (mark.variant, mark.expected, mark.finding);
            self.log_row(path, line, row, what, [mark.clean, mark.dirty])?;
        }
        if self.shape.is_overlapping {
            self.last.push((row.id().to_owned(), cells));
            let surplus = self.last.len().saturating_sub(OVERLAP);
            self.last.drain(..surplus);
        }
        Ok(())
    }

    /// Writes the last records of the part before into a new one.
    pub(super) fn overlap(&mut self, path: &str) -> Result<()> {
        for (id, cells) in std::mem::take(&mut self.last) {
            let line = self.write(path, &cells, &Form::Plain)?;
            let defect = Defect {
                line: Some(line),
                dirty: Some(id.clone()),
                record_id: Some(id),
                ..self.defect(path, 5, (Expected::Recovered, "record_again"))
            };
            self.log.push(&defect)?;
        }
        Ok(())
    }

    /// Closes what is open.
    pub(super) fn close(&mut self) -> Result<()> {
        for (path, mut open) in std::mem::take(&mut self.open) {
            if self.plan.has_total && self.shape.format == Format::Text {
                let total = self.total_row();
                open.file
                    .record(total.iter().map(String::as_str), &Form::Plain)?;
            }
            let end = match self.shape.format {
                Format::Json => "\n]\n",
                Format::JsonWrapped => "\n]}\n",
                Format::Html => "</table></body></html>\n",
                _ => "",
            };
            open.file.raw(end)?;
            let written = open.file.finish()?;
            self.done.push(Listed {
                path,
                object: self.table.object,
                rows: open.rows,
                bytes: written.bytes,
                sha256: written.sha256,
            });
        }
        Ok(())
    }

    /// A row that sums up the others; what it says is not true, as the last one was added by hand.
    fn total_row(&self) -> Vec<String> {
        let cell = |(place, column): (usize, &super::Table)| {
            let kind = column.columns.get(place).map(|column| column.kind);
            match kind {
                _ if place == 0 => "Total".to_owned(),
                Some(Column::Money) => "1234567.00".to_owned(),
                _ => String::new(),
            }
        };
        let places = 0..self.plan.fields.len();
        places.map(|place| cell((place, self.table))).collect()
    }

    /// Ends the object: a file with only a header, if there was no record. The files that were written.
    pub fn finish(mut self) -> Result<Vec<Listed>> {
        if self.index == 0 {
            let path = self.shape.part_path(0);
            self.turn_to(&path)?;
        }
        self.close()?;
        Ok(self.done)
    }
}
