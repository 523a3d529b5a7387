//! The routes as data, and the one function that serves a request by them, in any framework and in none.

use std::panic::AssertUnwindSafe;

use authkit_core::{AuthKit, ClientInfo, SignedIn, Tokens};
use futures_util::FutureExt as _;
use http::header::{ALLOW, CONTENT_LENGTH, LOCATION, SET_COOKIE};
use http::{HeaderValue, Method};

use crate::body::{Body, Response};
use crate::client::client;
use crate::console::frame::{self, Frame};
use crate::console::{door, error_page, html, next, notice, view};
use crate::endpoint::{Endpoint, ForOperator, ForVisit, Handler, Page, Takes};
use crate::message::{Answer, Request};
use crate::problem::Problem;
use crate::request_id::RequestId;
use crate::{answer, cookies, guard, headers, input};

/// Some routes that are mounted together.
#[derive(Debug)]
pub struct Table {
    /// Its rows. Where two fit a request, the first one serves it.
    pub rows: &'static [Endpoint],
    /// The pages for people beside them. Where there are any, people get their errors as pages, too.
    pub pages: &'static [&'static [Endpoint]],
}

impl Table {
    /// Serves a request whose path is relative to where the table is mounted.
    ///
    /// Paths are compared byte for byte: whatever is spelled otherwise does not exist. `HEAD` is `GET` without the body,
    /// `OPTIONS` tells the methods of a path, any other method that the path does not take is 405.
    pub async fn call(&self, kit: &AuthKit, mut request: Request) -> Response {
        if !request.is_named {
            request.id = RequestId::of(kit, &request.headers, request.peer);
        }
        let id = request.id.clone();
        let origin = headers::allowed_origin(kit.http(), &request.headers);
        let without_body = request.method == Method::HEAD;
        let person = if self.pages.is_empty() { None } else { Frame::of_person(kit, &request) };
        // A panic in one request is that request's affair.
        let served = AssertUnwindSafe(self.serve(kit, request)).catch_unwind().await;
        let answer = served.unwrap_or_else(|panic| Err(Problem::panicked(&*panic)));
        let mut response = answer.unwrap_or_else(|problem| match person {
            Some(frame) => error_page::answer(kit, &frame, &problem),
            None => problem.response(kit.http(), id.get(kit)),
        });
        headers::secure(kit, response.headers_mut());
        headers::share(response.headers_mut(), kit.http(), origin);
        if without_body {
            strip(&mut response);
        }
        response
    }

    async fn serve(&self, kit: &AuthKit, mut request: Request) -> Answer {
        let path = request.uri.path();
        let wanted = if request.method == Method::HEAD { &Method::GET } else { &request.method };
        match self.row(path, wanted)? {
            Some((row, id)) => {
                request.param = match id {
                    "" => None,
                    id => Some(decoded(id).ok_or_else(Problem::not_found)?),
                };
                serve_row(kit, row, request).await
            }
            None if request.method == Method::OPTIONS => Ok(options(&request, self.allow(path))),
            None => Err(Problem::method_not_allowed(self.allow(path))),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'static Endpoint> {
        self.rows.iter().chain(self.pages.iter().copied().flatten())
    }

    /// The pattern of the row that a path below this table belongs to, such as `/sessions/{id}`: what metrics and spans name
    /// a request by. `None`: there is no such path.
    pub fn pattern(&self, path: &str) -> Option<&'static str> {
        self.all().find(|row| row.fits(path).is_some()).map(|row| row.path)
    }

    /// The row that serves a path and what its `{id}` stands for; `None`: only other methods do.
    fn row<'p>(&self, path: &'p str, wanted: &Method) -> Result<Option<(&'static Endpoint, &'p str)>, Problem> {
        let mut fitting = self.all().filter_map(|row| Some((row, row.fits(path)?))).peekable();
        if fitting.peek().is_none() {
            return Err(Problem::not_found());
        }
        Ok(fitting.find(|(row, _)| row.method == wanted))
    }

    /// The methods of a path.
    fn allow(&self, path: &str) -> HeaderValue {
        let mut methods: Vec<&str> = vec!["OPTIONS"];
        for row in self.all().filter(|row| row.fits(path).is_some()) {
            methods.push(row.method.as_str());
            if row.method == Method::GET {
                methods.push("HEAD");
            }
        }
        methods.sort_unstable();
        methods.dedup();
        HeaderValue::try_from(methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }
}

/// The guard first, then the body, then the function: whoever may not, learns nothing and costs nothing.
async fn serve_row(kit: &AuthKit, row: &Endpoint, mut request: Request) -> Answer {
    request.limit = row.limit;
    match row.handler {
        Handler::Public(serve) => {
            if row.method != Method::GET {
                guard::screen(kit, request.head(), false).await?;
            }
            without_surplus(row, &mut request).await?;
            serve(kit, request).await
        }
        Handler::Token(serve) => {
            guard::screen(kit, request.head(), true).await?;
            without_surplus(row, &mut request).await?;
            serve(kit, request).await
        }
        Handler::User(serve) => {
            let user = guard::current_user(kit, request.head()).await?;
            without_surplus(row, &mut request).await?;
            serve(kit, user, request).await
        }
        Handler::Page(Page(serve)) => serve_page(kit, row, request, serve).await,
        Handler::Operator(serve) if row.form.is_some() && frame::is_form(&request.headers) => {
            serve_form(kit, row, request, serve).await
        }
        Handler::Operator(serve) => {
            let (user, operator) = guard::operator(kit, request.head()).await?;
            without_surplus(row, &mut request).await?;
            let client = client(kit, request.head());
            let answer = serve(kit, operator, request).await;
            recorded(kit, &user, row, &client, answer).await
        }
    }
}

