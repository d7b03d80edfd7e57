//! The queue of notifications: Amazon's own SQS, over the transport that everything else uses.
//!
//! SQS speaks JSON: one `POST` a call, signed with the version 4 of AWS's signatures by AWS's own `aws-sigv4`.

use crate::{calls, channel::AmazonChannel, map::push::decode_notification};
use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use bytes::Bytes;
use http::{Method, Uri, header};
use serde::Deserialize;
use std::{fmt, time::SystemTime};
use sutler_core::{
    channel::CallCx,
    error::{Error, ErrorKind, Result, Retry},
    push::{Delivery, PushQueue},
};
use sutler_http::{Call, Environment, ExposeSecret, Response, SecretString};

/// The longest that SQS lets a call wait for messages, in real seconds.
const WAIT_SECONDS_MAX: i64 = 20;
/// What is left of a call's time for its way there and back, in real seconds.
const WAY_SECONDS: i64 = 3;
/// The most messages of one call.
const AT_ONCE: u8 = 10;

/// How the queue is reached, as the configuration says it.
#[derive(Clone, Debug)]
pub(crate) struct QueueSettings {
    pub(crate) url: String,
    pub(crate) key_id: String,
    pub(crate) secret: SecretString,
}

/// A queue that was checked.
pub(crate) struct Queue {
    url: String,
    endpoint: Uri,
    region: String,
    credentials: Credentials,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").field("url", &self.url).finish_non_exhaustive()
    }
}

impl QueueSettings {
    /// Checks address and key.
    ///
    /// # Errors
    /// `Config` naming `field(..)` and what would be right.
    pub(crate) fn check(self, environment: Environment, field: &dyn Fn(&str) -> String) -> Result<Queue> {
        let wrong =
            |name: &str, why: &str| Err(Error::new(ErrorKind::Config, field(name)).message(why.to_owned()));
        for (name, value, right) in [
            (
                "sqs_access_key_id",
                self.key_id.as_str(),
                "the id of an access key that may receive and delete is right",
            ),
            (
                "sqs_secret_access_key",
                self.secret.expose_secret(),
                "the secret that goes with sqs_access_key_id is right",
            ),
        ] {
            if value.trim().is_empty() {
                return wrong(name, &format!("it is empty; {right}"));
            }
        }
        if self.url.ends_with(".fifo") {
            return wrong(
                "sqs_queue_url",
                "it is a FIFO queue, into which Amazon puts nothing; a standard queue is right",
            );
        }
        let right = "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME is right";
        let Ok(uri) = self.url.parse::<Uri>() else {
            return wrong("sqs_queue_url", &format!("it is no URL; {right}"));
        };
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return wrong("sqs_queue_url", &format!("it names no scheme and host; {right}"));
        };
        let host = authority.host().to_ascii_lowercase();
        let region = host.strip_prefix("sqs.").and_then(|rest| rest.strip_suffix(".amazonaws.com"));
        let region = match (environment, region) {
            (Environment::Local, _) => {
                // Loopback alone, as for every address of a local channel.
                crate::HOSTS.check(environment, &field("sqs_queue_url"), &self.url)?;
                "us-east-1".to_owned()
            }
            (_, Some(region))
                if scheme.as_str() == "https"
                    && authority.as_str().eq_ignore_ascii_case(&host)
                    && !region.is_empty()
                    && !region.contains('.') =>
            {
                region.to_owned()
            }
            _ => {
                return wrong(
                    "sqs_queue_url",
                    &format!("the environment is {environment}, and {host:?} is no SQS of AWS; {right}"),
                );
            }
        };
        let endpoint = format!("{scheme}://{authority}/");
        let Ok(endpoint) = endpoint.parse() else {
            return wrong("sqs_queue_url", &format!("its host cannot be addressed; {right}"));
        };
        let secret = self.secret.expose_secret();
        let credentials = Credentials::new(self.key_id.as_str(), secret, None, None, "sutler");
        Ok(Queue { url: self.url, endpoint, region, credentials })
    }
}

impl AmazonChannel {
    async fn ask(
        &self,
        cx: &CallCx,
        queue: &Queue,
        call: &Call,
        action: &str,
        body: String,
    ) -> Result<Response> {
        let unsigned = |_| {
            Error::new(ErrorKind::Invalid, call.op)
                .message("the request to the queue cannot be signed; an access key is printable text")
        };
        let target = format!("AmazonSQS.{action}");
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri(queue.endpoint.clone())
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
            .header("x-amz-target", &target)
            .body(Bytes::from(body))
            .map_err(|_| unsigned(()))?;
        let identity = queue.credentials.clone().into();
        let now = u64::try_from(self.pipe.parts().clock.now().timestamp()).unwrap_or_default();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&queue.region)
            .name("sqs")
            .time(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(now))
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| unsigned(()))?
            .into();
        let uri = queue.endpoint.to_string();
        let headers =
            request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let signable = SignableRequest::new("POST", &uri, headers, SignableBody::Bytes(request.body()))
            .map_err(|_| unsigned(()))?;
        let (instructions, _) = sign(signable, &params).map_err(|_| unsigned(()))?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        let response = self.pipe.carry(cx, call, request).await?;
        if response.status().is_success() { Ok(response) } else { Err(fault(call, &queue.url, &response)) }
    }

    /// As long as the call may take, less its way; SQS counts in whole real seconds.
    fn wait_seconds(&self, cx: &CallCx) -> i64 {
        let clock = &self.pipe.parts().clock;
        let second = clock.real(std::time::Duration::from_secs(1)).num_milliseconds().max(1);
        let left = (cx.deadline - clock.now()).num_milliseconds() / second;
        (left - WAY_SECONDS).clamp(0, WAIT_SECONDS_MAX)
    }
}

