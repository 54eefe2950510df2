//! Parts that are written in a thread of their own: while one batch is written, the next is read.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use arrow::array::RecordBatch;

use super::writer::{Part, Writer};
use crate::error::{Error, Kind, Result};

/// Batches that may wait to be written; each is held in memory.
const WAITING: usize = 1;

/// A writer at work in its thread. Dropped before `finish`, it leaves nothing behind.
pub struct Beside {
    batches: Option<SyncSender<RecordBatch>>,
    writing: Option<JoinHandle<Result<Writer>>>,
}

impl Beside {
    /// Hands a writer to a thread.
    ///
    /// # Errors
    /// `Kind::Config` when the machine has no thread left.
    pub fn new(writer: Writer) -> Result<Self> {
        let (batches, waiting) = sync_channel(WAITING);
        let writing = thread::Builder::new()
            .name("landing".to_owned())
            .spawn(move || written(writer, &waiting))
            .map_err(|cause| {
                Error::new(Kind::Config, "nothing can be written beside the reading")
                    .hint("the machine has no thread left: end other programs")
                    .because(cause)
            })?;
        Ok(Self {
            batches: Some(batches),
            writing: Some(writing),
        })
    }

    /// Has a batch of the writer's schema appended, some time before `finish` ends.
    ///
    /// # Errors
    /// As [`Writer::write`], for this batch or one before it.
    pub fn write(&mut self, batch: RecordBatch) -> Result<()> {
        match &self.batches {
            Some(batches) if batches.send(batch).is_ok() => Ok(()),
            // The thread ends before its time only when it failed.
            _ => self.ended().map(drop),
        }
    }

    /// Waits until all batches are written. See [`Writer::finish`].
    ///
    /// # Errors
    /// As [`Writer::write`] and [`Writer::finish`].
    pub fn finish(mut self) -> Result<Vec<Part>> {
        self.ended()?.finish()
    }

    fn ended(&mut self) -> Result<Writer> {
        drop(self.batches.take());
        match self.writing.take().map(JoinHandle::join) {
            Some(Ok(writer)) => writer,
            Some(Err(cause)) => resume_unwind(cause),
            None => Err(Error::new(
                Kind::Bug,
                "parts were written on after a failure",
            )),
        }
    }
}

impl Drop for Beside {
    /// Nothing is left only when nobody writes any more.
    fn drop(&mut self) {
        drop(self.batches.take());
        drop(self.writing.take().map(JoinHandle::join));
    }
}

fn written(mut writer: Writer, batches: &Receiver<RecordBatch>) -> Result<Writer> {
    batches.iter().try_for_each(|batch| writer.write(&batch))?;
    Ok(writer)
}
