//! One thread that owns one connection. Calls that arrive together share one commit, each in its
//! own savepoint, and are answered only after that commit.

use crate::store::StoreError;
use rusqlite::{Connection, ErrorCode};
use std::sync::mpsc;
use tokio::sync::oneshot;

const MOST_JOBS_PER_COMMIT: usize = 64;

type Finish = Box<dyn FnOnce(Option<StoreError>)>;
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Finish + Send>;

/// Ends when it is dropped, after the calls it has taken.
pub(super) struct Worker {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Worker {
    /// `begin` is the statement that opens a transaction.
    pub(super) fn start(
        name: &str,
        mut connection: Connection,
        begin: &'static str,
    ) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Ok(first) = queue.recv() {
                    let more = queue.try_iter().take(MOST_JOBS_PER_COMMIT - 1);
                    run(
                        &mut connection,
                        begin,
                        std::iter::once(first).chain(more).collect(),
                    );
                }
            })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Runs `work` in a transaction. An error takes back what it wrote; a value is durable.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let done = connection.and_then(|connection| in_savepoint(connection, work));
            Box::new(move |failure| {
                let _ = answer.send(match failure {
                    Some(failure) => Err(failure),
                    None => done,
                });
            })
        });
        let gone = || StoreError::Failed("its thread has ended".to_owned());
        self.jobs
            .as_ref()
            .ok_or_else(gone)?
            .send(job)
            .map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(connection: &mut Connection, begin: &str, jobs: Vec<Job>) {
    if let Err(error) = connection.execute_batch(begin) {
        let failure = failed(&error);
        for job in jobs {
            job(Err(failure.clone()))(None);
        }
        return;
    }
    let finishes: Vec<Finish> = jobs.into_iter().map(|job| job(Ok(connection))).collect();
    let failure = connection.execute_batch("COMMIT").err().map(|error| {
        let _ = connection.execute_batch("ROLLBACK");
        failed(&error)
    });
    for finish in finishes {
        finish(failure.clone());
    }
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, StoreError> {
    let step = |sql| {
        connection
            .execute_batch(sql)
            .map_err(|error| failed(&error))
    };
    step("SAVEPOINT call")?;
    match work(connection) {
        Ok(value) => {
            step("RELEASE call")?;
            Ok(value)
        }
        Err(error) => {
            step("ROLLBACK TO call; RELEASE call")?;
            Err(failed(&error))
        }
    }
}

/// What a failure of SQLite means to the caller.
pub(super) fn failed(error: &rusqlite::Error) -> StoreError {
    let busy = matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
        )
    );
    if busy {
        StoreError::Busy
    } else {
        StoreError::Failed(error.to_string())
    }
}
