//! The address under which people reach the server.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// What [`PublicUrl::parse`] takes, for operators.
pub(super) const ACCEPTED: &str = "the https address that people use, such as \
     https://countersign.example.com without a path; http only for localhost, 127.0.0.1 or [::1]";

/// Scheme, host and port under which people reach the server: https, or http on this very machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    is_https: bool,
}

impl PublicUrl {
    /// Takes an address without path, query or user; `None` for anything else, and for plain http to
    /// another machine.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let is_https = url.scheme() == "https";
        let is_safe = is_https || (url.scheme() == "http" && is_loopback(url.host_str()?));
        (is_bare && is_safe).then(|| Self {
            origin: url.origin().ascii_serialization(),
            is_https,
        })
    }

    /// Scheme, host and port, without a slash at the end: also the origin that browsers send.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Whether cookies can be `Secure`.
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// The address of a path that starts with a slash.
    pub fn with_path(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("https://gate.msp.example", "https://gate.msp.example", true)]
    #[case("https://gate.msp.example:443/", "https://gate.msp.example", true)]
    #[case("https://gate.msp.example:8443", "https://gate.msp.example:8443", true)]
    #[case("http://localhost:3000", "http://localhost:3000", false)]
    #[case("http://127.0.0.1:3000", "http://127.0.0.1:3000", false)]
    #[case("http://[::1]:3000", "http://[::1]:3000", false)]
    fn an_address_is_kept_without_a_slash(
        #[case] text: &str,
        #[case] kept: &str,
        #[case] is_https: bool,
    ) {
        let url = PublicUrl::parse(text).unwrap();
        assert_eq!((url.as_str(), url.is_https()), (kept, is_https));
        assert_eq!(url.with_path("/p/1042"), format!("{kept}/p/1042"));
    }

    /// A9: plain http to another machine is refused like every other address that is none.
    #[rstest]
    #[case("http://gate.msp.example")]
    #[case("http://localhost.msp.example")]
    #[case("http://0.0.0.0:3000")]
    #[case("http://192.168.1.10")]
    #[case("ftp://localhost")]
    #[case("https://sam@gate.msp.example")]
    #[case("https://gate.msp.example/countersign")]
    #[case("https://gate.msp.example/?a=b")]
    #[case("gate.msp.example")]
    #[case("")]
    fn other_addresses_are_refused(#[case] text: &str) {
        assert_eq!(PublicUrl::parse(text), None);
    }
}
