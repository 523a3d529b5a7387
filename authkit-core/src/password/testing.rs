//! What the tests of this module share: hashers that are cheap or that stop where a test wants them, and a way to wait
//! for a future without a runtime.

use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use crate::model::secret::{Password, PasswordHash};
use crate::ports::password_hasher::{HashError, HashMemory, PasswordHasher, Verified};

/// Waits for a future on the test's own thread.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        thread::park();
    }
}

pub(super) fn threads(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// "Hashes" by writing password and salt down, and panics at the password `panic`.
pub(super) struct Plain;

impl PasswordHasher for Plain {
    fn hash(&self, _: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        assert_ne!(password.expose(), "panic", "asked for");
        Ok(PasswordHash::new(format!("{salt:?}{}", password.expose())))
    }

    fn verify(&self, _: &mut HashMemory, password: &Password, stored: &PasswordHash) -> Result<Verified, HashError> {
        let right = stored.expose().ends_with(password.expose());
        Ok(if right { Verified::Yes { outdated: false } } else { Verified::No })
    }
}

/// Reports every call and then waits for leave before it answers; counts how many run at once.
pub(super) struct Gate {
    entered: Mutex<Sender<String>>,
    leave: Mutex<Receiver<()>>,
    inside: AtomicUsize,
    peak: AtomicUsize,
}

/// The other end of a [`Gate`].
pub(super) struct Keeper {
    pub(super) entered: Receiver<String>,
    pub(super) leave: Sender<()>,
}

impl Gate {
    pub(super) fn new() -> (Arc<Self>, Keeper) {
        let (entered_in, entered) = channel();
        let (leave, leave_out) = channel();
        let gate = Self {
            entered: Mutex::new(entered_in),
            leave: Mutex::new(leave_out),
            inside: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        };
        (Arc::new(gate), Keeper { entered, leave })
    }

    pub(super) fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }

    fn pass(&self, password: &Password) -> Result<(), HashError> {
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(inside, Ordering::SeqCst);
        let told = self.entered.lock().unwrap().send(password.expose().to_owned());
        let leave = self.leave.lock().unwrap().recv();
        self.inside.fetch_sub(1, Ordering::SeqCst);
        // A test that is over has dropped the keeper.
        told.ok().zip(leave.ok()).map(|_| ()).ok_or(HashError::Failed("the test is over"))
    }
}

impl PasswordHasher for Gate {
    fn hash(&self, memory: &mut HashMemory, password: &Password, salt: &[u8; 16]) -> Result<PasswordHash, HashError> {
        self.pass(password)?;
        Plain.hash(memory, password, salt)
    }

    fn verify(
        &self,
        memory: &mut HashMemory,
        password: &Password,
        stored: &PasswordHash,
    ) -> Result<Verified, HashError> {
        self.pass(password)?;
        Plain.verify(memory, password, stored)
    }
}
