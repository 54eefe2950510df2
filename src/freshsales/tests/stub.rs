//! A far side that does as it is told: scripted replies in turn, every request kept.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// What happens to one request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Status, headers (each ending in CRLF) and body.
    Answer(u16, String, String),
    /// The connection is closed without a byte.
    Close,
    /// Half of an announced body, then the connection is closed.
    Half,
    /// Nothing for longer than the client waits.
    Hold,
}

pub(super) fn ok(body: &Value) -> Reply {
    status(200, &body.to_string())
}

pub(super) fn status(status: u16, body: &str) -> Reply {
    Reply::Answer(status, String::new(), body.to_owned())
}

pub(super) fn with_header(code: u16, header: &str, body: &str) -> Reply {
    Reply::Answer(code, format!("{header}\r\n"), body.to_owned())
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// `POST /crm/sales/api/contacts?x=1`.
    pub(super) line: String,
    /// Headers in lower case.
    pub(super) headers: String,
    pub(super) body: Value,
    /// The body as it came.
    pub(super) text: String,
}

pub(super) struct Stub {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Stub {
    pub(super) fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = requests.clone();
        thread::spawn(move || {
            let mut replies = replies.into_iter();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = request_of(&mut stream) else {
                    continue;
                };
                kept.lock().unwrap().push(request);
                let reply = replies
                    .next()
                    .unwrap_or_else(|| status(418, "the script is over"));
                serve(stream, &reply);
            }
        });
        Self { address, requests }
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}/crm/sales/api/", self.address)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Method and path below the base, in order.
    pub(super) fn lines(&self) -> Vec<String> {
        let short = |request: Request| request.line.replace("/crm/sales/api", "");
        self.requests().into_iter().map(short).collect()
    }
}

fn request_of(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 8192];
    loop {
        let count = stream.read(&mut buffer).ok()?;
        if count == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let headers = head.to_lowercase();
        let length = headers
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        if body.len() >= length {
            let line = head.lines().next().unwrap();
            return Some(Request {
                line: line.trim_end_matches(" HTTP/1.1").to_owned(),
                headers,
                body: serde_json::from_str(body).unwrap_or_default(),
                text: body.to_owned(),
            });
        }
    }
}

fn serve(mut stream: TcpStream, reply: &Reply) {
    match reply {
        Reply::Close => {}
        Reply::Half => {
            let head = "HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"contact\":";
            stream.write_all(head.as_bytes()).unwrap();
        }
        Reply::Hold => {
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(3));
                drop(stream);
            });
        }
        Reply::Answer(code, headers, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {code} X\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
            // The client may have gone already.
            drop(stream.write_all(head.as_bytes()));
        }
    }
}