/// A page, or a form of one. A pair that the door had to ask for goes along with whatever comes of it.
async fn serve_page(kit: &AuthKit, row: &Endpoint, mut request: Request, serve: ForVisit) -> Answer {
    let mut visit = door::enter(kit, &request).await?;
    let (who, fresh, client) = (visit.who.clone(), visit.fresh.take(), client(kit, request.head()));
    let shows_notice = visit.frame.notice.is_some();
    let served = async {
        if row.method != Method::GET {
            request.form = Some(door::form(kit, &visit, &mut request).await?);
        }
        serve(kit, visit, request).await
    };
    let mut answer = recorded(kit, &who, row, &client, served.await).await;
    if let Ok(response) = &mut answer
        && shows_notice
        && response.status().is_success()
    {
        notice::forget(response.headers_mut(), kit.http());
    }
    with_pair(kit, answer, fresh)
}

/// An action of the JSON API that was sent as a form: the same function, and then on to a page.
async fn serve_form(kit: &AuthKit, row: &Endpoint, mut request: Request, serve: ForOperator) -> Answer {
    let mut visit = door::enter(kit, &request).await?;
    let (who, fresh, client) = (visit.who.clone(), visit.fresh.take(), client(kit, request.head()));
    let served = async {
        let mut fields = door::form(kit, &visit, &mut request).await?;
        let next = fields.optional_text("next").and_then(|next| next::safe(&visit.frame.base, &next));
        let form = row.form.ok_or_else(Problem::unsupported_media_type)?;
        let notice = match fields.peek("is_active") {
            Some("true") => "notice.enabled",
            Some("false") => "notice.disabled",
            _ => form.notice,
        };
        let is_told = next.is_some();
        let back = next.unwrap_or_else(|| {
            visit.frame.path(&form.back.replace("{id}", &view::encoded(request.param.as_deref().unwrap_or_default())))
        });
        request.form = Some(fields);
        let made = serve(kit, visit.operator, request).await?;
        // What was made is where to look now, unless the form says otherwise.
        let made = made.headers().get(LOCATION).filter(|_| !is_told).and_then(|path| path.to_str().ok());
        let back = made.map_or(back, ToOwned::to_owned);
        let mut response = html::see_other(&back)?;
        notice::leave(response.headers_mut(), kit.http(), notice);
        Ok(response)
    };
    let answer = recorded(kit, &who, row, &client, served.await).await;
    with_pair(kit, answer, fresh)
}

/// Somebody who was admitted, and yet not allowed to do this: as worth knowing as the guard's refusal.
async fn recorded(kit: &AuthKit, who: &SignedIn, row: &Endpoint, client: &ClientInfo, answer: Answer) -> Answer {
    if answer.as_ref().is_err_and(|problem| problem.code() == "forbidden") {
        kit.record_access_refused(who, row.path, client).await?;
    }
    answer
}

/// The answer with the cookies of a fresh pair, unless it sets or clears them itself.
fn with_pair(kit: &AuthKit, answer: Answer, fresh: Option<Tokens>) -> Answer {
    let Some(tokens) = fresh else { return answer };
    match answer {
        Ok(mut response) => {
            let name = format!("{}=", kit.http().refresh_cookie);
            let mut set = response.headers().get_all(SET_COOKIE).iter();
            if !set.any(|line| line.as_bytes().starts_with(name.as_bytes())) {
                cookies::set(response.headers_mut(), kit.http(), &tokens);
            }
            Ok(response)
        }
        Err(problem) => Err(problem.carrying(Some(tokens))),
    }
}

/// What changes something and takes no body gets none. A `GET` with a body is served without looking at it.
async fn without_surplus(row: &Endpoint, request: &mut Request) -> Result<(), Problem> {
    if row.takes == Takes::Nothing && row.method != Method::GET && !row.is_page {
        input::nothing(request).await?;
    }
    Ok(())
}

fn options(request: &Request, allow: HeaderValue) -> Response {
    let mut response = answer::no_content();
    if headers::is_preflight(&request.headers) {
        headers::permit(response.headers_mut(), allow.clone());
    }
    response.headers_mut().insert(ALLOW, allow);
    response
}

/// What `HEAD` answers: the headers of `GET`, with the length that its body would have.
fn strip(response: &mut Response) {
    let length = http_body::Body::size_hint(response.body()).exact();
    if let Some(length) = length.filter(|length| *length > 0) {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    *response.body_mut() = Body::Empty;
}

/// A segment of a path as the text that it stands for. `None`: it is spelled in another way than it needs to be (RFC 3986
/// §6.2.2), so that no id has two paths.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let byte = upper_hex(rest.next()?)? * 16 + upper_hex(rest.next()?)?;
                (!byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte)).then_some(byte)?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

const fn upper_hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        for (segment, id) in [
            ("abc-1._~", Some("abc-1._~")),
            ("a%20b", Some("a b")),
            ("%C3%A4", Some("ä")),
            ("a%2Fb", Some("a/b")),
            ("%61bc", None),
            ("%c3%a4", None),
            ("%C3", None),
            ("%", None),
            ("%2", None),
            ("%GG", None),
        ] {
            assert_eq!(decoded(segment).as_deref(), id, "{segment}");
        }
    }
}
