//! The customer's own extraction script: its stdout is records, one a line; its stderr is passed on; its exit code is believed.

use std::cell::Cell as Counter;
use std::future::Future;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::Limits;
use super::messages::{self, Message};
use super::shared::unspooled;
use super::streams::{Hear, MOST_OBJECTS, Spools, Streams, Told};
use crate::error::{Error, Kind, Result};

/// Names the file that holds the last state the command gave.
const STATE_VARIABLE: &str = "DESKFERRY_STATE";

/// Longest piece of a line of its stderr that is passed on at once.
const LONGEST_REMARK: u64 = 1 << 13;

/// How long it may take to end in good order, and how long those that it started may be silent after its own end.
const GRACE: Duration = Duration::from_secs(5);

/// A program with its arguments. No shell reads them.
pub struct Script<'a> {
    /// The program, then its arguments.
    pub command: &'a [String],
    /// Where it runs.
    pub folder: &'a Path,
    /// The environment variable that it must not see: the destination's key.
    pub hidden: &'a str,
    /// The file with the state that the same command gave in an earlier run.
    pub state: Option<&'a Path>,
}

/// What a command gave.
pub struct Given {
    /// Its records.
    pub streams: Streams,
    /// Where the next run goes on, if it said so: JSON.
    pub state: Option<String>,
}

impl Script<'_> {
    /// Runs it to its end, or until `stop`: then it is ended, with all processes it has started.
    ///
    /// # Errors
    /// `Kind::Config` when it cannot be started; `Kind::Source` when it fails, or says something that is no message;
    /// `Kind::Interrupted` when it was stopped. What it gave counts for nothing then.
    pub async fn run(
        &self,
        limits: &Limits,
        hear: Hear<'_>,
        stop: impl Future<Output = ()>,
    ) -> Result<Given> {
        let mut running = Running::of(self.start()?);
        let given = tokio::select! {
            given = running.read(limits, hear) => Some(given),
            () = stop => None,
        };
        match given {
            Some(given) => given,
            None => {
                running.end().await;
                Err(Error::new(
                    Kind::Interrupted,
                    "the command was stopped; nothing was landed",
                )
                .hint("`deskferry land` runs it again"))
            }
        }
    }

    fn start(&self) -> Result<Child> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(Error::new(Kind::Config, "no command is configured")
                .hint("write `command = [\"./extract.sh\"]` below [source] in deskferry.toml"));
        };
        let mut command = Command::new(self.located(program));
        command
            .args(arguments)
            .current_dir(self.folder)
            .env_remove(self.hidden)
            .env_remove(STATE_VARIABLE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A group of its own: so that what it starts is ended with it.
            .process_group(0);
        if let Some(state) = self.state {
            command.env(STATE_VARIABLE, state);
        }
        command.spawn().map_err(|cause| {
            Error::new(Kind::Config, format!("the command `{program}` cannot be started"))
                .hint("see that the program of `command` in deskferry.toml is there and may be run (`chmod +x`)")
                .because(cause)
        })
    }

    /// `./extract.sh` lies in the folder; a bare name is looked for where the system looks.
    fn located(&self, program: &str) -> PathBuf {
        match program.contains('/') {
            true => self.folder.join(program),
            false => PathBuf::from(program),
        }
    }
}

/// A command that runs. Dropped before its end, it is killed.
struct Running {
    child: Child,
    /// Its process group, which may outlive it.
    group: Option<u32>,
}

impl Running {
    fn of(child: Child) -> Self {
        Self {
            group: child.id(),
            child,
        }
    }

    async fn read(&mut self, limits: &Limits, hear: Hear<'_>) -> Result<Given> {
        let (Some(stdout), Some(stderr)) = (self.child.stdout.take(), self.child.stderr.take())
        else {
            return Err(Error::new(Kind::Bug, "the command has no output"));
        };
        let (heard, is_closed) = (Counter::new(0), Counter::new(false));
        let mut output = Output::new(limits, &heard);
        let status = {
            let records = async {
                let taken = output.take_all(stdout).await;
                is_closed.set(true);
                taken
            };
            let remarks = async {
                pass_on(stderr, hear).await;
                Ok(())
            };
            let both = pin!(async { tokio::try_join!(records, remarks) });
            self.ended(both, &heard).await?
        };
        match status.success() {
            false => Err(failed(status)),
            true if !is_closed.get() => Err(unclosed()),
            true => output.finish(),
        }
    }