/// What SQS's own words for a refusal mean.
fn fault(call: &Call, queue: &str, response: &Response) -> Error {
    #[derive(Deserialize, Default)]
    struct Said {
        #[serde(rename = "__type", default)]
        kind: String,
        #[serde(default, alias = "Message")]
        message: String,
    }
    let said: Said = serde_json::from_slice(response.body()).unwrap_or_default();
    let code = said.kind.rsplit('#').next().unwrap_or_default();
    let status = response.status().as_u16();
    let (kind, retry, right) = match (status, code) {
        (_, "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue") => {
            (ErrorKind::Config, Retry::Never, "; sqs_queue_url names a queue that exists")
        }
        (401 | 403, _)
        | (_, "AccessDenied" | "AccessDeniedException" | "InvalidClientTokenId" | "SignatureDoesNotMatch") => {
            (
                ErrorKind::Forbidden,
                Retry::Never,
                "; the access key needs sqs:ReceiveMessage and sqs:DeleteMessage on the queue",
            )
        }
        (429, _) | (_, "RequestThrottled" | "ThrottlingException") => {
            (ErrorKind::RateLimited, Retry::Backoff, "")
        }
        (400..=499, _) => (ErrorKind::Refused, Retry::Never, ""),
        _ => (ErrorKind::Remote, Retry::Backoff, ""),
    };
    Error::new(kind, call.op)
        .message(format!("the queue {queue} answered {status}: {code} {}{right}", said.message))
        .with_retry(retry)
}

/// Messages about another seller are left where they are: their own channel takes them, if the queue is shared.
#[async_trait]
impl PushQueue for AmazonChannel {
    async fn receive(&self, cx: &CallCx) -> Result<Vec<Delivery>> {
        let Some(queue) = &self.queue else { return Ok(Vec::new()) };
        let call = &calls::QUEUE_RECEIVE;
        let body = serde_json::json!({
            "QueueUrl": queue.url,
            "MaxNumberOfMessages": AT_ONCE,
            "WaitTimeSeconds": self.wait_seconds(cx),
        });
        let response = self.ask(cx, queue, call, "ReceiveMessage", body.to_string()).await?;
        read_messages(call, self.seller.as_str(), response.body())
    }

    async fn remove(&self, cx: &CallCx, receipts: &[String]) -> Result<()> {
        let Some(queue) = &self.queue else { return Ok(()) };
        let call = &calls::QUEUE_REMOVE;
        for some in receipts.chunks(usize::from(AT_ONCE)) {
            let entry = |(at, receipt): (usize, &String)| serde_json::json!({"Id": at.to_string(), "ReceiptHandle": receipt});
            let entries: Vec<serde_json::Value> = some.iter().enumerate().map(entry).collect();
            let body = serde_json::json!({"QueueUrl": queue.url, "Entries": entries}).to_string();
            let response = self.ask(cx, queue, call, "DeleteMessageBatch", body).await?;
            let left = not_removed(response.body());
            if left > 0 {
                return Err(Error::new(ErrorKind::Remote, call.op)
                    .message(format!("{left} of {} messages were not removed; they come again", some.len()))
                    .with_retry(Retry::Backoff));
            }
        }
        Ok(())
    }
}

fn read_messages(call: &Call, seller: &str, body: &[u8]) -> Result<Vec<Delivery>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        #[serde(default)]
        messages: Option<Vec<Message>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Message {
        message_id: String,
        receipt_handle: String,
        #[serde(default)]
        body: String,
    }
    let answer: Answer = serde_json::from_slice(body).map_err(|_| {
        Error::new(ErrorKind::Remote, call.op)
            .message("the answer of the queue is no list of messages")
            .with_retry(Retry::Backoff)
    })?;
    let read = |message: Message| {
        let (receipt, own) = (message.receipt_handle, message.message_id);
        match decode_notification(message.body.as_bytes()) {
            Ok(told) if told.seller.as_deref().is_some_and(|about| about != seller) => None,
            Ok(told) => {
                let id = if told.id.is_empty() { own } else { told.id };
                Some(Delivery { receipt, id, told: told.told, unreadable: None })
            }
            Err(error) => Some(Delivery {
                receipt,
                id: own,
                told: Vec::new(),
                unreadable: Some(error.text().to_owned()),
            }),
        }
    };
    Ok(answer.messages.unwrap_or_default().into_iter().filter_map(read).collect())
}

