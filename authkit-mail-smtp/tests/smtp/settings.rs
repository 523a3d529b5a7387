//! From the variables to a mail that arrives.

use authkit_core::{AuthKit, Config, ConfigCode, Mailer as _};
use authkit_mail_smtp::{SmtpMailer, StartError};
use authkit_store_memory::MemoryStore;

use crate::sink::{LOGIN, Sink, Tls};
use crate::world::mail;

fn config(vars: &[(&str, &str)]) -> Config {
    let development = [("AUTHKIT_ENV", "development"), ("AUTHKIT_BASE_URL", "https://app.example.com")];
    let vars = development.iter().chain(vars).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_vars(vars).expect("settings that can be read")
}

#[tokio::test]
async fn the_variables_make_a_mailer() {
    for (login, vars, from) in [
        (false, &[][..], "no-reply@app.example.com"),
        (true, &[("AUTHKIT_SMTP_USERNAME", LOGIN.0), ("AUTHKIT_SMTP_PASSWORD", LOGIN.1)], "no-reply@app.example.com"),
        (false, &[("AUTHKIT_SMTP_FROM_EMAIL", "Accounts@example.com")], "Accounts@example.com"),
    ] {
        let sink = Sink::start(Tls::Unknown, login, &[]).await;
        let port = sink.address.port().to_string();
        let on = [("AUTHKIT_ENABLE_SMTP", "on"), ("AUTHKIT_SMTP_HOST", "127.0.0.1"), ("AUTHKIT_SMTP_PORT", &port)];
        let config = config(&[&on[..], vars].concat()).product("Widgets");
        let mailer = SmtpMailer::from_config(&config).expect("settings that fit").expect("SMTP is on");
        mailer.enqueue(mail("ada@example.com", "x")).expect("taken");
        let [mail] = &sink.mails(1).await[..] else { panic!("one mail") };
        assert_eq!((mail.from.as_str(), mail.user.as_deref()), (from, login.then_some(LOGIN.0)));
        assert!(mail.data.contains(&format!("From: Widgets <{from}>")), "{}", mail.data);
    }
}

#[tokio::test]
async fn a_base_url_without_a_name_has_a_sender_too() {
    let sink = Sink::start(Tls::Unknown, false, &[]).await;
    let port = sink.address.port().to_string();
    let on = [("AUTHKIT_ENABLE_SMTP", "on"), ("AUTHKIT_SMTP_HOST", "127.0.0.1"), ("AUTHKIT_SMTP_PORT", &port)];
    for url in ["http://127.0.0.1:8000", "http://[::1]:8000"] {
        let mailer =
            SmtpMailer::from_config(&config(&on).base_url(url)).expect("settings that fit").expect("SMTP is on");
        mailer.enqueue(mail("ada@example.com", "x")).expect("taken");
        mailer.drain(std::time::Duration::from_secs(20)).await;
    }
    assert!(sink.mails(2).await.iter().all(|mail| mail.from == "no-reply@localhost"));
}

#[tokio::test]
async fn where_smtp_is_off_there_is_no_mailer() {
    let off = config(&[("AUTHKIT_SMTP_HOST", "mail.example.com")]);
    assert!(SmtpMailer::from_config(&off).expect("settings that fit").is_none());
    let kit = AuthKit::builder().store(MemoryStore::new()).mailer_if(None::<SmtpMailer>).config(off).build();
    assert!(kit.expect("a kit").mailbox().is_some(), "printed in development");
}

#[tokio::test]
async fn smtp_without_a_host_stops_the_start() {
    let StartError::Settings(error) =
        SmtpMailer::from_config(&config(&[("AUTHKIT_ENABLE_SMTP", "on")])).expect_err("no host")
    else {
        panic!("another error")
    };
    assert_eq!(error.problems()[0].code(), ConfigCode::SmtpIncomplete);
    assert!(error.to_string().contains("AUTHKIT_SMTP_HOST"), "{error}");
}
