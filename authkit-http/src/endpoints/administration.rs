//! What operators do to users and sessions.

use authkit_core::{AuthKit, Note, Operator, UserId};
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::answer;
use crate::client::client;
use crate::console::view;
use crate::fields::Fields;
use crate::input;
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::shapes::UserObject;

/// `POST /users`
pub(crate) async fn create_user(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let mut fields = input::object(&mut request).await?;
    let (email, role) = (fields.text("email"), fields.text("role"));
    let note = Note { reason: fields.optional_text("reason"), if_updated_at: None };
    fields.finish()?;
    let user = kit.create_user_for(&operator, &email, &role, note, &client(kit, request.head())).await?;
    let mut response = answer::json(StatusCode::CREATED, &UserObject { kit, user: &user })?;
    let path = format!("{}/users/{}", kit.http().admin_path, view::encoded(user.id.as_str()));
    response.headers_mut().insert(LOCATION, HeaderValue::try_from(path).map_err(Problem::internal)?);
    Ok(response)
}

/// `POST /users/{id}/toggle-active`
pub(crate) async fn toggle_active(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let id = input::user_id(&request)?;
    let mut fields = input::object(&mut request).await?;
    let active = fields.boolean("is_active");
    let note = note_on_user(&mut fields);
    fields.finish()?;
    kit.set_active(&operator, &id, active, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /users/{id}/change-role`
pub(crate) async fn change_role(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let id = input::user_id(&request)?;
    let mut fields = input::object(&mut request).await?;
    let role = fields.text("role");
    let note = note_on_user(&mut fields);
    fields.finish()?;
    kit.set_role(&operator, &id, &role, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /users/{id}/delete`
pub(crate) async fn delete_user(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let id = input::user_id(&request)?;
    let mut fields = input::optional_object(&mut request).await?;
    let note = note_on_user(&mut fields);
    typed_email(kit, &operator, &id, &mut fields).await?;
    fields.finish()?;
    kit.delete_user(&operator, &id, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /users/{id}/restore`
pub(crate) async fn restore_user(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let (id, note) = noted(&mut request).await?;
    kit.restore_user(&operator, &id, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /users/{id}/purge`
pub(crate) async fn purge_user(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let id = input::user_id(&request)?;
    let mut fields = input::optional_object(&mut request).await?;
    let note = note_on_user(&mut fields);
    typed_email(kit, &operator, &id, &mut fields).await?;
    fields.finish()?;
    kit.purge_user(&operator, &id, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /users/{id}/send-reset`
pub(crate) async fn send_reset(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let (id, note) = noted(&mut request).await?;
    kit.request_reset_for(&operator, &id, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /users/{id}/revoke-sessions`
pub(crate) async fn revoke_sessions(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let (id, note) = noted(&mut request).await?;
    kit.revoke_sessions_of(&operator, &id, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /users/{id}/unlock`
pub(crate) async fn unlock_user(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let (id, note) = noted(&mut request).await?;
    kit.unlock(&operator, &id, note, &client(kit, request.head())).await?;
    success()
}

/// `POST /sessions/{id}/revoke`
pub(crate) async fn revoke_session(kit: &AuthKit, operator: Operator, mut request: Request) -> Answer {
    let id = input::session_id(&request)?;
    let mut fields = input::optional_object(&mut request).await?;
    let note = Note { reason: fields.optional_text("reason"), if_updated_at: None };
    fields.finish()?;
    kit.revoke_session(&operator, id, note, &client(kit, request.head())).await?;
    success()
}

/// The user that the path names, and the note that may come along.
async fn noted(request: &mut Request) -> Result<(UserId, Note), Problem> {
    let id = input::user_id(request)?;
    let mut fields = input::optional_object(request).await?;
    let note = note_on_user(&mut fields);
    fields.finish()?;
    Ok((id, note))
}

/// What cannot be undone by a click is confirmed in a form by typing the user's address. A program has no fingers to slip.
async fn typed_email(kit: &AuthKit, operator: &Operator, id: &UserId, fields: &mut Fields) -> Result<(), Problem> {
    if !fields.is_form() {
        return Ok(());
    }
    let typed = fields.text("email");
    let item = kit.find_user_for(operator, id).await?;
    if typed.trim() != item.user.email.as_str() {
        fields.refuse("email", "invalid", "This is not the user's address.");
    }
    Ok(())
}

fn note_on_user(fields: &mut Fields) -> Note {
    Note { reason: fields.optional_text("reason"), if_updated_at: fields.optional_time("updated_at") }
}

fn success() -> Answer {
    #[derive(Serialize)]
    struct Success {
        success: bool,
    }
    answer::json(StatusCode::OK, &Success { success: true })
}
