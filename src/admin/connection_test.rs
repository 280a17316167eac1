//! Trying a key out: a small read, and what its ending means.

use crate::domain::{Method, Route, named_enum};
use crate::itglue::{Account, Answer, BaseUrl, Client, ReadError, Region};

named_enum! {
    /// What came of trying a connection out.
    pub enum TestResult {
        /// IT Glue answered.
        Ok = "ok",
        /// It was not tried.
        Skipped = "skipped",
        /// The key is of another region.
        WrongRegion = "wrong_region",
        /// IT Glue refuses the key.
        KeyRefused = "key_refused",
        /// The stored key cannot be opened.
        KeyUnreadable = "key_unreadable",
        /// IT Glue asks to wait.
        RateLimited = "rate_limited",
        /// Nothing answered, or not in time.
        Unreachable = "unreachable",
        /// Something answered that is not what was expected.
        Unexpected = "unexpected",
    }
}

impl TestResult {
    /// What a person can do about it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Ok => "nothing is to be done",
            Self::Skipped => "run `countersign connection test` when IT Glue can be reached",
            Self::WrongRegion => "choose the region that the key is of",
            Self::KeyRefused => {
                "check that the key is whole, not revoked, and of this region: each region (us, \
                 eu, au) has keys of its own"
            }
            Self::KeyUnreadable => {
                "give the connection a key again with `countersign connection rotate-key`, or put \
                 back the master key file that it was sealed with"
            }
            Self::RateLimited => "try again in five minutes",
            Self::Unreachable => {
                "check network, firewall and base URL, or leave the test out with --no-test"
            }
            Self::Unexpected => "check that region and base URL lead to an IT Glue",
        }
    }
}

/// What came of trying a connection out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionTest {
    /// In one word.
    pub result: TestResult,
    /// In a few words.
    pub detail: String,
    /// How many organizations the key shows.
    pub organizations: Option<u64>,
    /// Whether the key may list passwords, if that was found out.
    pub password_access: Option<bool>,
    /// The region that the key is of, where it is another one.
    pub fitting_region: Option<Region>,
}

/// Where the key of an account may be tried.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// At its own address alone.
    Here,
    /// At the host of this region; if that refuses the key, at those of the others, which are
    /// IT Glue's as well.
    Region {
        /// The region it is said to be of.
        region: Region,
        /// Where each region is.
        hosts: fn(Region) -> BaseUrl,
    },
}

impl ConnectionTest {
    /// Whether IT Glue answered.
    pub const fn is_ok(&self) -> bool {
        matches!(self.result, TestResult::Ok)
    }

    /// That it was not tried.
    pub(super) fn skipped() -> Self {
        Self::ended(TestResult::Skipped, "it was not tried")
    }

    /// That the stored key cannot be opened, so that there is nothing to try.
    pub(super) fn unreadable(error: &impl ToString) -> Self {
        Self::ended(TestResult::KeyUnreadable, error)
    }

    /// Reads one organization, and one password without its value.
    pub(super) async fn run(itglue: &Client, account: &Account, place: Place) -> Self {
        match read_one(itglue, account, "/organizations").await {
            Ok(answer) => Self {
                password_access: may_list_passwords(itglue, account).await,
                ..Self::of_answer(&answer)
            },
            Err(error) => {
                let test = Self::of_error(&error);
                match (test.result, place) {
                    (TestResult::KeyRefused, Place::Region { region, hosts }) => {
                        match fitting_region(itglue, account, region, hosts).await {
                            Some(fitting) => Self::of_other_region(region, fitting),
                            None => test,
                        }
                    }
                    (_, Place::Here | Place::Region { .. }) => test,
                }
            }
        }
    }

    fn of_answer(answer: &Answer) -> Self {
        if let Err(error) = answer.records() {
            return Self::of_error(&error);
        }
        let count = answer
            .body
            .get("meta")
            .and_then(|meta| meta.get("total-count"));
        let organizations = count.and_then(serde_json::Value::as_u64);
        let detail = match organizations {
            Some(count) => format!("the key shows {count} organizations"),
            None => "the key is accepted".to_owned(),
        };
        Self {
            organizations,
            ..Self::ended(TestResult::Ok, &detail)
        }
    }

    fn of_other_region(region: Region, fitting: Region) -> Self {
        let detail = format!("the key is refused in {region} and taken in {fitting}");
        Self {
            fitting_region: Some(fitting),
            ..Self::ended(TestResult::WrongRegion, &detail)
        }
    }

    fn of_error(error: &ReadError) -> Self {
        let result = match error {
            ReadError::KeyRefused { .. } | ReadError::ForbiddenRecord { .. } => {
                TestResult::KeyRefused
            }
            ReadError::RateLimited { .. } | ReadError::BudgetExhausted { .. } => {
                TestResult::RateLimited
            }
            ReadError::Unavailable { .. } => TestResult::Unreachable,
            ReadError::NotFound
            | ReadError::Refused { .. }
            | ReadError::Unintelligible { .. }
            | ReadError::NoAddress { .. } => TestResult::Unexpected,
        };
        Self::ended(result, error)
    }

    fn ended(result: TestResult, detail: &(impl ToString + ?Sized)) -> Self {
        Self {
            result,
            detail: detail.to_string(),
            organizations: None,
            password_access: None,
            fitting_region: None,
        }
    }
}

async fn read_one(itglue: &Client, account: &Account, path: &str) -> Result<Answer, ReadError> {
    let route = Route {
        method: Method::Get,
        path: path.to_owned(),
        query: vec![("page[size]".to_owned(), "1".to_owned())],
    };
    itglue.read(account, &route).await
}

/// The client asks for no value, so none can come back.
async fn may_list_passwords(itglue: &Client, account: &Account) -> Option<bool> {
    match read_one(itglue, account, "/passwords").await {
        Ok(_) => Some(true),
        Err(ReadError::KeyRefused { .. } | ReadError::ForbiddenRecord { .. }) => Some(false),
        Err(
            ReadError::NotFound
            | ReadError::Refused { .. }
            | ReadError::RateLimited { .. }
            | ReadError::BudgetExhausted { .. }
            | ReadError::Unavailable { .. }
            | ReadError::Unintelligible { .. }
            | ReadError::NoAddress { .. },
        ) => None,
    }
}

/// Each of the other regions is asked once.
async fn fitting_region(
    itglue: &Client,
    account: &Account,
    refused_in: Region,
    hosts: fn(Region) -> BaseUrl,
) -> Option<Region> {
    for region in Region::ALL.iter().filter(|region| **region != refused_in) {
        let there = Account {
            base_url: hosts(*region),
            ..account.clone()
        };
        if read_one(itglue, &there, "/organizations").await.is_ok() {
            return Some(*region);
        }
    }
    None
}
