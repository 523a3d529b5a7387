//! Registering, proving the address, and the own profile.

use authkit_core::{AuthKit, Registered, Registration, SignedIn};
use http::StatusCode;

use crate::answer;
use crate::client::client;
use crate::input;
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::shapes::UserObject;

/// `POST /register`
pub(crate) async fn register(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let (email, password) = (fields.text("email"), fields.password("password"));
    let registration = Registration { email, password, profile: fields.finish_with_rest()? };
    match kit.register(registration, &client(kit, request.head())).await? {
        Registered::Created(user) => answer::json(StatusCode::CREATED, &UserObject { kit, user: &user }),
        Registered::Pending => answer::accepted("A mail to this address says how to go on."),
    }
}

/// `POST /verify-email`
pub(crate) async fn verify_email(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let token = fields.verification_token("token");
    fields.finish()?;
    kit.verify_email(&token, &client(kit, request.head())).await?;
    answer::message("The email address is verified. Please sign in.")
}

/// `POST /resend-verification`
pub(crate) async fn resend_verification(kit: &AuthKit, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let email = fields.text("email");
    fields.finish()?;
    kit.request_verification(&email, &client(kit, request.head())).await?;
    answer::message("If an account with that email waits for it, a verification link has been sent.")
}

/// `GET /me`
pub(crate) fn show(kit: &AuthKit, who: &SignedIn) -> Answer {
    answer::json(StatusCode::OK, &UserObject { kit, user: &who.user })
}

/// `PATCH /me`
pub(crate) async fn update(kit: &AuthKit, user: SignedIn, mut request: Request) -> Answer {
    let fields = input::object(&mut request).await?.finish_with_rest()?;
    let user = kit.update_profile(&user, fields, &client(kit, request.head())).await?;
    answer::json(StatusCode::OK, &UserObject { kit, user: &user })
}

/// `GET /.well-known/jwks.json`
pub(crate) fn keys(kit: &AuthKit) -> Answer {
    Ok(answer::text("application/json", kit.jwks().ok_or_else(Problem::not_found)?.to_owned()))
}
