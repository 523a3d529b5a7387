//! Where fresh stores come from.

use std::future::Future;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::subject::Subject;

/// Makes fresh, empty stores.
#[derive(Clone)]
pub(crate) struct Stores(Arc<dyn Fn() -> BoxFuture<'static, Subject> + Send + Sync>);

impl Stores {
    pub(crate) fn new<F, S>(factory: F) -> Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: Future<Output = Subject> + Send + 'static,
    {
        Self(Arc::new(move || Box::pin(factory())))
    }

    pub(crate) async fn fresh(&self) -> Subject {
        (self.0)().await
    }
}
