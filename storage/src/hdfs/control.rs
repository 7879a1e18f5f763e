//! The control plane: the `webhdfs` crate on a thread of its own.
//!
//! Its client is not `Send`, so it lives in an actor with a current-thread runtime; callers send it closures. Only
//! calls that may be repeated without harm go this way, because an answer that is lost makes us ask the other NameNode.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::LocalBoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use webhdfs::async_client::{FOResult, FOState};
use webhdfs::{
    DeleteOptions, FileStatus, HdfsClient, HdfsClientBuilder, MkdirsOptions, RemoteException, Uri,
};

use super::address::Address;
use super::exception::{Exception, Failure};
use crate::{Error, ErrorKind, Result};

/// Calls that wait for the actor before callers have to wait for a place.
const QUEUE: usize = 64;

type Job = Box<dyn FnOnce(Rc<HdfsClient>) -> LocalBoxFuture<'static, ()> + Send>;

/// A handle on the actor; the thread ends when the last one is dropped.
#[derive(Clone, Debug)]
pub(super) struct ControlPlane {
    jobs: mpsc::Sender<Job>,
    /// The NameNode that answered last, shared with the byte client.
    active: Arc<AtomicUsize>,
    namenodes: usize,
    deadline: Duration,
}

impl ControlPlane {
    /// Starts the thread.
    pub(super) fn start(address: &Address, active: Arc<AtomicUsize>, deadline: Duration) -> Result<Self> {
        let entry = |namenode: &String| {
            format!("http://{namenode}").parse::<Uri>().map_err(|error| {
                Error::new(ErrorKind::Invalid, format!("`{namenode}` is not host:port")).caused_by(error)
            })
        };
        let uris = address.namenodes.iter().map(entry).collect::<Result<Vec<_>>>()?;
        let user = address.user.clone();
        let (jobs, queue) = mpsc::channel(QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| start_failed(&error))?;
        std::thread::Builder::new()
            .name("webhdfs-control".to_owned())
            .spawn(move || {
                let client = Rc::new(client(uris, user, deadline));
                tokio::task::LocalSet::new().block_on(&runtime, serve(client, queue));
            })
            .map_err(|error| start_failed(&error))?;
        Ok(Self { jobs, active, namenodes: address.namenodes.len(), deadline })
    }

    /// Makes a directory and its parents; an existing one is fine.
    pub(super) async fn mkdirs(&self, path: String, deadline: Duration) -> Result<()> {
        let made = self
            .ask(deadline, move |client, state| {
                let path = path.clone();
                Box::pin(async move { client.mkdirs(state, &path, MkdirsOptions::new()).await })
            })
            .await?;
        if made { Ok(()) } else { Err(Error::new(ErrorKind::Unavailable, "the directory was not made")) }
    }

    pub(super) async fn stat(&self, path: String) -> Result<FileStatus> {
        let answer = self.ask(self.deadline, move |client, state| {
            let path = path.clone();
            Box::pin(async move { client.stat(state, &path).await })
        });
        Ok(answer.await?.file_status)
    }

    pub(super) async fn list(&self, path: String) -> Result<Vec<FileStatus>> {
        let answer = self.ask(self.deadline, move |client, state| {
            let path = path.clone();
            Box::pin(async move { client.dir(state, &path).await })
        });
        Ok(answer.await?.file_statuses.file_status)
    }

    /// Removes for good, whatever is below included; `false` when nothing was there.
    pub(super) async fn delete(&self, path: String) -> Result<bool> {
        let answer = self.ask(self.deadline, move |client, state| {
            let path = path.clone();
            Box::pin(async move { client.delete(state, &path, DeleteOptions::new().recursive(true)).await })
        });
        answer.await
    }

    /// Joins files. The crate takes the empty answer of Hadoop 3 for an error: an `Err` may well have succeeded, the
    /// caller has to look.
    pub(super) async fn concat(&self, target: String, sources: Vec<String>) -> Result<()> {
        let answer = self.ask(self.deadline, move |client, state| {
            let (target, sources) = (target.clone(), sources.clone());
            Box::pin(async move { client.concat(state, &target, sources).await })
        });
        answer.await
    }

