//! Changing and recovering a password.

use authkit_core::{AuthKit, SignedIn};

use crate::answer;
use crate::client::client;
use crate::delivery::deliver;
use crate::input;
use crate::message::{Answer, Request};

/// `POST /change-password`
pub(crate) async fn change(kit: &AuthKit, user: SignedIn, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let (current, new) = (fields.password("current_password"), fields.password("new_password"));
    fields.finish()?;
    let sign_in = kit.change_password(&user, current, new, &client(kit, request.head())).await?;
    deliver(kit, &request.headers, &sign_in.tokens)
}

/// `POST /forgot-password`
pub(crate) async fn forgot(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let email = fields.text("email");
    fields.finish()?;
    kit.request_reset(&email, &client(kit, request.head())).await?;
    answer::message("If an account with that email exists, a password reset link has been sent.")
}

/// `POST /reset-password`
pub(crate) async fn reset(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let (token, new) = (fields.reset_token("token"), fields.password("new_password"));
    fields.finish()?;
    kit.reset_password(&token, new, &client(kit, request.head())).await?;
    answer::message("Password has been reset. Please sign in.")
}
