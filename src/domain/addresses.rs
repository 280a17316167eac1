//! From which addresses a token may be used.

use core::net::IpAddr;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// More than this is no list of addresses any more.
const MOST_RANGES: usize = 32;

/// Ranges of addresses; none at all means every address. Written with commas between them, an array
/// in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct AddressRanges(Vec<AddressRange>);

/// One range: an address and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AddressRange {
    address: IpAddr,
    bits: u8,
}

/// Why a text is no list of ranges.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddressRange {
    /// One of them is no address and no range.
    #[error("`{0}` is not an address or a range such as 203.0.113.0/24 or 2001:db8::/32")]
    NotARange(String),
    /// One of them names an address inside a range instead of its beginning.
    #[error("`{given}` has bits beyond its length; the range is `{meant}`")]
    Overlong {
        /// As given.
        given: String,
        /// As it should be written.
        meant: String,
    },
    /// There are too many.
    #[error("are more than {MOST_RANGES} ranges")]
    TooMany,
}

impl AddressRanges {
    /// Whether every address will do.
    pub const fn is_everywhere(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this address, as a text, lies in one of the ranges. Where ranges are given, an
    /// address that is unknown or cannot be read lies in none.
    pub fn admit(&self, address: Option<&str>) -> bool {
        if self.is_everywhere() {
            return true;
        }
        let address = address.and_then(|text| text.trim().parse().ok());
        address.is_some_and(|address: IpAddr| {
            let address = address.to_canonical();
            self.0.iter().any(|range| range.contains(address))
        })
    }
}

impl FromStr for AddressRanges {
    type Err = BadAddressRange;

    fn from_str(text: &str) -> Result<Self, BadAddressRange> {
        let is_between = |c: char| c == ',' || c.is_whitespace();
        let ranges = text.split(is_between).filter(|range| !range.is_empty());
        Self::of(ranges)
    }
}

impl AddressRanges {
    fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Result<Self, BadAddressRange> {
        let ranges = texts
            .take(MOST_RANGES + 1)
            .map(AddressRange::from_str)
            .collect::<Result<Vec<_>, _>>()?;
        if ranges.len() > MOST_RANGES {
            return Err(BadAddressRange::TooMany);
        }
        Ok(Self(ranges))
    }
}

impl TryFrom<Vec<String>> for AddressRanges {
    type Error = BadAddressRange;

    fn try_from(texts: Vec<String>) -> Result<Self, BadAddressRange> {
        Self::of(texts.iter().map(String::as_str))
    }
}

impl From<AddressRanges> for Vec<String> {
    fn from(ranges: AddressRanges) -> Self {
        ranges.0.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for AddressRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, range) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(",")?;
            }
            write!(f, "{range}")?;
        }
        Ok(())
    }
}

impl AddressRange {
    fn contains(self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && leading(address, self.bits) == leading(self.address, self.bits)
    }
}

impl FromStr for AddressRange {
    type Err = BadAddressRange;

    fn from_str(text: &str) -> Result<Self, BadAddressRange> {
        let not_a_range = || BadAddressRange::NotARange(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) => (address, Some(bits)),
        };
        let address: IpAddr = address.parse().map_err(|_| not_a_range())?;
        let most = width(address);
        let bits = match bits {
            None => most,
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                bits.parse().map_err(|_| not_a_range())?
            }
            Some(_) => return Err(not_a_range()),
        };
        if bits > most {
            return Err(not_a_range());
        }
        let meant = Self {
            address: beginning(address, bits),
            bits,
        };
        if meant.address != address {
            return Err(BadAddressRange::Overlong {
                given: text.to_owned(),
                meant: meant.to_string(),
            });
        }
        // An IPv4 address inside IPv6 is the IPv4 address.
        Ok(match (address, address.to_canonical()) {
            (IpAddr::V6(_), inner @ IpAddr::V4(_)) if bits >= 96 => Self {
                address: inner,
                bits: bits - 96,
            },
            _ => meant,
        })
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bits == width(self.address) {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.bits)
        }
    }
}

