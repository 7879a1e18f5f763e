//! Failures on demand, for the tests of whoever uses a store: lost answers, outages, writes that break off, calls that
//! hang until told otherwise. It refuses to be random: every failure is one that a test asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use crate::{ClusterState, Error, ErrorKind, Result, StorePath};

/// What a fault can be put on: the calls of [`BlobStore`](crate::BlobStore) and of its writers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `create`
    Create,
    /// `append`
    Append,
    /// `BlobWriter::write`
    Write,
    /// `BlobWriter::finish`
    Finish,
    /// `BlobWriter::abort`
    Abort,
    /// `seal`
    Seal,
    /// `concat`
    Concat,
    /// `rename`
    Rename,
    /// `read`; only the call, see [`Faults::break_reads_after`] for the stream
    Read,
    /// `stat`
    Stat,
    /// `list`
    List,
    /// `delete`
    Delete,
    /// `usage`
    Usage,
}

/// Whether a failing call does its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// It fails and nothing has happened.
    Before,
    /// It fails and everything has happened: the answer was lost.
    After,
}

/// The handle by which a test makes its [`MemoryStore`](crate::MemoryStore) fail. Clones act on the same store.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    failures: HashMap<Operation, Vec<Failure>>,
    holds: HashMap<Operation, Vec<Hold>>,
    calls: HashMap<Operation, u64>,
    outage: Option<ErrorKind>,
    write_budget: Option<u64>,
    read_budget: Option<u64>,
    concat_steps: Option<usize>,
    cluster: Option<ClusterState>,
}

#[derive(Debug)]
struct Failure {
    times: u64,
    kind: ErrorKind,
    when: When,
}

#[derive(Debug)]
struct Hold {
    reached: oneshot::Sender<()>,
    release: watch::Receiver<bool>,
}

/// A call that will be, or is, stopped before it does anything. Dropping this lets the call go on.
#[derive(Debug)]
pub struct Held {
    reached: Option<oneshot::Receiver<()>>,
    release: watch::Sender<bool>,
}

impl Held {
    /// Waits until the call has arrived at the store and stands there.
    pub async fn reached(&mut self) {
        if let Some(reached) = self.reached.take() {
            // An error means that the fault was withdrawn by `mend`, which counts as passed.
            reached.await.ok();
        }
    }

    /// Lets the call go on.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release.send_replace(true);
    }
}

impl Faults {
    /// The next `times` calls of `operation` fail with `kind`. Several orders for one operation are served in turn.
    pub fn fail(&self, operation: Operation, times: u64, kind: ErrorKind, when: When) {
        self.plan().failures.entry(operation).or_default().push(Failure { times, kind, when });
    }

    /// From now on everything fails with `kind` before it does anything, until [`mend`](Self::mend). Under
    /// [`ErrorKind::SafeMode`] reads go on; `health` tells of it.
    pub fn outage(&self, kind: ErrorKind) {
        self.plan().outage = Some(kind);
    }

    /// Writers of all files together take this many bytes more; then every write fails as unavailable, and what was
    /// taken stays in the file, until [`mend`](Self::mend).
    pub fn break_writes_after(&self, bytes: u64) {
        self.plan().write_budget = Some(bytes);
    }

    /// All reads together deliver this many bytes more; then every stream ends with an error, until
    /// [`mend`](Self::mend).
    pub fn break_reads_after(&self, bytes: u64) {
        self.plan().read_budget = Some(bytes);
    }

    /// The next `concat` stops as unavailable when it has joined this many pieces. With as many as there are pieces it
    /// stops between joining the last one and giving the file its name.
    pub fn interrupt_concat_after(&self, pieces: usize) {
        self.plan().concat_steps = Some(pieces);
    }

    /// From now on the store says that it is a cluster in this state.
    pub fn pretend_cluster(&self, state: ClusterState) {
        self.plan().cluster = Some(state);
    }

    pub(super) fn pretended_cluster(&self) -> Option<ClusterState> {
        self.plan().cluster
    }

    /// Stops the next call of `operation` at the door until the answer is released or dropped.
    #[must_use]
    pub fn hold(&self, operation: Operation) -> Held {
        let (reached, was_reached) = oneshot::channel();
        let (release, released) = watch::channel(false);
        self.plan().holds.entry(operation).or_default().push(Hold { reached, release: released });
        Held { reached: Some(was_reached), release }
    }

    /// How often `operation` was called so far, failures included.
    #[must_use]
    pub fn calls(&self, operation: Operation) -> u64 {
        self.plan().calls.get(&operation).copied().unwrap_or(0)
    }

    /// How many handles there are: one of each clone of the store, and one of each stream that is being read.
    #[must_use]
    pub fn handles(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    /// Withdraws every fault; counters stay.
    pub fn mend(&self) {
        let mut plan = self.plan();
        let calls = std::mem::take(&mut plan.calls);
        *plan = Plan { calls, ..Plan::default() };
    }

    /// The door: counts the call, holds it, and fails it if that was ordered. `Ok(Some(_))` is the error to answer
    /// with after the work is done.
    pub(super) async fn enter(
        &self,
        operation: Operation,
        path: Option<&StorePath>,
    ) -> Result<Option<Error>> {
        let hold = {
            let mut plan = self.plan();
            *plan.calls.entry(operation).or_default() += 1;
            let holds = plan.holds.entry(operation).or_default();
            if holds.is_empty() { None } else { Some(holds.remove(0)) }
        };
        if let Some(Hold { reached, mut release }) = hold {
            reached.send(()).ok();
            release.wait_for(|released| *released).await.ok();
        }
        let failure = |kind| {
            let error = Error::new(kind, format!("ordered by a test for {operation:?}"));
            path.map_or(Error::new(kind, "ordered by a test"), |path| error.at(path))
        };
        let mut plan = self.plan();
        let reads =
            matches!(operation, Operation::Read | Operation::Stat | Operation::List | Operation::Usage);
        match plan.outage {
            Some(ErrorKind::SafeMode) if reads => {}
            Some(kind) => return Err(failure(kind)),
            None => {}
        }
        let orders = plan.failures.entry(operation).or_default();
        orders.retain(|order| order.times > 0);
        let Some(order) = orders.first_mut() else { return Ok(None) };
        order.times -= 1;
        match order.when {
            When::Before => Err(failure(order.kind)),
            When::After => Ok(Some(failure(order.kind))),
        }
    }

    pub(super) fn current_outage(&self) -> Option<ErrorKind> {
        self.plan().outage
    }

    /// How many of `wanted` bytes may pass, and whether the stream breaks after them.
    pub(super) fn spend_writes(&self, wanted: u64) -> (u64, bool) {
        spend(&mut self.plan().write_budget, wanted)
    }

    /// The same for reads.
    pub(super) fn spend_reads(&self, wanted: u64) -> (u64, bool) {
        spend(&mut self.plan().read_budget, wanted)
    }

    /// The number of pieces after which this concatenation stops; asking takes the order away.
    pub(super) fn take_concat_interruption(&self) -> Option<usize> {
        self.plan().concat_steps.take()
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spend(budget: &mut Option<u64>, wanted: u64) -> (u64, bool) {
    match budget {
        None => (wanted, false),
        Some(left) => {
            let granted = wanted.min(*left);
            *left -= granted;
            (granted, granted < wanted)
        }
    }
}
