//! The kinds of mistakes in a configuration, with their stable texts.

use crate::model::stable_code::stable_codes;

stable_codes! {
    /// The kinds of mistakes in a configuration. Their texts, `AK01xx`, are stable.
    ConfigCode {
        /// An `AUTHKIT_*` variable that does not exist.
        UnknownVariable = "AK0101", "there is no setting of this name";
        /// A secret key of fewer than 32 bytes.
        SecretTooShort = "AK0102", "the secret key is too short";
        /// No secret key in production.
        SecretMissing = "AK0103", "the secret key is missing";
        /// A secret key of fewer than 16 different bytes.
        SecretTooUniform = "AK0104", "the secret key repeats itself";
        /// A secret key that looks like the text of an example.
        SecretPlaceholder = "AK0105", "the secret key is a placeholder";
        /// One secret key given twice.
        SecretReused = "AK0106", "two secret keys are equal";
        /// A secret key with white space at an end.
        SecretUntrimmed = "AK0107", "the secret key begins or ends with white space";
        /// A value that cannot be read.
        InvalidValue = "AK0108", "the value does not fit";
        /// A value outside its range.
        OutOfRange = "AK0109", "the value is out of range";
        /// One variable in two spellings.
        AmbiguousVariable = "AK0110", "one variable is given twice";
        /// [`Config::development`](super::Config::development) in a process that says `production`.
        DevelopmentInProduction = "AK0111", "the configuration is for development, the process for production";
        /// No base URL in production.
        BaseUrlMissing = "AK0112", "the base URL is missing";
        /// A base URL that is more or less than scheme, host and port.
        BaseUrlInvalid = "AK0113", "the base URL cannot be used";
        /// A base URL without TLS that is not of this machine.
        BaseUrlInsecure = "AK0114", "the base URL is not secure";
        /// Proxies that are everybody.
        ProxiesTooWide = "AK0115", "everybody would be a trusted proxy";
        /// Argon2 parameters outside what is accepted.
        Argon2Refused = "AK0116", "these Argon2 parameters are refused";
        /// A session's idle limit above its absolute one.
        IdleAboveAbsolute = "AK0117", "the idle limit of a session is above its absolute limit";
        /// Cookies without `Secure` where somebody could read them.
        CookieNotSecure = "AK0118", "cookies must be Secure here";
        /// `SameSite=None` without `Secure`.
        SameSiteNotSecure = "AK0119", "SameSite=None needs Secure cookies";
        /// A cookie name that cannot be used.
        CookieName = "AK0120", "the cookie name cannot be used";
        /// A cookie domain that the base URL does not belong to.
        CookieDomain = "AK0121", "the cookie domain cannot be used";
        /// A CORS origin that is not exact.
        CorsOrigin = "AK0122", "the CORS origin cannot be used";
        /// A link for mails that cannot be used.
        MailLink = "AK0123", "the link for mails cannot be used";
        /// Roles that are malformed or do not belong together.
        Roles = "AK0124", "the roles do not fit together";
        /// Throttles switched off in production.
        ThrottleOff = "AK0125", "throttles cannot be switched off in production";
        /// Proven addresses are wanted, and the users table keeps no mark for them.
        NoMarkForVerified = "AK0126", "proven addresses are wanted and not kept";
        /// Paths of the account routes or of the administration that cannot be used.
        Path = "AK0127", "the path cannot be used";
        /// Profile fields that cannot be used.
        ProfileField = "AK0128", "the profile field cannot be used";
        /// Limits of the throttles that cannot be used.
        ThrottleLimit = "AK0129", "the limit cannot be used";
        /// A mailer for development in production.
        MailerMissing = "AK0130", "a mailer is missing";
        /// The keys cannot be made.
        Keys = "AK0131", "the keys cannot be made";
        /// The machine refused threads or random bytes.
        System = "AK0132", "the machine refuses what is needed to start";
        /// A setting that needs a port which nothing fills.
        PortMissing = "AK0133", "a port is missing";
        /// A password hasher for tests in production.
        HasherForTests = "AK0134", "the password hasher is one for tests";
        /// Mail by SMTP without a host, or half of what signs in there.
        SmtpIncomplete = "AK0135", "the settings of the mail server are incomplete";
    }
}
