//! Both copies of the documents, each read once and only if a call stands in it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use serde_json::Value;

use super::call::Call;
use super::document::{self, LoadError, Subject};
use super::operation::Operation;
use super::shape::Shape;

/// The documents read so far; each is read once, and dropped when the calls have been taken out of it.
pub(super) struct Library<'a> {
    specs: &'a Path,
    newest: BTreeMap<Subject, Option<Value>>,
    older: BTreeMap<Subject, Option<Value>>,
}

impl<'a> Library<'a> {
    /// An empty one; nothing is read yet.
    pub(super) fn of(specs: &'a Path) -> Library<'a> {
        Library { specs, newest: BTreeMap::new(), older: BTreeMap::new() }
    }

    /// The call in the newest copy and in the older one.
    pub(super) fn operations(
        &mut self,
        call: &Call,
    ) -> Result<(Option<Operation>, Option<Operation>), LoadError> {
        let (newest, older) = (call.subject.newest(self.specs), call.subject.older(self.specs));
        if !newest.exists() && !older.exists() {
            // Reading it anyway gives the error its words.
            document::load(&newest)?;
        }
        let newest = taken(&mut self.newest, call, &newest)?;
        Ok((newest, taken(&mut self.older, call, &older)?))
    }

    /// The shape of one error in an error envelope. To be asked when the calls have been read.
    pub(super) fn error(&self) -> Result<Shape, LoadError> {
        let documents = [self.newest.get(&Subject::Orders), self.older.get(&Subject::Orders)];
        let root = documents.into_iter().flatten().flatten().next();
        let schema = root.and_then(|root| Some((root, root.pointer("/components/schemas/GatewayError")?)));
        let refuse = |why: String| LoadError::Document { path: Subject::Orders.newest(self.specs), why };
        let (root, schema) = schema.ok_or_else(|| refuse("has no schema GatewayError".to_owned()))?;
        Shape::read(root, schema).map_err(|why| refuse(format!("GatewayError: {why}")))
    }
}

/// The call's operation in a document, which is loaded at its first use; `None` where document or operation is not there.
fn taken(
    documents: &mut BTreeMap<Subject, Option<Value>>,
    call: &Call,
    path: &Path,
) -> Result<Option<Operation>, LoadError> {
    let document = match documents.entry(call.subject) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => {
            let read = path.exists().then(|| document::load(path)).transpose()?;
            entry.insert(read)
        }
    };
    let refuse = |why| LoadError::Document { path: path.to_owned(), why };
    let Some(root) = document else { return Ok(None) };
    Operation::read(root, call.method, call.path).map_err(refuse)
}
