//! A disk that is full: the file may not grow any more.

use super::ground::Ground;
use crate::store::{Store, StoreError};

/// The most pages that SQLite knows.
const ALL: u32 = 0xffff_fffe;

#[tokio::test]
async fn the_writer_goes_on_once_there_is_room_again() {
    let ground = Ground::new().await;
    ground.propose(&[1]).await;
    ground.store.leave_no_room().await;
    let is_full = |error: &StoreError| format!("{error:?}").contains("full");
    let mut number = 2;
    let refused = loop {
        let draft = ground.draft(&[number]);
        if let Err(error) = ground.record(&draft).await {
            break error;
        }
        number += 1;
    };
    assert!(is_full(&refused), "{refused:?}");
    for _ in 0..3 {
        let error = ground.record(&ground.draft(&[number])).await.unwrap_err();
        assert!(is_full(&error), "{error:?}");
    }
    ground.store.give_room().await;
    ground.propose(&[number]).await;
    ground.store.check_file(true).await.unwrap();
    assert!(ground.store.verify_audit().await.unwrap().is_ok());
}

impl Store {
    /// From now on the file stays as large as it is.
    pub(crate) async fn leave_no_room(&self) {
        // Less than there are already counts as what there are.
        self.limit_pages(1).await;
    }

    /// From now on it may grow again.
    pub(crate) async fn give_room(&self) {
        self.limit_pages(ALL).await;
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "pragmas describe no columns, so the checked macros cannot take them"
    )]
    async fn limit_pages(&self, pages: u32) {
        // The connection of now, and each that takes its place.
        let options = self.writer.connect_options().as_ref().clone();
        let options = options.pragma("max_page_count", pages.to_string());
        self.writer.set_connect_options(options);
        let statement = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(statement).execute(&self.writer).await.unwrap();
    }
}