    /// Sends one call, first to the NameNode that answered last and then to the other one.
    async fn ask<T: Send + 'static>(
        &self,
        deadline: Duration,
        call: impl Fn(Rc<HdfsClient>, FOState) -> LocalBoxFuture<'static, FOResult<T>> + Clone + Send + 'static,
    ) -> Result<T> {
        // Half of the time for each, so that a NameNode that swallows packets leaves some for the other.
        let share = deadline / u32::try_from(self.namenodes).unwrap_or(1).max(1);
        let mut namenode = self.active.load(Ordering::Relaxed);
        for _ in 1..self.namenodes {
            match self.ask_one(namenode, share, call.clone()).await {
                Err(failure) if failure.elsewhere => namenode = (namenode + 1) % self.namenodes,
                other => return other.map_err(|failure| failure.error),
            }
        }
        self.ask_one(namenode, share, call).await.map_err(|failure| failure.error)
    }

    async fn ask_one<T: Send + 'static>(
        &self,
        namenode: usize,
        deadline: Duration,
        call: impl FnOnce(Rc<HdfsClient>, FOState) -> LocalBoxFuture<'static, FOResult<T>> + Send + 'static,
    ) -> Result<T, Failure> {
        let state = if namenode == 0 { FOState::PRIMARY } else { FOState::ALT };
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |client| {
            Box::pin(async move {
                let result = timeout(deadline, call(client, state)).await;
                // Nobody waits any more when the caller was cancelled.
                drop(
                    reply
                        .send(result.map(|result| result.map_err(|(error, state)| (failure(&error), state)))),
                );
            })
        });
        let gone = || Failure::from(Error::new(ErrorKind::Unavailable, "the control thread has ended"));
        self.jobs.send(job).await.map_err(|_| gone())?;
        let late =
            || Error::new(ErrorKind::Timeout, format!("the NameNode did not answer within {deadline:?}"));
        match answer.await.map_err(|_| gone())? {
            Ok(Ok((value, state))) => {
                self.active.store(usize::from(state.is_alt()), Ordering::Relaxed);
                Ok(value)
            }
            Ok(Err((failure, state))) => {
                if !failure.elsewhere {
                    self.active.store(usize::from(state.is_alt()), Ordering::Relaxed);
                }
                Err(failure)
            }
            Err(_) => Err(Failure { error: late(), elsewhere: true }),
        }
    }
}

fn start_failed(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, format!("the control thread could not be started: {error}"))
}

fn client(uris: Vec<Uri>, user: String, deadline: Duration) -> HdfsClient {
    let mut uris = uris.into_iter();
    let builder =
        HdfsClientBuilder::new(uris.next().unwrap_or_default()).user_name(user).default_timeout(deadline);
    match uris.next() {
        Some(alternative) => builder.alt_entrypoint(alternative).build(),
        None => builder.build(),
    }
}

async fn serve(client: Rc<HdfsClient>, mut queue: mpsc::Receiver<Job>) {
    while let Some(job) = queue.recv().await {
        // Side by side: one slow call must not hold up the others. Each has its own deadline.
        tokio::task::spawn_local(job(Rc::clone(&client)));
    }
}

/// The crate hides its causes in a private type; the chain of sources tells a refusal from a broken connection.
fn failure(error: &webhdfs::Error) -> Failure {
    use std::error::Error as _;
    match error.source() {
        None => Error::new(ErrorKind::Unavailable, error.to_string()).into(),
        Some(source) => match source.downcast_ref::<RemoteException>() {
            Some(remote) => {
                Exception { class: remote.exception.clone(), message: remote.message.clone() }.into()
            }
            None if source.is::<serde_json::Error>() => {
                Error::new(ErrorKind::Invalid, error.to_string()).into()
            }
            None => Failure::unreachable(super::exception::causes(source)),
        },
    }
}
