//! A file on an HTTP server, read in ranges. Every answer is held against what the first one said.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use redan_domain::ReadAt;

use super::RemoteError;
use super::client::{self, Answer};

/// What is fetched at once.
const BLOCK: u64 = 128 * 1024;
/// Blocks fetched in one request where neighbours are missing too.
const RUN: u64 = 16;
/// Blocks kept; the oldest go first.
const KEEP: usize = 96;
/// A server that does not do ranges is asked for the whole of a file up to this size.
const WHOLE: u64 = 64 << 20;
/// What one file may cost over all requests.
const MAX_FETCHED: u64 = 512 << 20;

/// Adds headers for one request, for example a signature.
pub(super) type Authorise = Arc<dyn Fn(&str) -> Vec<(String, String)> + Send + Sync>;

/// Where a file is and how to ask for it.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) url: String,
    pub(super) authorise: Authorise,
}

impl Request {
    pub(super) fn plain(url: &str) -> Self {
        Self { url: url.to_string(), authorise: Arc::new(|_| Vec::new()) }
    }

    fn range(&self, start: u64, end: u64) -> Result<Answer, RemoteError> {
        let mut headers = (self.authorise)(&self.url);
        headers.push(("range".to_string(), format!("bytes={start}-{}", end - 1)));
        headers.push(("accept-encoding".to_string(), "identity".to_string()));
        client::get(&self.url, &headers, WHOLE.max(end - start))
    }

    fn error(&self, message: impl Into<String>) -> RemoteError {
        RemoteError::Server {
            url: self.url.split('?').next().unwrap_or(&self.url).to_string(),
            message: message.into(),
        }
    }
}

/// A remote file; its ranges are cached.
pub struct HttpFile {
    request: Request,
    size: u64,
    /// Changes when the content does, if the server gives one.
    etag: Option<String>,
    /// Set when the server answered with the whole file.
    whole: Option<Vec<u8>>,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    blocks: BTreeMap<u64, Vec<u8>>,
    order: std::collections::VecDeque<u64>,
    fetched: u64,
}

impl Cache {
    fn put(&mut self, index: u64, block: Vec<u8>) {
        if self.blocks.insert(index, block).is_none() {
            self.order.push_back(index);
        }
        while self.order.len() > KEEP {
            if let Some(oldest) = self.order.pop_front() {
                self.blocks.remove(&oldest);
            }
        }
    }
}

impl HttpFile {
    pub(super) fn open(request: Request) -> Result<Self, RemoteError> {
        let answer = request.range(0, BLOCK)?;
        if answer.header("content-encoding").is_some_and(|encoding| encoding != "identity") {
            return Err(request.error("the server answers in a content encoding, so ranges have no meaning"));
        }
        let etag = answer.header("etag").map(ToString::to_string);
        let mut file = Self { request, size: 0, etag, whole: None, cache: Mutex::default() };
        match answer.status {
            206 => {
                file.size = file.check(&answer, 0, None)?;
                if let Ok(cache) = file.cache.get_mut() {
                    cache.put(0, answer.body);
                }
            }
            // No ranges: the client has read the whole, bounded by WHOLE.
            200 => {
                file.size = answer.body.len() as u64;
                file.whole = Some(answer.body);
            }
            416 if answer.header("content-range") == Some("bytes */0") => file.whole = Some(Vec::new()),
            401 | 403 => {
                return Err(file
                    .request
                    .error(format!("the server answered {}: credentials are missing or not enough", answer.status)));
            }
            status => return Err(file.request.error(format!("the server answered {status}"))),
        }
        Ok(file)
    }

    /// Holds a 206 answer against what was asked; gives the total size it states.
    fn check(&self, answer: &Answer, start: u64, size: Option<u64>) -> Result<u64, RemoteError> {
        let lie = |what: String| self.request.error(format!("the server's ranges cannot be trusted: {what}"));
        let range = answer.header("content-range").unwrap_or_default();
        let parsed = range.strip_prefix("bytes ").and_then(|range| {
            let (span, total) = range.split_once('/')?;
            let (first, last) = span.split_once('-')?;
            Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?, total.parse::<u64>().ok()?))
        });
        let Some((first, last, total)) = parsed else { return Err(lie(format!("content-range is `{range}`"))) };
        if first != start || last < first || last >= total || last - first + 1 != answer.body.len() as u64 {
            return Err(lie(format!("asked from {start}, got `{range}` with {} bytes", answer.body.len())));
        }
        if size.is_some_and(|size| size != total) {
            return Err(lie(format!("the size was {}, now it is {total}", size.unwrap_or_default())));
        }
        if size.is_some() && answer.header("etag") != self.etag.as_deref() {
            return Err(lie("the file changed while it was read".to_string()));
        }
        Ok(total)
    }

    /// Fetches the block and those missing behind it that `end` needs.
    fn fetch(&self, cache: &mut Cache, index: u64, end: u64) -> Result<(), RemoteError> {
        let mut last = index + 1;
        while last < index + RUN && last * BLOCK < end && !cache.blocks.contains_key(&last) {
            last += 1;
        }
        let (start, end) = (index * BLOCK, (last * BLOCK).min(self.size));
        if cache.fetched > MAX_FETCHED {
            return Err(self
                .request
                .error(format!("more than {} MB were fetched of one file; download it first", MAX_FETCHED >> 20)));
        }
        let answer = self.request.range(start, end)?;
        if answer.status != 206 {
            return Err(self
                .request
                .error(format!("the server answered {} to a range it served before", answer.status)));
        }
        self.check(&answer, start, Some(self.size))?;
        if answer.body.len() as u64 != end - start {
            return Err(self.request.error(format!("asked for {} bytes, got {}", end - start, answer.body.len())));
        }
        cache.fetched += answer.body.len() as u64;
        for (offset, block) in answer.body.chunks(BLOCK as usize).enumerate() {
            cache.put(index + offset as u64, block.to_vec());
        }
        Ok(())
    }
}

impl ReadAt for HttpFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn bytes(&self) -> Option<&[u8]> {
        self.whole.as_deref()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if let Some(whole) = &self.whole {
            return whole.read_at(offset, buf);
        }
        if offset >= self.size || buf.is_empty() {
            return Ok(0);
        }
        let index = offset / BLOCK;
        let end = self.size.min(offset.saturating_add(buf.len() as u64));
        let mut cache = self.cache.lock().map_err(|_| io::Error::other("another thread failed while fetching"))?;
        if !cache.blocks.contains_key(&index) {
            self.fetch(&mut cache, index, end).map_err(io::Error::other)?;
        }
        let block = cache.blocks.get(&index).map(Vec::as_slice).unwrap_or_default();
        block.read_at(offset - index * BLOCK, buf)
    }
}