const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The address as a number, the bits behind the first ones gone.
fn leading(address: IpAddr, bits: u8) -> u128 {
    let number = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    };
    let mask = u128::MAX
        .checked_shl(128 - u32::from(bits))
        .unwrap_or_default();
    number & mask
}

/// The first address of the range.
fn beginning(address: IpAddr, bits: u8) -> IpAddr {
    let number = leading(address, bits);
    match address {
        IpAddr::V4(_) => {
            let upper = u32::try_from(number >> 96).unwrap_or_default();
            core::net::Ipv4Addr::from_bits(upper).into()
        }
        IpAddr::V6(_) => core::net::Ipv6Addr::from_bits(number).into(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn ranges(text: &str) -> AddressRanges {
        text.parse().unwrap()
    }

    #[rstest]
    #[case("", "198.51.100.7", true)]
    #[case("203.0.113.0/24", "203.0.113.255", true)]
    #[case("203.0.113.0/24", "203.0.114.0", false)]
    #[case("203.0.113.9", "203.0.113.9", true)]
    #[case("203.0.113.9", "203.0.113.8", false)]
    #[case("0.0.0.0/0", "8.8.8.8", true)]
    #[case("0.0.0.0/0", "2001:db8::1", false)]
    #[case("::/0", "2001:db8::1", true)]
    #[case("2001:db8::/32, 10.0.0.0/8", "2001:db8:ffff::1", true)]
    #[case("2001:db8::/32, 10.0.0.0/8", "10.255.0.1", true)]
    #[case("2001:db8::/32, 10.0.0.0/8", "2001:db9::1", false)]
    #[case("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    #[case("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    #[case("10.0.0.0/8", "no address", false)]
    fn t1_an_address_is_admitted_by_the_ranges(
        #[case] text: &str,
        #[case] address: &str,
        #[case] is_admitted: bool,
    ) {
        assert_eq!(ranges(text).admit(Some(address)), is_admitted);
    }

    #[test]
    fn t1_an_unknown_address_is_admitted_only_where_there_are_no_ranges() {
        assert!(ranges("").admit(None));
        assert!(!ranges("0.0.0.0/0,::/0").admit(None));
    }

    #[rstest]
    #[case("203.0.113.0/33")]
    #[case("203.0.113.0/+8")]
    #[case("203.0.113.0/")]
    #[case("2001:db8::/129")]
    #[case("203.0.113")]
    #[case("example.com")]
    #[case("203.0.113.0/24/24")]
    fn what_is_no_range_is_refused(#[case] text: &str) {
        let refused = text.parse::<AddressRanges>();
        assert_eq!(refused, Err(BadAddressRange::NotARange(text.to_owned())));
    }

    #[test]
    fn a_range_begins_where_it_says() {
        let error = "203.0.113.7/24".parse::<AddressRanges>().unwrap_err();
        assert!(error.to_string().contains("203.0.113.0/24"), "{error}");
        let many = vec!["10.0.0.1"; MOST_RANGES + 1].join(",");
        assert_eq!(many.parse::<AddressRanges>(), Err(BadAddressRange::TooMany));
    }

    #[test]
    fn ranges_are_kept_as_they_were_given() {
        let text = "10.0.0.0/8,203.0.113.9,2001:db8::/32";
        assert_eq!(ranges(text).to_string(), text);
        let json = serde_json::to_string(&ranges(text)).unwrap();
        assert_eq!(json, r#"["10.0.0.0/8","203.0.113.9","2001:db8::/32"]"#);
        assert_eq!(
            serde_json::from_str::<AddressRanges>(&json).unwrap(),
            ranges(text)
        );
        assert!(serde_json::from_str::<AddressRanges>(r#"["x"]"#).is_err());
    }
}
