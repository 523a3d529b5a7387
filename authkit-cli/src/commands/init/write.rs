//! All of it or nothing: everything is written beside its place first, and put into place when all of it is there.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::files::{File, State};
use crate::codes::CliCode;
use crate::failure::Failure;

/// A file that is written beside its place.
struct Staged {
    /// As the plan calls it.
    name: PathBuf,
    target: PathBuf,
    beside: PathBuf,
    /// The name under which what was there is kept until all is done.
    kept: Option<PathBuf>,
}

/// Writes what a plan says. When anything fails, everything is as before.
pub(super) fn all(root: &Path, plan: &[File]) -> Result<(), Failure> {
    let mut staged = Vec::new();
    let mut folders = Vec::new();
    let mut put_there = 0;
    let done = stage(root, plan, &mut staged, &mut folders).and_then(|()| put(&staged, &mut put_there));
    match done {
        Ok(()) => {
            for kept in staged.iter().filter_map(|one| one.kept.as_ref()) {
                let _ = fs::remove_file(kept);
            }
            Ok(())
        }
        Err((path, error)) => {
            undo(&staged, put_there, &folders);
            Err(Failure::new(CliCode::FileNotWritten, format!("{}: {error}", path.display()))
                .fix("nothing was changed; make room or give the right to write, then run it again"))
        }
    }
}

type Trouble = (PathBuf, io::Error);

fn stage(root: &Path, plan: &[File], staged: &mut Vec<Staged>, folders: &mut Vec<PathBuf>) -> Result<(), Trouble> {
    for file in plan {
        let Some(text) = file.text() else { continue };
        let of = |error| (file.path.clone(), error);
        let is_there = matches!(file.state, State::Changed { .. });
        let mut target = root.join(&file.path);
        if is_there {
            // What a link leads to is the file that is meant.
            target = fs::canonicalize(target).map_err(of)?;
        }
        make(target.parent().unwrap_or(root), folders).map_err(of)?;
        let there = fs::metadata(&target).ok();
        if there.as_ref().is_some_and(|there| there.permissions().readonly()) {
            return Err(of(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only")));
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let hidden = |ending: &str| target.with_file_name(format!(".{name}.{}.{ending}", std::process::id()));
        let (beside, kept) = (hidden("new"), is_there.then(|| hidden("old")));
        staged.push(Staged { name: file.path.clone(), beside: beside.clone(), kept, target });
        write(&beside, text, file.is_private, there.as_ref()).map_err(of)?;
    }
    Ok(())
}

/// A folder and those above it, remembering which are new.
fn make(folder: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.exists() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make(parent, made)?;
    }
    fs::create_dir(folder)?;
    made.push(folder.to_owned());
    Ok(())
}

fn write(path: &Path, text: &str, is_private: bool, there: Option<&fs::Metadata>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if is_private { 0o600 } else { 0o666 });
    let mut file = options.open(path)?;
    #[cfg(unix)]
    if let Some(there) = there {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let ours = file.metadata()?;
        if (ours.uid(), ours.gid()) != (there.uid(), there.gid()) {
            // Who may write it need not be allowed to give it away; then it is theirs, as with an editor.
            let _ = fchown(&file, Some(there.uid()), Some(there.gid()));
        }
    }
    if let Some(there) = there.filter(|_| !is_private) {
        file.set_permissions(there.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Puts one after the other into its place, and counts them.
fn put(staged: &[Staged], put_there: &mut usize) -> Result<(), Trouble> {
    for one in staged {
        let of = |error| (one.name.clone(), error);
        if let Some(kept) = &one.kept {
            // What was there is kept under another name, which takes no room where links are allowed, and replaced in one step.
            fs::hard_link(&one.target, kept).or_else(|_| fs::copy(&one.target, kept).map(drop)).map_err(of)?;
            fs::rename(&one.beside, &one.target).map_err(of)?;
        } else {
            // Who made the file meanwhile keeps it.
            fs::hard_link(&one.beside, &one.target).map_err(of)?;
            let _ = fs::remove_file(&one.beside);
        }
        *put_there += 1;
    }
    Ok(())
}

/// As it was: what was put into place is taken away or put back, and what was only staged is removed.
fn undo(staged: &[Staged], put_there: usize, folders: &[PathBuf]) {
    for (n, one) in staged.iter().enumerate() {
        let _ = match &one.kept {
            Some(kept) if n < put_there => fs::rename(kept, &one.target),
            None if n < put_there => fs::remove_file(&one.target),
            _ => fs::remove_file(&one.beside),
        };
        if let Some(kept) = &one.kept {
            let _ = fs::remove_file(kept);
        }
    }
    for folder in folders.iter().rev() {
        let _ = fs::remove_dir(folder);
    }
}
