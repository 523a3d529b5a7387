//! What operators do to users and sessions.

use authkit_core::{AuthKit, Note, Operator};
use http::StatusCode;
use serde::Serialize;

use crate::answer;
use crate::client::client;
use crate::fields::Fields;
use crate::input;
use crate::message::{Answer, Request};

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
    fields.finish()?;
    kit.delete_user(&operator, &id, note, &client(kit, request.head())).await?;
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
