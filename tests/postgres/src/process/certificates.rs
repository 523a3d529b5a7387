//! A certificate authority and a server's certificate, by the `openssl` command. Two certificates and not one signed by
//! itself: verifiers refuse an authority as a server.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::service::Service;
use super::system::run;

/// The name of the authority's certificate in the data folder.
const AUTHORITY: &str = "authority.pem";

/// Makes them in the data folder, under the names by which the server finds them without a setting, so that a standby
/// gets them with its copy.
///
/// # Errors
/// What `openssl` says.
pub fn make(service: &Service, names: &[String]) -> Result<(), String> {
    service.write("data/openssl.cnf", &configuration(names))?;
    let steps = [
        "req -x509 -config openssl.cnf -extensions authority -newkey rsa:2048 -nodes -days 2 \
         -subj /CN=AuthKit-test-authority -keyout authority.key -out authority.pem",
        "req -new -config openssl.cnf -newkey rsa:2048 -nodes -subj /CN=AuthKit-test-server -keyout server.key \
         -out server.csr",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
         -extfile openssl.cnf -extensions server -out server.crt",
    ];
    for step in steps {
        let mut command = service.command("sh");
        // A key that others can read is refused.
        command.args(["-c", "umask 077 && exec openssl \"$@\"", "openssl"]).args(step.split_whitespace());
        run({
            command.current_dir(service.folder().join("data"));
            command
        })?;
    }
    Ok(())
}

/// Where the authority's certificate is, for whoever is to trust it.
pub fn authority(folder: &Path) -> PathBuf {
    folder.join("data").join(AUTHORITY)
}

fn configuration(names: &[String]) -> String {
    let kind = |name: &String| if name.parse::<IpAddr>().is_ok() { "IP" } else { "DNS" };
    let names: Vec<String> = names.iter().map(|name| format!("{}:{name}", kind(name))).collect();
    format!(
        "[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = AuthKit\n\
         [authority]\nbasicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign\n\
         subjectKeyIdentifier = hash\n\
         [server]\nbasicConstraints = critical, CA:FALSE\nextendedKeyUsage = serverAuth\n\
         subjectAltName = {}\n",
        names.join(", ")
    )
}
