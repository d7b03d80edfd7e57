//! Where orders are kept, as one text: `orders.db`, `sqlite:orders.db`, `memory:`.

use std::{path::PathBuf, sync::Arc};
use sutler_core::{Error, Result, error::ErrorKind, ports::store::Store};
use sutler_store::memory::MemoryStore;

/// The tenant of a host that has only one.
pub(crate) const TENANT: &str = "default";

/// A place named by a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// Nowhere but in this process.
    Memory,
}

impl Place {
    /// Reads `PATH`, `sqlite:PATH` or `memory:`.
    pub(crate) fn parse(url: &str) -> Result<Place> {
        let wrong = |what: String| Err(Error::new(ErrorKind::Config, "store.url").message(what));
        let right = "a path, \"sqlite:PATH\" or \"memory:\" is right";
        if url == "memory:" {
            return Ok(Place::Memory);
        }
        let path = url.strip_prefix("sqlite:").unwrap_or(url);
        if path.is_empty() || path.contains('\0') {
            return wrong(format!("{url:?} names no file; {right}"));
        }
        // One letter before the colon is a drive.
        let scheme = path.split_once(':').map_or("", |(scheme, _)| scheme);
        if scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+') {
            return wrong(format!("{url:?} is not a store this version knows; {right}"));
        }
        Ok(Place::Sqlite(PathBuf::from(path)))
    }
}

fn named(tenant: &str) -> Result<()> {
    if tenant.trim().is_empty() {
        return Err(Error::new(ErrorKind::Config, "store.tenant")
            .message(format!("tenant {tenant:?} is no name; one that is not blank, or none, is right")));
    }
    Ok(())
}

/// Opens a store for an engine, which has it alone.
pub(crate) fn engine(url: &str, tenant: &str) -> Result<Arc<dyn Store>> {
    let place = Place::parse(url)?;
    named(tenant)?;
    match place {
        Place::Memory => Ok(Arc::new(MemoryStore::new().for_tenant(tenant))),
        Place::Sqlite(path) => sqlite::engine(&path, tenant),
    }
}

/// Opens a store beside its engine: reads, and appends to the intake.
pub(crate) fn host(url: &str, tenant: &str) -> Result<Arc<dyn Store>> {
    let place = Place::parse(url)?;
    named(tenant)?;
    match place {
        Place::Memory => Err(Error::new(ErrorKind::Config, "store.url").message(
            "\"memory:\" is seen by the engine that opened it and nobody else; ask that engine for its host, or use a file",
        )),
        Place::Sqlite(path) => sqlite::host(&path, tenant),
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::{path::Path, sync::Arc};
    use sutler_core::{Result, ports::store::Store};
    use sutler_store::sqlite::{Options, SqliteStore};

    pub(super) fn engine(path: &Path, tenant: &str) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(SqliteStore::open_engine(path, &Options::default().tenant(tenant))?))
    }

    pub(super) fn host(path: &Path, tenant: &str) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(SqliteStore::open_host(path, &Options::default().tenant(tenant))?))
    }
}

#[cfg(not(feature = "sqlite"))]
mod sqlite {
    use std::{path::Path, sync::Arc};
    use sutler_core::{Error, Result, error::ErrorKind, ports::store::Store};

    pub(super) fn engine(path: &Path, _: &str) -> Result<Arc<dyn Store>> {
        Err(Error::new(ErrorKind::Config, "store.url").message(format!(
            "{} is an SQLite file, and this build has no SQLite; the feature sqlite, or \"memory:\", is right",
            path.display()
        )))
    }

    pub(super) fn host(path: &Path, tenant: &str) -> Result<Arc<dyn Store>> {
        engine(path, tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_path_or_says_what_it_is() {
        for url in ["orders.db", "sqlite:orders.db"] {
            assert_eq!(Place::parse(url).ok(), Some(Place::Sqlite("orders.db".into())), "{url}");
        }
        assert_eq!(Place::parse("C:\\orders.db").ok(), Some(Place::Sqlite("C:\\orders.db".into())));
        assert_eq!(Place::parse("memory:").ok(), Some(Place::Memory));
        for url in ["", "sqlite:", "postgres://host/db", "mysql:x"] {
            let error = Place::parse(url).expect_err(url);
            assert!(error.kind() == ErrorKind::Config && error.text().contains("is right"), "{error}");
        }
    }
}
