//! Bytes whose writer died or failed: they count as far as the store shows them, and nobody else adds to them.
//!
//! A request that lies in a DataNode's queue may still be carried out after its connection is gone, and an APPEND would
//! make a file grow whose length is written down already. So the file gets another name *first*: opening it by the old
//! one fails from then on, and whoever has it open by then is waited for. Only after that is it measured. The new name
//! follows from the old one, so the call can be repeated after a crash anywhere.

use storage::{ErrorKind, Overwrite};

use super::row::{Closing, Segment};
use crate::{Drive, Error, Result};

impl Drive {
    /// Makes an open segment an adopted one, or a void one when nothing of it ever arrived. Nothing is written to the
    /// database.
    ///
    /// # Errors
    /// [`Error::Busy`] while somebody writes it. `Corrupt` when the store shows less than the client was told it has:
    /// the wrong store, a disk that is not mounted, or a loss; the bytes may come back, so nothing is given up. The
    /// store's. The segment is as it was, and the call may be repeated.
    pub(super) async fn adopt(&self, segment: &mut Segment) -> Result<()> {
        let place = segment.adopted_path()?;
        if place != segment.path {
            match self.store().rename(&segment.path, &place, Overwrite::Never).await {
                // Nothing there: moved before, or never made. Something there already: what came to the old name since
                // is of a request that nobody waits for, and the sweeper takes it.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {}
                renamed => renamed?,
            }
        }
        let length = match self.store().seal(&place).await {
            Ok(length) => Some(length),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) if error.kind() == ErrorKind::Busy => return Err(Error::Busy),
            Err(error) => return Err(error.into()),
        };
        let found = length.unwrap_or(0);
        if found < segment.kept {
            let text = format!("the store shows {found} bytes where {} were acknowledged", segment.kept);
            return Err(storage::Error::new(ErrorKind::Corrupt, text).at(&place).into());
        }
        if length.is_some() {
            segment.path = place;
        }
        segment.closing = if length.is_some() { Closing::Adopted } else { Closing::Void };
        segment.length = Some(found);
        Ok(())
    }
}
