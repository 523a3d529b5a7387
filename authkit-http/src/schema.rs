//! The JSON that requests and answers are made of, as schemas (JSON Schema 2020-12, as OpenAPI 3.1 uses it).

use authkit_core::{Field, FieldKind, Settings};
use serde_json::{Map, Value, json};

/// What a body is. Each becomes one component of the OpenAPI document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named after the request or answer that it describes")]
pub enum Shape {
    RegisterRequest,
    LoginRequest,
    ChangePasswordRequest,
    ForgotPasswordRequest,
    ResetPasswordRequest,
    VerifyEmailRequest,
    ResendVerificationRequest,
    ProfileRequest,
    ReauthenticateRequest,
    ToggleActiveRequest,
    ChangeRoleRequest,
    CreateUserRequest,
    UserNote,
    SessionNote,
    User,
    Tokens,
    Message,
    Session,
    Sessions,
    Revoked,
    Success,
    UserItem,
    UserPage,
    SessionItem,
    SessionPage,
    Event,
    EventPage,
    HourlyCount,
    Statistics,
    KeySet,
    Health,
    Document,
    Problem,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 33] = [
        Self::RegisterRequest,
        Self::LoginRequest,
        Self::ChangePasswordRequest,
        Self::ForgotPasswordRequest,
        Self::ResetPasswordRequest,
        Self::VerifyEmailRequest,
        Self::ResendVerificationRequest,
        Self::ProfileRequest,
        Self::ReauthenticateRequest,
        Self::ToggleActiveRequest,
        Self::ChangeRoleRequest,
        Self::CreateUserRequest,
        Self::UserNote,
        Self::SessionNote,
        Self::User,
        Self::Tokens,
        Self::Message,
        Self::Session,
        Self::Sessions,
        Self::Revoked,
        Self::Success,
        Self::UserItem,
        Self::UserPage,
        Self::SessionItem,
        Self::SessionPage,
        Self::Event,
        Self::EventPage,
        Self::HourlyCount,
        Self::Statistics,
        Self::KeySet,
        Self::Health,
        Self::Document,
        Self::Problem,
    ];

    /// The component's name.
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// A reference to the component.
    pub fn reference(self) -> Value {
        json!({"$ref": format!("#/components/schemas/{self:?}")})
    }

    /// The component. The application's own fields are those of its configuration.
    pub fn schema(self, settings: &Settings) -> Value {
        let text = || json!({"type": "string"});
        let number = || json!({"type": "integer", "minimum": 0});
        let time = || json!({"type": "string", "format": "date-time"});
        let list = |of: Self| json!({"type": "array", "items": of.reference()});
        match self {
            Self::RegisterRequest => object([("email", email()), ("password", new_password(settings))], [])
                .extended(fields(settings, Field::is_at_registration)),
            Self::LoginRequest => object([("email", text()), ("password", password())], []),
            Self::ChangePasswordRequest => {
                object([("current_password", password()), ("new_password", new_password(settings))], [])
            }
            Self::ForgotPasswordRequest | Self::ResendVerificationRequest => object([("email", email())], []),
            Self::VerifyEmailRequest => object([("token", text())], []),
            Self::ResetPasswordRequest => object([("token", text()), ("new_password", new_password(settings))], []),
            Self::ProfileRequest => object([], []).extended(fields(settings, Field::is_editable)),
            Self::ReauthenticateRequest => object([("password", password())], []),
            Self::ToggleActiveRequest => {
                object([("is_active", json!({"type": "boolean"}))], [("reason", reason()), ("updated_at", nullable(time()))])
            }
            Self::ChangeRoleRequest => {
                object([("role", role(settings))], [("reason", reason()), ("updated_at", nullable(time()))])
            }
            Self::CreateUserRequest => {
                object([("email", email()), ("role", role(settings))], [("reason", reason())])
            }
            Self::UserNote => object([], [("reason", reason()), ("updated_at", nullable(time()))]),
            Self::SessionNote => object([], [("reason", reason())]),
            Self::User => user().extended(fields(settings, Field::is_exposed)),
            Self::Tokens => object(
                [("token_type", json!({"const": "bearer"})), ("expires_in", number())],
                [("access_token", text()), ("refresh_token", text())],
            ),
            Self::Message => object([("message", text())], []),
            Self::Session => session(),
            Self::Sessions => return list(Self::Session),
            Self::Revoked => object([("revoked", number())], []),
            Self::Success => object([("success", json!({"const": true}))], []),
            Self::UserItem => user().extended(fields(settings, Field::is_exposed)).extended(object(
                [
                    ("last_sign_in_at", time()),
                    ("deleted_at", nullable(time())),
                    ("sessions", number()),
                    ("locked_until", nullable(time())),
                ],
                [],
            )),
            Self::UserPage => page(list(Self::UserItem)),
            Self::SessionItem => session().extended(object(
                [
                    ("email", nullable(text())),
                    ("via", json!({"enum": ["json", "console", "host"]})),
                    ("state", json!({"enum": ["missing", "suspended", "revoked", "dead", "expired", "live"]})),
                ],
                [],
            )),
            Self::SessionPage => page(list(Self::SessionItem)),
            Self::Event => event(),
            Self::EventPage => page(list(Self::Event)),
            Self::HourlyCount => object([("hour", time()), ("metric", text()), ("n", number())], []),
            Self::Statistics => page(list(Self::HourlyCount)),
            Self::KeySet => return json!({"type": "object", "required": ["keys"], "properties": {"keys": {"type": "array", "items": {"type": "object"}}}}),
            Self::Health => object([("status", json!({"const": "ok"}))], []),
            Self::Document => return json!({"type": "object", "required": ["openapi", "info", "paths"]}),
            Self::Problem => problem(),
        }
        .into_schema()
    }
}

