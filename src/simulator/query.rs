//! The query of a request: pages, order, filters, includes (section 4 of api-facts.md).

/// `filter[name]=a,b` and its relatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    /// In `snake_case`.
    pub key: String,
    pub mode: FilterMode,
    pub value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FilterMode {
    Is,
    /// `filter[exclude][name]` and `filter[name][ne]`.
    IsNot,
    /// `filter[range][name]`.
    Range,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs }
    }

    pub fn value(&self, key: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    /// Page number from 1.
    pub fn page(&self) -> usize {
        self.positive("page[number]").unwrap_or(1)
    }

    /// Entries on a page: 50 unless told otherwise, 1000 at most. A larger wish is cut down; what
    /// IT Glue does with it is unconfirmed.
    pub fn page_size(&self) -> usize {
        self.positive("page[size]").unwrap_or(50).min(1000)
    }

    fn positive(&self, key: &str) -> Option<usize> {
        self.value(key)?.parse().ok().filter(|number| *number > 0)
    }

    /// The attribute to sort by, in `snake_case`, and whether downwards.
    pub fn sort(&self) -> Option<(String, bool)> {
        let wish = self.value("sort")?;
        let (name, downwards) = wish
            .strip_prefix('-')
            .map_or((wish, false), |name| (name, true));
        Some((snake(name), downwards))
    }

    pub fn includes(&self) -> Vec<String> {
        self.value("include")
            .unwrap_or_default()
            .split(',')
            .map(|name| snake(name.trim()))
            .filter(|name| !name.is_empty())
            .collect()
    }

    pub fn filters(&self) -> Vec<Filter> {
        self.pairs
            .iter()
            .filter_map(|(key, value)| filter(key, value))
            .collect()
    }

    /// The query with another page number, for links.
    pub fn for_page(&self, number: usize) -> String {
        let mut query: Vec<String> = self
            .pairs
            .iter()
            .filter(|(key, _)| key != "page[number]")
            .map(|(key, value)| format!("{}={}", escape(key), escape(value)))
            .collect();
        query.push(format!("{}={number}", escape("page[number]")));
        query.join("&")
    }
}

fn filter(key: &str, value: &str) -> Option<Filter> {
    let inner = key.strip_prefix("filter[")?.strip_suffix(']')?;
    let (name, mode) = match inner.split_once("][") {
        None => (inner, FilterMode::Is),
        Some(("exclude", name) | (name, "ne")) => (name, FilterMode::IsNot),
        Some(("range", name)) => (name, FilterMode::Range),
        Some(_) => return None,
    };
    Some(Filter {
        key: snake(name),
        mode,
        value: value.to_owned(),
    })
}

pub(super) fn snake(name: &str) -> String {
    name.replace('-', "_")
}

pub(super) fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
