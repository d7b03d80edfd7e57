//! The bodies of orders as they were last written: the same order is read again and again, and seldom differs.

use super::order::Standing;

/// Orders kept; a place is shared by all orders whose index agrees modulo this.
const PLACES: usize = 64;

/// An order's body with all that it depends on, apart from what never changes.
#[derive(Clone)]
struct Body {
    index: u32,
    standing: Standing,
    email_known: bool,
    text: String,
}

/// See the module.
#[derive(Clone, Default)]
pub(crate) struct Rendered(Vec<Option<Body>>);

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No part of the world: it only saves writing what is known.
        f.write_str("Rendered")
    }
}

impl Rendered {
    /// The body of the order `index` in this standing, if that is what was kept last.
    pub(crate) fn get(&self, index: u32, standing: &Standing, email_known: bool) -> Option<&str> {
        let body = self.0.get(index as usize % PLACES)?.as_ref()?;
        let same = body.index == index && body.email_known == email_known && body.standing == *standing;
        same.then_some(body.text.as_str())
    }

    /// Keeps a body in the place of an older one.
    pub(crate) fn keep(&mut self, index: u32, standing: &Standing, email_known: bool, text: &str) {
        if self.0.is_empty() {
            self.0.resize(PLACES, None);
        }
        if let Some(place) = self.0.get_mut(index as usize % PLACES) {
            let (standing, text) = (standing.clone(), text.to_owned());
            *place = Some(Body { index, standing, email_known, text });
        }
    }
}
