//! The mailbox of development.

use crate::support::{Browser, Call, HOSTILE, Server, assert_inert};

const MAILBOX: &str = "/auth/dev/mailbox";

fn asked(server: &Server) -> Call<'_> {
    server.get(MAILBOX).header("accept", "text/html").header("host", "127.0.0.1:8000")
}

async fn forget(server: &Server, email: &str) {
    let body = serde_json::json!({ "email": email });
    server.post("/auth/forgot-password").json(&body).send().await.expect(200);
}

#[tokio::test]
async fn a_mail_of_development_is_read_and_its_link_leads_on() {
    let server = Server::keeping_mails(|config| config);
    let page = asked(&server).send().await.expect(200).text();
    assert!(page.contains("No mail yet") && page.contains("/admin/forgot-password"), "{page}");

    for email in ["ada@example.com", "eve@example.com"] {
        server.user(email, "user").await;
        forget(&server, email).await;
    }
    let page = asked(&server).send().await.expect(200).text();
    let (eve, ada) = (page.find("eve@example.com").expect("a mail"), page.find("ada@example.com").expect("a mail"));
    assert!(eve < ada, "the newest is not first");
    let (_, rest) = page.split_once("href=\"http://127.0.0.1:8000").expect("a link");
    let link = rest.split('"').next().expect("its end").to_owned();
    assert!(link.starts_with("/admin/reset-password?token="), "{link}");
    server.get(link).by(&Browser::new()).send().await.expect(303);
}

// S-96
#[tokio::test]
async fn where_mails_are_sent_there_is_no_mailbox() {
    let server = Server::new();
    server.user("ada@example.com", "user").await;
    forget(&server, "ada@example.com").await;
    asked(&server).send().await.refused(404, "not_found");
}

#[tokio::test]
async fn another_name_for_this_server_does_not_show_the_mails() {
    let server = Server::keeping_mails(|config| config);
    server.get(MAILBOX).header("host", "evil.example:8000").send().await.refused(404, "not_found");
    server.get(MAILBOX).send().await.refused(404, "not_found");
}

// S-71
#[tokio::test]
async fn what_a_mail_says_stays_text_in_the_mailbox() {
    // A product whose name cannot be printed is refused at the start.
    for hostile in HOSTILE.into_iter().filter(|text| text.is_ascii()) {
        let server = Server::keeping_mails(|config| config.product(hostile));
        server.user("ada@example.com", "user").await;
        forget(&server, "ada@example.com").await;
        let page = asked(&server).send().await.expect(200).text();
        assert!(page.contains("ada@example.com"));
        assert_inert(&page, hostile);
    }
}
