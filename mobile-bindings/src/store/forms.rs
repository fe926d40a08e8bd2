//! Forms on the device.

use std::collections::HashMap;

use sync_core::exchange::{CatalogueEntry, ContentKind};
use sync_core::form::{FormId, FormVersion};
use sync_core::store;

use super::Store;
use crate::error::RukunError;
use crate::form::{Form, FormLine, words};

#[uniffi::export]
impl Store {
    /// All forms that the server offers, versions of one form from the oldest to the latest.
    ///
    /// # Errors
    /// [`RukunError::Storage`].
    pub fn forms(&self) -> Result<Vec<FormLine>, RukunError> {
        self.with(|store| {
            let entries = store.catalogue()?.into_iter().filter(|entry| entry.kind == ContentKind::Form);
            entries.map(|entry| line(store, entry)).collect()
        })
    }

    /// A form that is here.
    ///
    /// # Errors
    /// [`RukunError::NotFound`] while its content has not come; [`RukunError::Storage`].
    pub fn form(&self, id: String, version: String) -> Result<Form, RukunError> {
        self.with(|store| {
            let form = store.form(&FormId::new(&*id), &FormVersion::new(&*version))?;
            let entries = store.catalogue()?;
            let entry = entries
                .iter()
                .find(|entry| entry.kind == ContentKind::Form && (&entry.name, &entry.version) == (&id, &version));
            let content = entry.map(|entry| store.content(entry.hash)).transpose()?.flatten();
            let json = content.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
            Ok(Form::of(&form, json))
        })
    }
}

fn line(store: &mut store::Store, entry: CatalogueEntry) -> Result<FormLine, RukunError> {
    let form = match store.form(&FormId::new(&*entry.name), &FormVersion::new(&*entry.version)) {
        Ok(form) => Some(form),
        Err(store::StoreError::UnknownForm { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(FormLine {
        id: entry.name,
        version: entry.version,
        title: form.as_ref().map_or_else(HashMap::new, |form| words(&form.title)),
        retired: entry.retired,
        here: form.is_some(),
    })
}