/// An object: its members, and which of them are always there.
struct Members {
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Members {
    fn extended(mut self, other: Self) -> Self {
        self.properties.extend(other.properties);
        self.required.extend(other.required);
        self
    }

    fn into_schema(self) -> Value {
        let Self { properties, required } = self;
        let mut schema = json!({"type": "object", "properties": properties, "additionalProperties": false});
        if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }
}

fn object<const N: usize, const M: usize>(required: [(&str, Value); N], optional: [(&str, Value); M]) -> Members {
    let names = required.iter().map(|(name, _)| (*name).to_owned()).collect();
    let all = required.into_iter().chain(optional).map(|(name, schema)| (name.to_owned(), schema));
    Members { properties: all.collect(), required: names }
}

/// The application's own fields, none of which is ever required.
fn fields(settings: &Settings, which: fn(&Field) -> bool) -> Members {
    let shown = settings.profile_fields.iter().filter(|field| which(field));
    let properties = shown.map(|field| {
        let schema = match field.kind() {
            FieldKind::Text => json!({"type": ["string", "null"], "maxLength": field.max_length()}),
            FieldKind::Integer => json!({"type": ["integer", "null"]}),
            FieldKind::Boolean => json!({"type": ["boolean", "null"]}),
        };
        (field.name().to_owned(), schema)
    });
    Members { properties: properties.collect(), required: Vec::new() }
}

fn nullable(mut schema: Value) -> Value {
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
    schema
}

fn email() -> Value {
    json!({"type": "string", "format": "email", "maxLength": 254})
}

fn password() -> Value {
    json!({"type": "string", "format": "password"})
}

fn new_password(settings: &Settings) -> Value {
    json!({"type": "string", "format": "password", "minLength": settings.password_policy.min()})
}

fn role(settings: &Settings) -> Value {
    json!({"type": "string", "enum": settings.roles})
}

fn reason() -> Value {
    json!({"type": ["string", "null"], "maxLength": 200, "description": "Kept in the audit trail."})
}

fn user() -> Members {
    let boolean = || json!({"type": "boolean"});
    let time = || json!({"type": "string", "format": "date-time"});
    object(
        [
            ("id", json!({"type": "string", "maxLength": 64})),
            ("email", email()),
            ("role", json!({"type": "string"})),
            ("is_active", boolean()),
            ("is_verified", boolean()),
            ("created_at", time()),
            ("updated_at", time()),
        ],
        [],
    )
}

fn session() -> Members {
    let text = || json!({"type": ["string", "null"]});
    let time = || json!({"type": "string", "format": "date-time"});
    object(
        [
            ("id", json!({"type": "string", "format": "uuid"})),
            ("user_id", json!({"type": "string"})),
            ("ip_address", text()),
            ("user_agent", text()),
            ("device", text()),
            ("created_at", time()),
            ("last_used_at", time()),
            ("expires_at", time()),
            ("current", json!({"type": "boolean"})),
        ],
        [],
    )
}

fn event() -> Members {
    let text = || json!({"type": ["string", "null"]});
    object(
        [
            ("id", json!({"type": "string", "format": "uuid"})),
            ("at", json!({"type": "string", "format": "date-time"})),
            ("code", json!({"type": "string"})),
            ("outcome", json!({"enum": ["success", "failure", "refused"]})),
            ("actor_kind", json!({"enum": ["user", "cli", "system", "anonymous"]})),
            ("actor", text()),
            ("subject", text()),
            ("session_id", text()),
            ("identifier", text()),
            ("ip_address", text()),
            ("user_agent", text()),
            ("device", text()),
            ("request_id", text()),
            ("details", json!({"type": "object"})),
            ("change", json!({"type": ["object", "null"], "description": "Field: before and after."})),
        ],
        [],
    )
}

fn page(items: Value) -> Members {
    let cursor = json!({"type": ["string", "null"], "description": "For the next page, as `cursor`."});
    object([("items", items), ("next_cursor", cursor)], [])
}

fn problem() -> Members {
    let text = || json!({"type": "string"});
    let error = object([("field", text()), ("code", text()), ("message", text())], []).into_schema();
    object(
        [
            ("type", text()),
            ("title", text()),
            ("status", json!({"type": "integer"})),
            ("detail", text()),
            ("code", json!({"type": "string", "description": "Stable: decide by it, not by the text."})),
            ("request_id", text()),
        ],
        [("errors", json!({"type": "array", "items": error}))],
    )
}
