//! Every route of the account API and of the administration, and who may use it.

use std::future::ready;

use http::Method;

use crate::console::{mailbox, rows};
use crate::endpoint::{Endpoint, Handler};
use crate::endpoints::{account, administration, lists, password, session};
use crate::schema::Shape;
use crate::table::Table;

/// Accounts and sessions, for `/auth`.
pub static ACCOUNT: Table = Table {
    rows: &[
        Endpoint::new(
            Method::POST,
            "/register",
            Handler::Public(|kit, request| Box::pin(account::register(kit, request))),
            "Makes an account, with the profile fields that the application allows. Where addresses must be proven, the answer \
             is 202 for new and taken ones alike, and a mail says how to go on.",
        )
        .takes(Shape::RegisterRequest)
        .answers(201, Shape::User)
        .or_answers(202, Shape::Message)
        .refuses(&["registration_disabled", "email_taken", "weak_password", "throttled", "busy"]),
        Endpoint::new(
            Method::POST,
            "/login",
            Handler::Public(|kit, request| Box::pin(session::login(kit, request))),
            "Signs in and opens a session. Tokens come in cookies, in the body or in both.",
        )
        .takes(Shape::LoginRequest)
        .answers(200, Shape::Tokens)
        .refuses(&["invalid_credentials", "account_disabled", "email_not_verified", "throttled", "busy"]),
        Endpoint::new(
            Method::POST,
            "/refresh",
            Handler::Token(|kit, request| Box::pin(session::refresh(kit, request))),
            "Takes the refresh token and gives the next pair.",
        )
        .answers(200, Shape::Tokens)
        .refuses(&[
            "missing_token",
            "invalid_token",
            "session_expired",
            "session_revoked",
            "session_reused",
            "account_disabled",
            "email_not_verified",
            "throttled",
        ]),
        Endpoint::new(
            Method::POST,
            "/logout",
            Handler::Token(|kit, request| Box::pin(session::logout(kit, request))),
            "Ends the session and clears the cookies, whatever the token is worth.",
        )
        .answers(200, Shape::Message),
        Endpoint::new(
            Method::POST,
            "/logout-all",
            Handler::User(|kit, user, request| Box::pin(session::logout_all(kit, user, request))),
            "Ends every session of the user at once and clears the cookies.",
        )
        .answers(200, Shape::Message),
        Endpoint::new(
            Method::POST,
            "/change-password",
            Handler::User(|kit, user, request| Box::pin(password::change(kit, user, request))),
            "Sets another password. Every session ends, and a new one is opened.",
        )
        .takes(Shape::ChangePasswordRequest)
        .answers(200, Shape::Tokens)
        .refuses(&["invalid_credentials", "weak_password", "throttled", "busy"]),
        Endpoint::new(
            Method::POST,
            "/forgot-password",
            Handler::Public(|kit, request| Box::pin(password::forgot(kit, request))),
            "Sends a reset link to the address, if there is such an account; the answer does not tell.",
        )
        .takes(Shape::ForgotPasswordRequest)
        .answers(200, Shape::Message)
        .refuses(&["throttled"]),
        Endpoint::new(
            Method::POST,
            "/reset-password",
            Handler::Public(|kit, request| Box::pin(password::reset(kit, request))),
            "Sets another password with the token of a reset link. Every session ends, and none is opened.",
        )
        .takes(Shape::ResetPasswordRequest)
        .answers(200, Shape::Message)
        .refuses(&["invalid_reset_token", "weak_password", "busy"]),
        Endpoint::new(
            Method::POST,
            "/verify-email",
            Handler::Public(|kit, request| Box::pin(account::verify_email(kit, request))),
            "Marks an address verified with the token of a link, and ends the sessions from before.",
        )
        .takes(Shape::VerifyEmailRequest)
        .answers(200, Shape::Message)
        .refuses(&["invalid_verification_token"]),
        Endpoint::new(
            Method::POST,
            "/resend-verification",
            Handler::Public(|kit, request| Box::pin(account::resend_verification(kit, request))),
            "Sends another link that proves the address, if an account waits for it; the answer does not tell.",
        )
        .takes(Shape::ResendVerificationRequest)
        .answers(200, Shape::Message)
        .refuses(&["throttled"]),
        Endpoint::new(
            Method::GET,
            "/me",
            Handler::User(|kit, user, _| Box::pin(ready(account::show(kit, &user)))),
            "The signed-in user.",
        )
        .answers(200, Shape::User),
        Endpoint::new(
            Method::PATCH,
            "/me",
            Handler::User(|kit, user, request| Box::pin(account::update(kit, user, request))),
            "Changes the profile fields that the application lets its users change.",
        )
        .takes(Shape::ProfileRequest)
        .answers(200, Shape::User)
        .refuses(&["stale"]),
        Endpoint::new(
            Method::POST,
            "/reauthenticate",
            Handler::User(|kit, user, request| Box::pin(session::reauthenticate(kit, user, request))),
            "Proves the password again, for what asks for a fresh proof.",
        )
        .takes(Shape::ReauthenticateRequest)
        .answers(200, Shape::Message)
        .refuses(&["invalid_credentials", "throttled", "busy"]),
        Endpoint::new(
            Method::GET,
            "/sessions",
            Handler::User(|kit, user, request| Box::pin(session::list_sessions(kit, user, request))),
            "The user's live sessions, newest first.",
        )
        .answers(200, Shape::Sessions),
        Endpoint::new(
            Method::POST,
            "/sessions/revoke-others",
            Handler::User(|kit, user, request| Box::pin(session::revoke_other_sessions(kit, user, request))),
            "Ends every session of the user but this one.",
        )
        .answers(200, Shape::Revoked),
        Endpoint::new(
            Method::DELETE,
            "/sessions/{id}",
            Handler::User(|kit, user, request| Box::pin(session::revoke_session(kit, user, request))),
            "Ends one of the user's sessions; this one clears the cookies, too.",
        ),
        Endpoint::new(
            Method::GET,
            "/.well-known/jwks.json",
            Handler::Public(|kit, _| Box::pin(ready(account::keys(kit)))),
            "The public keys that access tokens are verified with, where they are asymmetric.",
        )
        .answers(200, Shape::KeySet)
        .refuses(&["not_found"]),
        Endpoint::new(
            Method::GET,
            "/dev/mailbox",
            Handler::Public(|kit, request| Box::pin(ready(mailbox::show(kit, &request)))),
            "The mails that development does not send. Not there in production.",
        )
        .page(),
    ],
    pages: &[],
};

