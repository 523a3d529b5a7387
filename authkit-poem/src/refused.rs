//! A refusal on its way out of a handler.

use std::fmt;

use authkit_core::AuthKit;
use authkit_http::{Problem, RequestId, headers};
use poem::Response;
use poem::error::ResponseError;
use poem::http::StatusCode;

use crate::convert;

/// What the guards and extractors of this crate fail with. As an answer it is a problem body, the same as AuthKit's own
/// routes give; `catch_error` finds it by its type.
///
/// # Examples
/// A handler that calls a flow itself answers its errors so:
/// ```
/// use authkit_core::{AuthKit, ClientInfo, Login, Password};
/// use authkit_poem::Refused;
/// # use authkit_core::{Config, ConfigError};
/// # use authkit_store_memory::MemoryStore;
///
/// async fn sign_in(auth: &AuthKit, email: String, password: Password) -> poem::Result<String> {
///     let opened = auth.login(Login::new(email, password), &ClientInfo::none()).await;
///     Ok(opened.map_err(|error| Refused::new(auth, error))?.user.email.to_string())
/// }
/// # let auth = AuthKit::builder().store(MemoryStore::new()).config(Config::development()).build()?;
/// # let runtime = tokio::runtime::Runtime::new().expect("a runtime");
/// # let refused = runtime.block_on(sign_in(&auth, "ada@example.com".into(), "guess".into())).expect_err("unknown");
/// # assert_eq!(refused.downcast_ref::<Refused>().map(|refused| refused.problem().code()), Some("invalid_credentials"));
/// # Ok::<(), ConfigError>(())
/// ```
pub struct Refused(Box<Parts>);

struct Parts {
    problem: Problem,
    kit: AuthKit,
    id: RequestId,
}

impl Refused {
    /// A problem, or an error of a flow, as the error of a handler.
    pub fn new(kit: &AuthKit, problem: impl Into<Problem>) -> Self {
        Self::named(kit, &RequestId::default(), problem.into())
    }

    pub(crate) fn named(kit: &AuthKit, id: &RequestId, problem: Problem) -> Self {
        Self(Box::new(Parts { problem, kit: kit.clone(), id: id.clone() }))
    }

    /// Why.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }
}

impl ResponseError for Refused {
    fn status(&self) -> StatusCode {
        self.problem().status()
    }

    fn as_response(&self) -> Response {
        let Parts { problem, kit, id } = &*self.0;
        let mut response = problem.response(kit.http(), id.get(kit));
        headers::secure(kit, response.headers_mut());
        convert::response(response)
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refused").field(self.problem()).finish()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem().fmt(f)
    }
}

impl std::error::Error for Refused {}
