//! Every page, in both themes, on a desk and on a phone.

use authkit_browser::{Look, PAGES, Run, Window};

const LOOKS: [Look; 4] = [Look::DESK, Look::DESK.dark(true), Look::PHONE, Look::PHONE.dark(true)];

/// The narrowest page that must need no scrolling to the side.
const NARROW: u32 = 320;

/// What is wrong with the page that a window shows.
async fn faults(window: &Window, name: &str, look: Look) -> Vec<String> {
    let mut found: Vec<_> = window.violations().await.iter().map(ToString::to_string).collect();
    found.extend(window.logs().await.faults(&window.origin, &[]));
    found.into_iter().map(|fault| format!("{name}, {} px, {}: {fault}", look.width, look.theme())).collect()
}

#[tokio::test]
async fn every_page_is_accessible_quiet_and_fits_in_both_themes_and_on_a_phone() {
    let run = Run::start(&["--demo"], &[("AUTHKIT_DATABASE_URL", "memory:")]);
    let (outside, inside) = tokio::join!(run.window(), run.admin());
    let user = inside.somebody().await;
    let mut found = Vec::new();
    drop(inside.logs().await);
    for look in LOOKS {
        outside.look(look).await;
        inside.look(look).await;
        for page in PAGES {
            let window = if page.is_public { &outside } else { &inside };
            let path = page.path.replace("{id}", &user);
            window.goto(&path).await;
            let shown = window.path().await;
            if shown != path {
                found.push(format!("{} leads to {shown}", page.name));
            }
            found.extend(faults(window, page.name, look).await);
            let file = Run::pictures().join(format!("{}-{}-{}.png", page.name, look.width, look.theme()));
            window.picture(&file, true).await;
            if look == Look::PHONE {
                for width in [look.width, NARROW] {
                    let wide = window.scrolls_sideways(width).await;
                    found.extend(wide.map(|wide| format!("{} {wide}", page.name)));
                }
                window.look(look).await;
            }
        }
    }
    outside.close().await;
    inside.close().await;
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn what_is_not_there_is_a_page_too() {
    let run = Run::start(&[], &[("AUTHKIT_DATABASE_URL", "memory:")]);
    let window = run.admin().await;
    drop(window.logs().await);
    window.goto("/admin/users/00000000-0000-7000-8000-000000000000").await;
    assert!(window.text("body").await.contains("404"));
    let faults = window.logs().await.faults(&run.origin(), &[404]);
    assert!(faults.is_empty() && window.violations().await.is_empty(), "{faults:#?}");
    window.close().await;
}
