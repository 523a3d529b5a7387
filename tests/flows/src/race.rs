//! Many tasks that start at once.

use std::sync::Arc;

use tokio::sync::Barrier;

/// Starts so many tasks on a barrier and waits for all of them; their answers are in the order of their numbers.
pub async fn race<T, F>(tasks: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(tasks));
    let start = |number| {
        let (barrier, work) = (Arc::clone(&barrier), task(number));
        tokio::spawn(async move {
            barrier.wait().await;
            work.await
        })
    };
    let running: Vec<_> = (0..tasks).map(start).collect();
    let mut answers = Vec::with_capacity(tasks);
    for task in running {
        answers.push(task.await.expect("no task panics"));
    }
    answers
}
