//! The connections of the server, each of which a fault can cut without an answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

const WHOLE: u8 = 0;
const CLOSED: u8 = 1;
const RESET: u8 = 2;

/// Cuts one connection: from then on nothing is written to it.
#[derive(Clone, Debug, Default)]
pub struct Cutter(Arc<AtomicU8>);

impl Cutter {
    /// The peer sees the connection end.
    pub fn close(&self) {
        self.0.store(CLOSED, Ordering::Release);
    }

    /// The peer sees the connection reset.
    pub fn reset(&self) {
        self.0.store(RESET, Ordering::Release);
    }
}

/// Accepts connections that can be cut.
#[derive(Debug)]
pub struct Lines(pub TcpListener);

impl Listener for Lines {
    type Io = Line;
    type Addr = Cutter;

    async fn accept(&mut self) -> (Line, Cutter) {
        let (stream, _) = Listener::accept(&mut self.0).await;
        // Answers are small: without this a kept-alive connection waits for acknowledgements.
        drop(stream.set_nodelay(true));
        let cutter = Cutter::default();
        let line = Line {
            stream,
            cutter: cutter.clone(),
        };
        (line, cutter)
    }

    fn local_addr(&self) -> io::Result<Cutter> {
        Ok(Cutter::default())
    }
}

impl Connected<IncomingStream<'_, Lines>> for Cutter {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A connection with its cutter.
#[derive(Debug)]
pub struct Line {
    stream: TcpStream,
    cutter: Cutter,
}

impl Line {
    fn check(&self) -> io::Result<()> {
        match self.cutter.0.load(Ordering::Acquire) {
            WHOLE => return Ok(()),
            // Closing with zero linger sends a reset in place of the orderly end.
            RESET => self.stream.set_zero_linger()?,
            _ => (),
        }
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.cutter.0.load(Ordering::Acquire) == RESET {
            // Nothing is left to be written, so `check` was not called again.
            drop(self.stream.set_zero_linger());
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
