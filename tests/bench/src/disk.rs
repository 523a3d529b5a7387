//! Where the database files of a row are: on the real disk, or in memory with every fsync made 2 ms long. The second is
//! steady, so it is what commits are compared by.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    Real,
    Slowed,
}

const TMPFS: &str = "/dev/shm";

impl Disk {
    pub fn named(name: &str) -> Option<Self> {
        [Self::Real, Self::Slowed].into_iter().find(|disk| disk.name() == name)
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Real => "disk",
            Self::Slowed => "2-ms",
        }
    }

    /// Where a database server makes its folder, unless its account does not get there.
    pub fn parent(self, bench: &Path) -> PathBuf {
        match self {
            Self::Real => bench.canonicalize().unwrap_or_else(|_| bench.to_owned()),
            Self::Slowed => PathBuf::from(TMPFS),
        }
    }

    /// A new folder there; it is removed when the value is dropped.
    pub fn folder(self, bench: &Path) -> Result<Folder, Failure> {
        let name = format!("authkit-bench-{}", std::process::id());
        let parent = match self {
            Self::Real => bench,
            Self::Slowed => Path::new(TMPFS),
        };
        let folder = Folder(parent.join(name));
        fs::create_dir(&folder.0)?;
        Ok(folder)
    }

    /// What has to be loaded before the process that uses it, made on the spot.
    pub fn preload(self, bench: &Path) -> Result<Option<PathBuf>, Failure> {
        if self == Self::Real {
            return Ok(None);
        }
        let (source, library) = (bench.join("slow_fsync.c"), bench.join("slow_fsync.so"));
        fs::write(&source, include_str!("slow_fsync.c"))?;
        let mut compiler = Command::new("cc");
        compiler.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source);
        if compiler.status()?.success() { Ok(Some(library)) } else { Err(Failure::new("cc refuses slow_fsync.c")) }
    }
}

impl fmt::Display for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Real => "real disk",
            Self::Slowed => "2 ms fsync",
        })
    }
}

pub struct Folder(PathBuf);

impl Folder {
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left over is only space.
        drop(fs::remove_dir_all(&self.0));
    }
}
