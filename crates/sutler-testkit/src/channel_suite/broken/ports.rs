//! Stock and returns, broken.

use super::Broken;
use async_trait::async_trait;
use sutler_core::{
    channel::{CallCx, LevelAnswer, PullFrom, StockChannel},
    error::{Error, ErrorKind, Result},
    id::Sku,
    returns::{ReturnPage, ReturnsChannel, ReturnsPulled, ReturnsSpec},
    time::Duration,
};

#[async_trait]
impl StockChannel for Broken {
    async fn levels(&self, cx: &CallCx, skus: &[Sku]) -> Result<Vec<LevelAnswer>> {
        let Some(inner) = self.inner.stock() else { return Ok(Vec::new()) };
        if self.how == "levels_are_read_or_said_to_be_unreadable" && skus.is_empty() {
            return Err(Error::new(ErrorKind::Invalid, "broken.levels").message("nothing is asked"));
        }
        let mut answers = inner.levels(cx, skus).await?;
        for answer in &mut answers {
            match (self.how, &mut answer.level) {
                ("a_sku_nobody_lists_has_no_level", Ok(level @ None)) => *level = Some(0),
                ("a_sale_lowers_the_level", Ok(Some(level))) if *level == 97 => *level = 100,
                _ => {}
            }
        }
        Ok(answers)
    }
}

#[async_trait]
impl ReturnsChannel for Broken {
    fn spec(&self) -> ReturnsSpec {
        let none = || ReturnsSpec {
            stream: "returns".into(),
            horizon: Duration::zero(),
            overlap: Duration::zero(),
            every: Duration::zero(),
            budget: "".into(),
        };
        self.inner.returns().map_or_else(none, |returns| returns.spec())
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<ReturnsPulled> {
        match self.inner.returns() {
            Some(inner) if self.how != "what_buyers_send_back_is_read_where_the_channel_tells_of_it" => {
                inner.pull(cx, from).await
            }
            _ => Ok(ReturnsPulled::Page(ReturnPage::default())),
        }
    }
}
