//! Confirming shipments, by version 0: one call a package.

use super::AmazonChannel;
use crate::{calls, dialect::parse_error, map::package};
use http::{Method, StatusCode};
use sutler_core::{
    channel::{CallCx, Fetched, Probe, Receipt},
    command::ConfirmShipment,
    error::{Applied, Result},
    id::ChannelOrderId,
};
use sutler_wire::escaped;

impl AmazonChannel {
    /// Reports one package under the reference that its number gives: the same again is an edit, never a second one.
    pub(super) async fn ship(
        &self,
        cx: &CallCx,
        id: &ChannelOrderId,
        confirm: &ConfirmShipment,
    ) -> Result<Receipt> {
        let call = &calls::SHIP;
        let marketplace = self.sold_at(id).unwrap_or_else(|| self.settings.home().to_owned());
        let body = match package::body(&marketplace, id, confirm, self.pipe.server_now()) {
            Ok(body) => body,
            Err(refused_here) => return Ok(refused_here),
        };
        let path = format!("/orders/v0/orders/{}/shipmentConfirmation", escaped(id.as_str()));
        let response = self.send(cx, call, Method::POST, &path, body).await?;
        if response.status().is_success() {
            return Ok(Receipt::Done { evidence: format!("amazon answered {}", response.status().as_u16()) });
        }
        let said = parse_error(Some(response.status().as_u16()), response.body());
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Receipt::NotApplied {
                why: said.message,
                after: Some(std::time::Duration::from_secs(60)),
            });
        }
        if said.says_already() {
            // Only the order itself tells whether that was us: ours is success, another's a conflict.
            if let Ok(Fetched::Found(raw, _)) = self.one(cx, id).await {
                let shown = package::Packages::read(&raw.raw);
                return Ok(match package::judge(&shown, &confirm.report) {
                    Probe::Happened { evidence } => Receipt::Done { evidence },
                    _ => Receipt::Refused {
                        code: "conflict".into(),
                        why: format!("conflict: {}; the order holds other packages", said.message),
                    },
                });
            }
            return Err(said.into_error(call.op).with_applied(Applied::Unknown));
        }
        Ok(Receipt::Refused { code: said.code(), why: said.message })
    }
}