    /// How it ended. What it started may hold its pipes for ever, so not only their end is waited for.
    async fn ended<T>(
        &mut self,
        mut reading: Pin<&mut impl Future<Output = Result<T>>>,
        heard: &Counter<u64>,
    ) -> Result<ExitStatus> {
        let (status, rest) = tokio::select! {
            read = &mut reading => {
                read?;
                (self.child.wait().await, Ok(true))
            }
            status = self.child.wait() => (status, ends(&mut reading, heard).await),
        };
        if !matches!(rest, Ok(true)) {
            signal(self.group, Signal::KILL);
        }
        rest?;
        status.map_err(|cause| {
            Error::new(Kind::Source, "the end of the command was not seen").because(cause)
        })
    }

    /// Asks it to end, and kills what has not ended in time.
    async fn end(&mut self) {
        signal(self.group, Signal::TERM);
        // Whether it ended in time makes no difference: nothing of it stays.
        let _ = tokio::time::timeout(GRACE, self.child.wait()).await;
        signal(self.group, Signal::KILL);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A command that has ended has no id any more.
        signal(self.child.id(), Signal::KILL);
    }
}

/// Whether the pipes are closed in time by those that still hold them. While records come, there is time.
async fn ends<T>(
    reading: &mut (impl Future<Output = Result<T>> + Unpin),
    heard: &Counter<u64>,
) -> Result<bool> {
    loop {
        let before = heard.get();
        match tokio::time::timeout(GRACE, &mut *reading).await {
            Ok(read) => return read.map(|_| true),
            Err(_) if heard.get() > before => {}
            Err(_) => return Ok(false),
        }
    }
}

fn unclosed() -> Error {
    Error::new(
        Kind::Source,
        "the command has ended, but something it started keeps its stdout open; nothing was landed",
    )
    .hint("let the command wait for all that it starts, or send their stdout elsewhere (`helper >/dev/null &`)")
}

fn signal(group: Option<u32>, signal: Signal) {
    let group = group.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    if let Some(group) = group {
        // A group that is gone already needs no signal.
        let _ = kill_process_group(group, signal);
    }
}

fn failed(status: ExitStatus) -> Error {
    let how = match (status.code(), status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "did not end".to_owned(),
    };
    Error::new(
        Kind::Source,
        format!("the command {how}; nothing was landed"),
    )
    .hint("what it said of it stands above; correct it and run `deskferry land` again")
}

/// What the command writes to its stdout, line by line.
struct Output<'a> {
    limits: &'a Limits,
    spools: Spools,
    state: Option<String>,
    lines: u64,
    /// Bytes so far, for others to see.
    heard: &'a Counter<u64>,
    /// What is wrong with a last line that has no end. Of a command that failed it is half a line, and says nothing.
    torn: Option<Error>,
}

impl<'a> Output<'a> {
    fn new(limits: &'a Limits, heard: &'a Counter<u64>) -> Self {
        Self {
            limits,
            spools: Spools::new(),
            state: None,
            lines: 0,
            heard,
            torn: None,
        }
    }

    async fn take_all(&mut self, input: impl AsyncRead + Unpin) -> Result<()> {
        let mut input = BufReader::with_capacity(1 << 16, input);
        let mut line = Vec::new();
        let most = self.limits.record_bytes as u64;
        loop {
            line.clear();
            let piece = (&mut input)
                .take(most + 1)
                .read_until(b'\n', &mut line)
                .await;
            let read = piece.map_err(|cause| {
                Error::new(Kind::Source, "the command's output cannot be read").because(cause)
            })?;
            if read == 0 {
                return Ok(());
            }
            self.lines += 1;
            self.heard.set(self.heard.get() + read as u64);
            if self.heard.get() > self.limits.inflated_bytes {
                return Err(self.fault("is past the most that is taken"));
            }
            let is_whole = line.ends_with(b"\n");
            if !is_whole && read as u64 > most {
                return Err(self.fault("is too long"));
            }
            match self.take(&line) {
                Err(fault) if !is_whole && fault.kind() == Kind::Source => self.torn = Some(fault),
                taken => taken?,
            }
        }
    }

