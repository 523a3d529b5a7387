//! Being polled on a thread that belongs to no runtime.

use std::future::{Future, poll_fn};
use std::pin::pin;

use tokio::runtime::Handle;

/// A future that finds the runtime's clock and its tasks on whatever thread it is polled: core gives counters back from its
/// hash threads, and a host may have an executor of its own.
pub(crate) async fn within<F: Future>(runtime: &Handle, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _entered = Handle::try_current().is_err().then(|| runtime.enter());
        future.as_mut().poll(context)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{self, Thread};
    use std::time::Duration;

    use super::*;

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn a_timer_runs_on_a_thread_without_a_runtime() {
        let runtime = Handle::current();
        let thread = thread::spawn(move || {
            let waker = Waker::from(Arc::new(Unpark(thread::current())));
            let mut timed = pin!(within(&runtime, async { tokio::time::sleep(Duration::from_millis(1)).await }));
            while timed.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending {
                thread::park();
            }
        });
        tokio::task::spawn_blocking(move || thread.join()).await.expect("waited").expect("no panic");
    }
}