/// The administration's JSON actions and lists, for `/admin`.
pub static ADMIN: Table = Table {
    rows: &[
        Endpoint::new(
            Method::POST,
            "/users",
            Handler::Operator(|kit, operator, request| Box::pin(administration::create_user(kit, operator, request))),
            "Makes a user without a password and mails a link to set one.",
        )
        .takes(Shape::CreateUserRequest)
        .or_form("/users", "notice.created")
        .answers(201, Shape::User)
        .refuses(&["email_taken", "unknown_role"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/toggle-active",
            Handler::Operator(|kit, operator, request| Box::pin(administration::toggle_active(kit, operator, request))),
            "Enables or disables a user; disabling ends every session at once.",
        )
        .takes(Shape::ToggleActiveRequest)
        .or_form("/users/{id}", "notice.saved")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "last_admin", "stale"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/change-role",
            Handler::Operator(|kit, operator, request| Box::pin(administration::change_role(kit, operator, request))),
            "Gives a user another role; it counts from the next request on.",
        )
        .takes(Shape::ChangeRoleRequest)
        .or_form("/users/{id}", "notice.role_changed")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "last_admin", "stale", "unknown_role"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/delete",
            Handler::Operator(|kit, operator, request| Box::pin(administration::delete_user(kit, operator, request))),
            "Deletes a user: every session ends at once, and the row can be restored for seven days.",
        )
        .may_take(Shape::UserNote)
        .or_form("/users/{id}", "notice.deleted")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "last_admin", "stale"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/restore",
            Handler::Operator(|kit, operator, request| Box::pin(administration::restore_user(kit, operator, request))),
            "Takes a deletion back within its seven days; nobody is signed in.",
        )
        .may_take(Shape::UserNote)
        .or_form("/users/{id}", "notice.restored")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "stale"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/purge",
            Handler::Operator(|kit, operator, request| Box::pin(administration::purge_user(kit, operator, request))),
            "Removes a deleted user's row at once. The audit trail stays.",
        )
        .may_take(Shape::UserNote)
        .or_form("/users", "notice.purged")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "not_deleted", "stale"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/send-reset",
            Handler::Operator(|kit, operator, request| Box::pin(administration::send_reset(kit, operator, request))),
            "Sends a reset link to the user's address; nobody else sees it.",
        )
        .may_take(Shape::UserNote)
        .or_form("/users/{id}", "notice.reset_sent")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "account_disabled", "stale"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/revoke-sessions",
            Handler::Operator(|kit, operator, request| {
                Box::pin(administration::revoke_sessions(kit, operator, request))
            }),
            "Ends every session of a user at once.",
        )
        .may_take(Shape::UserNote)
        .or_form("/users/{id}", "notice.sessions_ended")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "stale"]),
        Endpoint::new(
            Method::POST,
            "/users/{id}/unlock",
            Handler::Operator(|kit, operator, request| Box::pin(administration::unlock_user(kit, operator, request))),
            "Forgets the failed sign-ins of an account, so that its owner can try again at once.",
        )
        .may_take(Shape::UserNote)
        .or_form("/users/{id}", "notice.unlocked")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden", "stale"]),
        Endpoint::new(
            Method::POST,
            "/sessions/{id}/revoke",
            Handler::Operator(|kit, operator, request| {
                Box::pin(administration::revoke_session(kit, operator, request))
            }),
            "Ends a session, but not the one that the request came in on.",
        )
        .may_take(Shape::SessionNote)
        .or_form("/sessions", "notice.session_ended")
        .answers(200, Shape::Success)
        .refuses(&["self_forbidden"]),
        Endpoint::new(
            Method::GET,
            "/api/users",
            Handler::Operator(|kit, operator, request| Box::pin(lists::users(kit, operator, request))),
            "Users, newest first.",
        )
        .query(&lists::USERS)
        .answers(200, Shape::UserPage)
        .refuses(&["invalid_cursor"]),
        Endpoint::new(
            Method::GET,
            "/api/users/{id}",
            Handler::Operator(|kit, operator, request| Box::pin(lists::user(kit, operator, request))),
            "One user, a deleted one too.",
        )
        .answers(200, Shape::UserItem)
        .refuses(&["validation_failed"]),
        Endpoint::new(
            Method::GET,
            "/api/sessions",
            Handler::Operator(|kit, operator, request| Box::pin(lists::sessions(kit, operator, request))),
            "Sessions, newest first.",
        )
        .query(&lists::SESSIONS)
        .answers(200, Shape::SessionPage)
        .refuses(&["invalid_cursor"]),
        Endpoint::new(
            Method::GET,
            "/api/audit",
            Handler::Operator(|kit, operator, request| Box::pin(lists::events(kit, operator, request))),
            "The audit trail, newest first.",
        )
        .query(&lists::EVENTS)
        .answers(200, Shape::EventPage)
        .refuses(&["invalid_cursor", "not_found"]),
        Endpoint::new(
            Method::GET,
            "/api/stats",
            Handler::Operator(|kit, operator, request| Box::pin(lists::statistics(kit, operator, request))),
            "Events counted by the hour.",
        )
        .query(&lists::STATISTICS)
        .answers(200, Shape::Statistics)
        .refuses(&["not_found"]),
    ],
    pages: rows::PAGES,
};
