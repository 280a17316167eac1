//! What trying a key out has found, on its way from the form to the page. The key itself is kept
//! aside for the form that saves it; the page knows no more than a handle.

use crate::web::handoff::Refused;

/// What trying a key out has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// Under what the key is kept.
    pub held: String,
    /// Whether IT Glue answered as it should.
    pub works: bool,
    /// What came of it, and what to do.
    pub detail: String,
    /// Whether that says nothing against the key: it could not be asked for.
    pub is_undecided: bool,
    /// How many organizations the key shows.
    pub organizations: Option<u64>,
    /// Whether it may read the values of passwords.
    pub password_access: Option<bool>,
    /// The region it is of, where that is another one.
    pub fitting_region: Option<String>,
}

impl Tested {
    /// What the page is told, as fields of the form.
    pub fn write(self) -> Vec<(String, String)> {
        let Self {
            held,
            works,
            detail,
            is_undecided,
            organizations,
            password_access,
            fitting_region,
        } = self;
        let fields = [
            ("held", Some(held)),
            ("works", Some(works.to_string())),
            ("detail", Some(detail)),
            ("is_undecided", Some(is_undecided.to_string())),
            (
                "organizations",
                organizations.map(|count| count.to_string()),
            ),
            (
                "password_access",
                password_access.map(|may| may.to_string()),
            ),
            ("fitting_region", fitting_region),
        ];
        fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }

    /// What the page was told; nothing, if no key was tried out.
    pub fn read(refused: &Refused) -> Option<Self> {
        let text = |name| refused.value(name).map(ToOwned::to_owned);
        Some(Self {
            held: text("held")?,
            works: text("works")? == "true",
            detail: text("detail")?,
            is_undecided: refused.value("is_undecided") == Some("true"),
            organizations: refused.value("organizations").and_then(|n| n.parse().ok()),
            password_access: refused.value("password_access").map(|may| may == "true"),
            fitting_region: text("fitting_region"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_what_was_found() {
        let tested = Tested {
            held: "h".to_owned(),
            works: true,
            detail: "Works.".to_owned(),
            is_undecided: false,
            organizations: Some(42),
            password_access: Some(false),
            fitting_region: None,
        };
        let refused = Refused {
            typed: tested.clone().write(),
            ..Refused::default()
        };
        assert_eq!(Tested::read(&refused), Some(tested));
        assert_eq!(Tested::read(&Refused::default()), None);
    }
}
