//! Pictures of the console's pages with made-up data, in `target/screenshots`. `cargo xtask browser` runs it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use authkit_browser::{Look, PAGES, Run, Window};

const HELP: &str = "\
cargo xtask browser               every page, in both themes, 1440, 1024, 768 and 375 px wide
cargo xtask browser PATH ...      these pages only, such as /admin/users?status=disabled
cargo xtask browser --readme      the two pictures of the README, in docs/images";

const WIDTHS: [(u32, u32); 4] = [(1440, 900), (1024, 768), (768, 1024), (375, 800)];

/// What the README shows: the overview.
const README: (&str, u32, u32) = ("/admin", 1280, 800);

#[tokio::main]
async fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| !arg.starts_with('/') && arg != "--readme") {
        eprintln!("{HELP}");
        return ExitCode::FAILURE;
    }
    let run = Run::start(&["--demo"], &[("AUTHKIT_DATABASE_URL", "memory:")]);
    let (outside, inside) = (run.window().await, run.admin().await);
    if args.iter().any(|arg| arg == "--readme") {
        readme(&inside).await;
    } else if args.is_empty() {
        let user = inside.somebody().await;
        for page in PAGES {
            let window = if page.is_public { &outside } else { &inside };
            all(window, page.name, &page.path.replace("{id}", &user)).await;
        }
    } else {
        for path in &args {
            let name: String = path.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).collect();
            all(&inside, name.trim_matches('-'), path).await;
        }
    }
    outside.close().await;
    inside.close().await;
    ExitCode::SUCCESS
}

async fn all(window: &Window, name: &str, path: &str) {
    for (width, height) in WIDTHS {
        for dark in [false, true] {
            let look = Look { width, height, dark };
            let file = Run::pictures().join(format!("{name}-{width}-{}.png", look.theme()));
            take(window, path, look, &file, true).await;
        }
    }
}

async fn readme(window: &Window) {
    let (path, width, height) = README;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/images");
    for dark in [false, true] {
        let look = Look { width, height, dark };
        take(window, path, look, &folder.join(format!("console-{}.png", look.theme())), false).await;
    }
}

async fn take(window: &Window, path: &str, look: Look, file: &Path, whole: bool) {
    window.look(look).await;
    window.goto(path).await;
    window.picture(file, whole).await;
    println!("{}", file.display());
}