    fn take(&mut self, line: &[u8]) -> Result<()> {
        let line = match self.lines {
            1 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line),
            _ => line,
        };
        match messages::read(line).map_err(|what| self.fault(&what))? {
            Message::Nothing => {}
            Message::State(state) => self.state = Some(state.to_string()),
            Message::Record(object, record) => {
                if !self.spools.has_room_for(&object) {
                    return Err(self.fault(&format!("brings more than {MOST_OBJECTS} objects")));
                }
                self.spools.put(&object, &record).map_err(unspooled)?;
            }
        }
        Ok(())
    }

    fn fault(&self, what: &str) -> Error {
        let text = format!(
            "line {} of the command's output {what}; nothing was landed",
            self.lines
        );
        Error::new(Kind::Source, text).hint(
            "each line is {\"object\": NAME, \"record\": {..}} or a Singer message; what is meant for people goes to stderr",
        )
    }

    fn finish(self) -> Result<Given> {
        if let Some(fault) = self.torn {
            return Err(fault);
        }
        Ok(Given {
            streams: self.spools.finish("command").map_err(unspooled)?,
            state: self.state,
        })
    }
}

/// Passes on what it tells people, a line at a time, with nothing in it that a terminal obeys.
async fn pass_on(input: impl AsyncRead + Unpin, hear: Hear<'_>) {
    let mut input = BufReader::new(input);
    let mut line = Vec::new();
    loop {
        line.clear();
        let piece = (&mut input)
            .take(LONGEST_REMARK)
            .read_until(b'\n', &mut line)
            .await;
        match piece {
            Ok(read) if read > 0 => hear(Told::Line(&plain(&line))),
            // What cannot be read any more is not worth the records.
            _ => return,
        }
    }
}

fn plain(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.trim_end()
        .chars()
        .filter(|c| *c == '\t' || !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::io;

    use super::*;

    fn taken(text: &str, limits: &Limits) -> Result<Given> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let heard = Counter::new(0);
        let mut output = Output::new(limits, &heard);
        runtime.block_on(output.take_all(text.as_bytes()))?;
        output.finish()
    }

    fn refusal(text: &str, limits: &Limits) -> String {
        let error = taken(text, limits).err().expect("refused");
        assert_eq!(error.kind(), Kind::Source);
        error.to_string()
    }

    fn small() -> Limits {
        Limits {
            record_bytes: 50,
            inflated_bytes: 200,
            ..Limits::default()
        }
    }

    #[test]
    fn records_go_to_a_spool_of_their_object() {
        let lines = "\u{feff}{\"object\":\"a\",\"record\":{\"id\":1}}\n\n\
                     {\"type\":\"RECORD\",\"stream\":\"b\",\"record\":{\"id\":2}}\r\n\
                     {\"type\":\"STATE\",\"value\":1}\n{\"type\":\"STATE\",\"value\":2}\n\
                     {\"object\":\"a\",\"record\":{\"id\":3}}";
        let given = taken(lines, &Limits::default()).unwrap();
        let texts: Vec<(String, String)> = given
            .streams
            .objects
            .into_iter()
            .map(|(object, file)| (object, io::read_to_string(file).unwrap()))
            .collect();
        let a = "{\"id\":1}\n{\"id\":3}\n".to_owned();
        let b = "{\"id\":2}\n".to_owned();
        assert_eq!(texts, [("a".to_owned(), a), ("b".to_owned(), b)]);
        assert_eq!(given.state.as_deref(), Some("2"));
    }

    #[test]
    fn a_fault_has_the_number_of_its_line() {
        let text = "{\"object\":\"a\",\"record\":{}}\nsecret\n";
        let fault = refusal(text, &Limits::default());
        assert!(
            fault.starts_with("line 2 of the command's output is not JSON"),
            "{fault}"
        );
        assert!(!fault.contains("secret"));
    }

    #[test]
    fn lines_and_their_sum_are_bounded() {
        let line = "{\"object\":\"a\",\"record\":{\"t\":\"xxxxxxxxxxxxxxxx\"}}\n";
        assert_eq!(line.len(), 49);
        assert!(taken(&line.repeat(4), &small()).is_ok());
        let fault = refusal(&line.repeat(5), &small());
        assert!(
            fault.starts_with("line 5") && fault.contains("past the most"),
            "{fault}"
        );
        let long = format!("{}{}", line, line.replace("xxxx", "xxxxxxxx"));
        let fault = refusal(&long, &small());
        assert!(
            fault.starts_with("line 2") && fault.contains("too long"),
            "{fault}"
        );
    }

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_obey() {
        assert_eq!(plain(b"a\x1b[31mb\tc\x07\xff\r\n"), "a[31mb\tc\u{fffd}");
    }
}