/// How many entries of a batch SQS did not remove.
fn not_removed(body: &[u8]) -> usize {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        #[serde(default)]
        failed: Option<Vec<serde::de::IgnoredAny>>,
    }
    serde_json::from_slice::<Answer>(body).unwrap_or_default().failed.map_or(0, |failed| failed.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::push::Told;

    fn settings(url: &str) -> QueueSettings {
        QueueSettings { url: url.into(), key_id: "AKIA1".into(), secret: "hush".into() }
    }

    fn checked(environment: Environment, url: &str) -> Result<Queue> {
        settings(url).check(environment, &|name| format!("channels.us.{name}"))
    }

    #[test]
    fn g32_a_queue_is_one_of_aws_or_on_this_machine() {
        let queue = checked(Environment::Production, "https://sqs.eu-west-1.amazonaws.com/123/orders")
            .expect("right");
        assert_eq!(
            (queue.region.as_str(), queue.endpoint.to_string().as_str()),
            ("eu-west-1", "https://sqs.eu-west-1.amazonaws.com/")
        );
        assert!(!format!("{queue:?}").contains("hush"));
        assert!(checked(Environment::Local, "http://127.0.0.1:5000/123/orders").is_ok());
        for (environment, url, says) in [
            (
                Environment::Production,
                "https://sqs.eu-west-1.amazonaws.com/123/orders.fifo",
                "standard queue",
            ),
            (Environment::Production, "http://sqs.eu-west-1.amazonaws.com/123/orders", "no SQS of AWS"),
            (
                Environment::Production,
                "https://sqs.eu-west-1.amazonaws.com.evil.example/1/q",
                "no SQS of AWS",
            ),
            (Environment::Production, "https://sqs.evil.example.amazonaws.com/1/q", "no SQS of AWS"),
            (Environment::Production, "https://key@sqs.eu-west-1.amazonaws.com/1/q", "no SQS of AWS"),
            (Environment::Production, "http://127.0.0.1:5000/123/orders", "no SQS of AWS"),
            (Environment::Local, "https://sqs.eu-west-1.amazonaws.com/123/orders", "not this machine"),
            (Environment::Production, "orders", "no scheme and host"),
        ] {
            let error = checked(environment, url).expect_err(url);
            assert_eq!((error.kind(), error.op()), (ErrorKind::Config, "channels.us.sqs_queue_url"), "{url}");
            assert!(error.text().contains(says), "{url}: {error}");
        }
        let empty =
            QueueSettings { key_id: " ".into(), ..settings("https://sqs.eu-west-1.amazonaws.com/1/q") };
        let error = empty.check(Environment::Production, &str::to_owned).expect_err("no key");
        assert_eq!(error.op(), "sqs_access_key_id");
    }

    #[test]
    fn messages_are_read_one_by_one_and_anothers_are_left() {
        let message = |id: &str, body: &str| serde_json::json!({"MessageId": id, "ReceiptHandle": format!("r{id}"), "Body": body});
        let change = |seller: &str| {
            format!(
                r#"{{"NotificationType":"ORDER_CHANGE","Payload":{{"OrderChangeNotification":{{"SellerId":"{seller}","AmazonOrderId":"111-1"}}}},"NotificationMetadata":{{"NotificationId":"n1"}}}}"#
            )
        };
        let body = serde_json::json!({"Messages": [message("1", &change("A1")), message("2", "?"), message("3", &change("A2"))]});
        let all = read_messages(&calls::QUEUE_RECEIVE, "A1", body.to_string().as_bytes()).expect("messages");
        assert!(matches!(&all[0].told[..], [Told::Order { order, .. }] if order.as_str() == "111-1"));
        assert_eq!((all.len(), all[0].id.as_str(), all[0].receipt.as_str()), (2, "n1", "r1"));
        assert!(all[1].unreadable.is_some() && all[1].id == "2");
        assert!(read_messages(&calls::QUEUE_RECEIVE, "A1", b"{}").expect("none").is_empty());
        assert!(read_messages(&calls::QUEUE_RECEIVE, "A1", b"<html>").is_err());
        assert_eq!(not_removed(br#"{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1"}]}"#), 1);
        assert_eq!(not_removed(br#"{"Successful":[{"Id":"0"}]}"#), 0);
    }

    #[test]
    fn refusals_of_the_queue_say_who_must_act() {
        let answer = |status: u16, kind: &str| {
            let body = format!(r#"{{"__type":"com.amazonaws.sqs#{kind}","message":"no"}}"#);
            let response =
                http::Response::builder().status(status).body(Bytes::from(body)).expect("an answer");
            fault(&calls::QUEUE_RECEIVE, "https://q", &response)
        };
        assert_eq!(answer(400, "QueueDoesNotExist").kind(), ErrorKind::Config);
        assert_eq!(answer(403, "AccessDenied").kind(), ErrorKind::Forbidden);
        assert_eq!(answer(400, "RequestThrottled").kind(), ErrorKind::RateLimited);
        assert_eq!(answer(503, "ServiceUnavailable").retry(), Retry::Backoff);
    }
}
