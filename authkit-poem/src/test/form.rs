//! The forms of a page, as a browser would send them.

use super::markup::{Piece, pieces};

/// A form with what its fields hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form {
    /// Where it goes; empty: to the page's own address.
    pub(super) action: String,
    pub(super) is_post: bool,
    /// Name, type and value of each field that would be sent.
    pub(super) fields: Vec<Field>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) value: String,
    /// Whether it is sent as it stands: a box that is not ticked is not.
    is_on: bool,
}

/// The forms of a page, in their order.
pub(super) fn forms(page: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    // The list or the text that is being read, and the option in it.
    let (mut inside, mut list, mut option, mut text) = (false, false, None::<(String, bool)>, false);
    for piece in pieces(page) {
        let Some(form) = forms.last_mut().filter(|_| inside) else {
            if let Piece::Open(name, attributes) = &piece
                && name == "form"
            {
                inside = true;
                let is_post = get(attributes, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                let action = get(attributes, "action").unwrap_or_default().to_owned();
                forms.push(Form { action, is_post, fields: Vec::new() });
            }
            continue;
        };
        match &piece {
            Piece::Close(name) if name == "form" => inside = false,
            Piece::Close(name) if name == "select" => list = false,
            Piece::Close(name) if name == "option" => option = None,
            Piece::Close(name) if name == "textarea" => text = false,
            Piece::Open(name, attributes) if name == "option" && list => {
                let selected = get(attributes, "selected").is_some();
                let value = get(attributes, "value");
                if let Some(value) = value {
                    choose(form, value, selected);
                }
                option = value.is_none().then_some((String::new(), selected));
            }
            Piece::Open(name, attributes) if ["input", "select", "textarea"].contains(&name.as_str()) => {
                (list, text) = (name == "select", name == "textarea");
                form.fields.extend(field(name, attributes));
            }
            Piece::Text(words) => {
                if let Some((_, selected)) = &option {
                    choose(form, words.trim(), *selected);
                } else if let Some(field) = form.fields.last_mut().filter(|_| text) {
                    field.value.push_str(words);
                }
            }
            _ => {}
        }
    }
    forms
}

/// A field that can be sent: it has a name, and is neither switched off nor a button.
fn field(tag: &str, attributes: &[(String, String)]) -> Option<Field> {
    let name = get(attributes, "name").filter(|name| !name.is_empty())?.to_owned();
    let kind =
        if tag == "input" { get(attributes, "type").unwrap_or("text").to_ascii_lowercase() } else { tag.to_owned() };
    let sent =
        get(attributes, "disabled").is_none() && !["submit", "button", "image", "reset"].contains(&kind.as_str());
    let ticked = !["checkbox", "radio"].contains(&kind.as_str()) || get(attributes, "checked").is_some();
    let default = if ["checkbox", "radio"].contains(&kind.as_str()) { "on" } else { "" };
    let value = get(attributes, "value").unwrap_or(default).to_owned();
    // A list holds nothing before its first choice.
    sent.then_some(Field { name, is_on: ticked && tag != "select", kind, value })
}

/// The first choice of a list counts until another one is marked.
fn choose(form: &mut Form, value: &str, selected: bool) {
    if let Some(field) = form.fields.last_mut().filter(|field| field.kind == "select")
        && (selected || !field.is_on)
    {
        value.clone_into(&mut field.value);
        field.is_on = true;
    }
}

fn get<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

impl Form {
    /// Whether it has a field of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// What is sent: the fields as they stand, and over them what is filled in.
    pub(super) fn filled(&self, values: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut sent = Vec::new();
        for field in &self.fields {
            match values.iter().find(|(name, _)| *name == field.name) {
                Some((_, value)) => sent.push((field.name.clone(), (*value).to_owned())),
                None if field.is_on => sent.push((field.name.clone(), field.value.clone())),
                None => {}
            }
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<form action=/search><input name=q></form>
        <form method='POST' action='/users/1?a=1&amp;b=2'>
        <input type=hidden name=csrf_token value=secret><input name=email type=email value='a&amp;b'>
        <select name=role><option>user</option><option selected>editor</option></select>
        <select name=size><option value=s>small</option><option value=l>large</option></select>
        <input type=checkbox name=news checked><input type=checkbox name=spam value=yes>
        <textarea name=note>as &lt;is&gt;</textarea><input name=off disabled><button name=go>Go</button></form>";

    #[test]
    fn a_form_is_sent_as_a_browser_sends_it() {
        let forms = forms(PAGE);
        assert_eq!((forms.len(), forms[0].is_post, forms[1].is_post), (2, false, true));
        assert_eq!(forms[1].action, "/users/1?a=1&b=2");
        let sent = forms[1].filled(&[("email", "new"), ("spam", "yes")]);
        let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let expected = [
            ("csrf_token", "secret"),
            ("email", "new"),
            ("role", "editor"),
            ("size", "s"),
            ("news", "on"),
            ("spam", "yes"),
            ("note", "as <is>"),
        ];
        assert_eq!(sent, expected);
        assert!(forms[0].has("q") && !forms[1].has("go") && !forms[1].has("off"));
    }
}
