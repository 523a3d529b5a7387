//! The words of the mails, in a project that is new and in one that has its module already.

use crate::project::Project;

#[test]
fn the_words_of_the_mails_are_a_module_that_the_kit_and_the_tests_use() {
    let project = Project::empty();
    project.done(&["--with", "tests,emails"]);
    assert!(project.text("src/auth/emails.rs").contains("pub fn words(facts: &MailFacts<'_>) -> Option<MailContent>"));
    let module = project.text("src/auth/mod.rs");
    assert!(module.contains("\nmod emails;\n") && module.contains(".mail_templates(emails::words)"), "{module}");
    let tests = project.text("src/auth/tests.rs");
    assert!(tests.contains("mail_templates(emails::words)") && tests.contains("a_reset_mail_has_our_words"), "{tests}");
}

#[test]
fn without_them_nothing_speaks_of_them() {
    let project = Project::empty();
    project.done(&[]);
    assert!(!project.0.join("src/auth/emails.rs").exists());
    for file in ["src/auth/mod.rs", "src/auth/tests.rs"] {
        let text = project.text(file);
        assert!(!text.contains("emails") && !text.contains("{{"), "{file}: {text}");
    }
}

#[test]
fn a_module_that_is_there_stays_and_the_lines_to_add_are_told() {
    let project = Project::empty();
    project.done(&[]);
    let module = project.text("src/auth/mod.rs");
    let told = project.done(&["--with", "tests,http,emails"]);
    assert_eq!(project.text("src/auth/mod.rs"), module);
    assert!(told.contains("created  src/auth/emails.rs") && told.contains("kept (differs)  src/auth/mod.rs"), "{told}");
    assert!(told.contains("mod emails;") && told.contains(".mail_templates(emails::words)"), "{told}");
}
