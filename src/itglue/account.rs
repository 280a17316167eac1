//! Whose IT Glue: the host by region, the key, and nothing that would show the key.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::{ConnectionId, Route, named_enum};

named_enum! {
    /// Where IT Glue keeps an account. Each region is a host of its own (api-facts, section 1).
    pub enum Region {
        /// United States.
        Us = "us",
        /// European Union.
        Eu = "eu",
        /// Australia.
        Au = "au",
    }
}

impl Region {
    const fn host(self) -> &'static str {
        match self {
            Self::Us => "api.itglue.com",
            Self::Eu => "api.eu.itglue.com",
            Self::Au => "api.au.itglue.com",
        }
    }
}

/// One account at IT Glue, as one connection reaches it.
#[derive(Clone, Debug)]
pub struct Account {
    /// The connection; budgets and caches are kept by it.
    pub connection: ConnectionId,
    /// Where it is.
    pub base_url: BaseUrl,
    /// What opens it.
    pub key: ApiKey,
}

/// Scheme, host and port of an IT Glue, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// IT Glue itself.
    pub fn of_region(region: Region) -> Self {
        Self(format!("https://{}", region.host()))
    }

    /// Another host, where the operator allowed one: https, or http to this machine only.
    ///
    /// # Errors
    /// [`BadBaseUrl`] says what the text has that it must not have.
    pub fn parse_override(text: &str) -> Result<Self, BadBaseUrl> {
        // The parser of URLs repairs some of these silently.
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        if text.contains(is_odd) {
            return Err(BadBaseUrl::NotAUrl);
        }
        if text.contains('@') {
            return Err(BadBaseUrl::Userinfo);
        }
        let url = Url::parse(text).map_err(|_| BadBaseUrl::NotAUrl)?;
        let host = url.host_str().ok_or(BadBaseUrl::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            _ => return Err(BadBaseUrl::Scheme),
        }
        if url.query().is_some() || url.fragment().is_some() || url.path() != "/" {
            return Err(BadBaseUrl::MoreThanHost);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// Without a slash at the end: `https://api.itglue.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The address of a route on this host; `None` if its path is not a plain one.
    pub(super) fn join(&self, route: &Route, query: &[(String, String)]) -> Option<Url> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-');
        let is_of_host = route.path.starts_with('/') && !route.path.starts_with("//");
        if !is_of_host || !route.path.chars().all(is_plain) {
            return None;
        }
        let mut url = Url::parse(&self.0).ok()?;
        url.set_path(&route.path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Some(url)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Why a text is not a base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBaseUrl {
    /// It cannot be read as a URL.
    #[error("this is not a URL such as https://api.example.com")]
    NotAUrl,
    /// Another scheme, or http to another machine.
    #[error("the URL must begin with https:// (http:// only to this machine)")]
    Scheme,
    /// It has a user name or password.
    #[error("the URL must not hold a user name or password")]
    Userinfo,
    /// It has a path, a query or a fragment.
    #[error("the URL must end after the host and port")]
    MoreThanHost,
}

/// The key of an account. Neither shown nor compared; it leaves in one header only.
#[derive(Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// A key: one word of visible characters.
    ///
    /// # Errors
    /// [`BadApiKey`] if it is empty, very long or could not stand in a header.
    pub fn parse(text: SecretString) -> Result<Self, BadApiKey> {
        let key = text.expose_secret();
        let is_word =
            !key.is_empty() && key.len() <= 512 && key.chars().all(|c| c.is_ascii_graphic());
        if is_word {
            Ok(Self(text))
        } else {
            Err(BadApiKey)
        }
    }

    /// What may be shown of it, if enough stays hidden.
    pub fn last_four(&self) -> Option<&str> {
        let key = self.0.expose_secret();
        key.len()
            .checked_sub(4)
            .filter(|hidden| *hidden >= 12)
            .and_then(|at| key.get(at..))
    }

    pub(super) fn header_value(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(self.0.expose_secret()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(hidden)")
    }
}

/// A text that cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key must be one word of visible characters")]
pub struct BadApiKey;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::domain::Method;

    #[rstest]
    #[case("https://api.example.com", "https://api.example.com")]
    #[case("https://api.example.com/", "https://api.example.com")]
    #[case("https://API.example.com:8443/", "https://api.example.com:8443")]
    #[case("http://127.0.0.1:4000", "http://127.0.0.1:4000")]
    #[case("http://localhost:4000", "http://localhost:4000")]
    #[case("http://[::1]:4000", "http://[::1]:4000")]
    fn a_host_may_be_given(#[case] text: &str, #[case] parsed: &str) {
        assert_eq!(BaseUrl::parse_override(text).unwrap().as_str(), parsed);
    }

    #[rstest]
    #[case("", BadBaseUrl::NotAUrl)]
    #[case("api.example.com", BadBaseUrl::NotAUrl)]
    #[case("https://api .example.com", BadBaseUrl::NotAUrl)]
    #[case("https:\\\\api.example.com", BadBaseUrl::NotAUrl)]
    #[case("http://api.example.com", BadBaseUrl::Scheme)]
    #[case("http://127.0.0.1.example.com", BadBaseUrl::Scheme)]
    #[case("http://localhost.example.com", BadBaseUrl::Scheme)]
    #[case("ftp://127.0.0.1", BadBaseUrl::Scheme)]
    #[case("https://user@api.example.com", BadBaseUrl::Userinfo)]
    #[case("https://@api.example.com", BadBaseUrl::Userinfo)]
    #[case("https://api.example.com/v1", BadBaseUrl::MoreThanHost)]
    #[case("https://api.example.com?", BadBaseUrl::MoreThanHost)]
    #[case("https://api.example.com/#a", BadBaseUrl::MoreThanHost)]
    fn anything_else_is_refused(#[case] text: &str, #[case] error: BadBaseUrl) {
        assert_eq!(BaseUrl::parse_override(text), Err(error));
    }

    fn get(path: &str) -> Route {
        Route {
            method: Method::Get,
            path: path.to_owned(),
            query: Vec::new(),
        }
    }

    #[rstest]
    #[case("//evil.example/contacts")]
    #[case("/contacts/../passwords/1")]
    #[case("/contacts?filter=1")]
    #[case("/contacts%2f1")]
    #[case("contacts")]
    #[case("@evil.example")]
    fn a_path_that_is_not_plain_goes_nowhere(#[case] path: &str) {
        assert_eq!(BaseUrl::of_region(Region::Eu).join(&get(path), &[]), None);
    }

    #[test]
    fn the_query_is_encoded() {
        let query = [("filter[name]".to_owned(), "R&D #1=2".to_owned())];
        let url = BaseUrl::of_region(Region::Eu).join(&get("/contacts"), &query);
        assert_eq!(
            url.unwrap().as_str(),
            "https://api.eu.itglue.com/contacts?filter%5Bname%5D=R%26D+%231%3D2"
        );
    }

    #[test]
    fn a_key_does_not_show_and_shows_its_end_only_if_long() {
        let key = ApiKey::parse("ITG.0123456789abcdef".into()).unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(hidden)");
        assert!(!format!("{:?}", key.header_value()).contains("abcdef"));
        assert_eq!(key.last_four(), Some("cdef"));
        assert_eq!(ApiKey::parse("short".into()).unwrap().last_four(), None);
        assert!(ApiKey::parse("with space".into()).is_err());
        assert!(ApiKey::parse("line\nbreak".into()).is_err());
    }
}
