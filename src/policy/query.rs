//! The query of a request, decoded strictly and written anew.
//!
//! Invariant: only keys the catalogue knows get through, each once and never empty, but for
//! [`ALL_FOLDERS`]. IT Glue ignores a filter it does not know and answers with every record
//! (api-facts, section 4).

use std::collections::BTreeMap;

use super::catalogue::{self, Endpoint, ReadOptions};
use super::template::parse_id;
use crate::domain::{FieldError, GroupSet, OrganizationId};

const POINTER: &str = "/path";
const MAX_PAGE_SIZE: u64 = 1000;
/// Without a value it asks for the documents of all folders (api-facts, section 4).
pub(super) const ALL_FOLDERS: &str = "filter[document_folder_id][ne]";
const OLD_VERSIONS: &str = "recent_versions";

/// What the query of a read asks for.
#[derive(Debug, Default)]
pub struct ReadQuery {
    /// The query as it is sent, sorted by key.
    pub query: Vec<(String, String)>,
    /// The groups that `include` leads to.
    pub groups: GroupSet,
    /// The organizations a filter limits the answer to. None: no such filter.
    pub organizations: Option<Vec<OrganizationId>>,
    /// An explicit `show_password=true`.
    pub shows_password: bool,
}

/// Reads the query of a read.
pub fn of_read(endpoint: &Endpoint, text: Option<&str>) -> Result<ReadQuery, Vec<FieldError>> {
    let pairs = parse(text.unwrap_or_default())?;
    let mut read = ReadQuery::default();
    let errors: Vec<FieldError> = pairs
        .iter()
        .filter_map(|(key, value)| accept(endpoint, key, value, &mut read).err())
        .map(refused)
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    if endpoint.resource == "passwords" {
        let shows = read.shows_password.to_string();
        read.query.push(("show_password".to_owned(), shows));
    }
    read.query.sort();
    Ok(read)
}

/// A write carries no query: a filter could select the records it changes. The one thing let
/// through, and dropped, is the `show_password=false` that IT Glue's own wrapper adds.
pub fn of_write(endpoint: &Endpoint, text: Option<&str>) -> Result<(), Vec<FieldError>> {
    let pairs = parse(text.unwrap_or_default())?;
    let is_harmless = |key: &str, value: &str| {
        endpoint.resource == "passwords" && key == "show_password" && value == "false"
    };
    let errors: Vec<FieldError> = pairs
        .iter()
        .filter(|(key, value)| !is_harmless(key, value))
        .map(|(key, _)| {
            refused(format!(
                "A write takes no query; name the records by id in the path or the body, and leave out `{key}`."
            ))
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn accept(endpoint: &Endpoint, key: &str, value: &str, read: &mut ReadQuery) -> Result<(), String> {
    match key {
        "page[size]" => check_number(key, value, MAX_PAGE_SIZE)?,
        "page[number]" => check_number(key, value, u64::MAX)?,
        "version_id" if is_one_password(endpoint) => check_number(key, value, u64::MAX)?,
        "sort" => check_sort(value)?,
        "include" => {
            let names = value.replace('-', "_");
            read.groups = included_groups(endpoint, &names)?;
            read.query.push((key.to_owned(), names));
            return Ok(());
        }
        "show_password" => {
            read.shows_password = asks_for_secret(endpoint, value)?;
            return Ok(());
        }
        _ => {
            let filter = known_filter(endpoint, key)?;
            if is_organization_filter(endpoint, &filter) {
                read.organizations = Some(organizations(key, value)?);
            }
        }
    }
    read.query.push((key.to_owned(), value.to_owned()));
    Ok(())
}

fn check_number(key: &str, value: &str, most: u64) -> Result<(), String> {
    match parse_id(value) {
        Some(number) if number.0 <= most => Ok(()),
        Some(_) => Err(format!("`{key}` is at most {most}.")),
        None => Err(format!("`{key}` must be a number from 1 up.")),
    }
}

fn check_sort(value: &str) -> Result<(), String> {
    let field = value.strip_prefix('-').unwrap_or(value);
    let is_plain = field
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'));
    if is_plain && !field.is_empty() {
        Ok(())
    } else {
        Err("`sort` must be one field name, with `-` before it for descending.".to_owned())
    }
}

fn included_groups(endpoint: &Endpoint, value: &str) -> Result<GroupSet, String> {
    let options = catalogue::read_options(&endpoint.resource);
    let names: Vec<&str> = value.split(',').collect();
    let known = |name: &str| {
        options.is_some_and(|options| included_in(endpoint, options).any(|known| known == name))
    };
    for name in &names {
        if catalogue::is_never_included(name) {
            return Err(format!(
                "`include={name}` hands out who has access to what; agents never get that."
            ));
        }
        if *name == OLD_VERSIONS && endpoint.resource == "passwords" {
            return Err(format!(
                "`include={name}` would bring what the password was before; agents never get that. \
                 Read the password without it."
            ));
        }
        if !known(name) {
            return Err(format!("`include={name}` is not known here."));
        }
    }
    Ok(names
        .into_iter()
        .filter_map(catalogue::group_of_include)
        .collect::<GroupSet>())
}

fn included_in<'a>(
    endpoint: &Endpoint,
    options: &'a ReadOptions,
) -> impl Iterator<Item = &'a String> {
    if endpoint.path.has_record() {
        options.show_includes.iter()
    } else {
        options.includes.iter()
    }
}

fn asks_for_secret(endpoint: &Endpoint, value: &str) -> Result<bool, String> {
    match value {
        "false" => Ok(false),
        "true" if is_one_password(endpoint) => Ok(true),
        "true" => Err("`show_password=true` is for one password: GET /passwords/:id.".to_owned()),
        _ => Err("`show_password` must be `true` or `false`, in lower case.".to_owned()),
    }
}

fn is_one_password(endpoint: &Endpoint) -> bool {
    endpoint.resource == "passwords" && endpoint.path.has_record()
}

/// The filter's name, dotted where it is nested: `filter[exclude][id]` → `exclude.id`.
fn known_filter(endpoint: &Endpoint, key: &str) -> Result<String, String> {
    let name = key
        .strip_prefix("filter[")
        .and_then(|rest| rest.strip_suffix(']'))
        .filter(|inner| !inner.contains('.'))
        .map(|inner| inner.replace("][", "."))
        .ok_or_else(|| format!("`{key}` is not a parameter of this address."))?;
    let is_known = !endpoint.path.has_record()
        && catalogue::read_options(&endpoint.resource)
            .is_some_and(|options| options.filters.contains(&name));
    if is_known {
        Ok(name)
    } else {
        Err(format!(
            "`{key}` is not a known filter here; IT Glue would ignore it and return everything."
        ))
    }
}

fn is_organization_filter(endpoint: &Endpoint, filter: &str) -> bool {
    match endpoint.resource.as_str() {
        "organizations" => filter == "id",
        _ => filter == "organization_id",
    }
}

fn organizations(key: &str, value: &str) -> Result<Vec<OrganizationId>, String> {
    value
        .split(',')
        .map(|id| parse_id(id).map(|id| OrganizationId(id.0)))
        .collect::<Option<_>>()
        .ok_or_else(|| format!("`{key}` must be ids, separated by commas."))
}

/// Keys with `-` folded to `_`, each once, and their values, decoded.
fn parse(text: &str) -> Result<BTreeMap<String, String>, Vec<FieldError>> {
    let mut pairs = BTreeMap::new();
    for pair in text.split('&').filter(|_| !text.is_empty()) {
        let (key, value) = pair
            .split_once('=')
            .and_then(|(key, value)| Some((decode(key)?, decode(value)?)))
            .ok_or_else(|| {
                vec![refused(
                    "The query is not plain `key=value`, joined by `&`.",
                )]
            })?;
        let key = key.replace('-', "_");
        let may_be_empty = key == ALL_FOLDERS && value.is_empty();
        if value.trim().is_empty() && !may_be_empty {
            return Err(vec![refused(format!("`{key}` has no value."))]);
        }
        if pairs.insert(key.clone(), value).is_some() {
            return Err(vec![refused(format!(
                "`{key}` stands twice (`-` and `_` count as the same)."
            ))]);
        }
    }
    Ok(pairs)
}

/// Strict form decoding. None for a broken escape, bytes that are no text, and control characters.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                bytes.push(hex(*high)? << 4 | hex(*low)?);
                tail
            }
            (b'%' | b'#' | b'\\', _) => return None,
            (b'+', _) => {
                bytes.push(b' ');
                tail
            }
            (byte, _) if byte.is_ascii_graphic() => {
                bytes.push(*byte);
                tail
            }
            _ => return None,
        };
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.chars().any(char::is_control))
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

fn refused(detail: impl Into<String>) -> FieldError {
    FieldError::new(POINTER, detail)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::domain::{Method, PermissionGroup};

    fn endpoint(path: &str) -> &'static Endpoint {
        catalogue::endpoints()
            .iter()
            .find(|endpoint| endpoint.method == Method::Get && endpoint.path.as_str() == path)
            .unwrap()
    }

    #[rstest]
    #[case::twice("page[size]=5&page[size]=6")]
    #[case::twice_folded("filter[organization-id]=1&filter[organization_id]=2")]
    #[case::twice_encoded("filter[last_name]=a&filter%5Blast_name%5D=b")]
    #[case::unknown_filter("filter[organisation_id]=1")]
    #[case::unknown_nested("filter[organization_id][ne]=1")]
    #[case::array("filter[organization_id][]=1")]
    #[case::empty_filter("filter[organization_id]=")]
    #[case::blank_filter("filter[last_name]=%20")]
    #[case::not_an_id("filter[organization_id]=2,x")]
    #[case::trailing_comma("filter[organization_id]=2,")]
    #[case::unknown_key("api_key=1")]
    #[case::no_value("sort")]
    #[case::empty_pair("sort=name&&page[size]=5")]
    #[case::broken_escape("filter[last_name]=%4")]
    #[case::broken_utf8("filter[last_name]=%ff")]
    #[case::nul("filter[last_name]=%00")]
    #[case::line_break("filter[last_name]=a%0d%0ab")]
    #[case::not_ascii("filter[last_name]=\u{e4}")]
    #[case::fragment("filter[last_name]=a#b")]
    #[case::page_of_nothing("page[size]=0")]
    #[case::page_too_large("page[size]=1001")]
    #[case::sort_of_two("sort=name,id")]
    #[case::access("include=authorized_users")]
    #[case::access_behind_a_known_one("include=passwords,user_resource_accesses")]
    #[case::include_unknown("include=everything")]
    #[case::include_of_show("include=related_items")]
    #[case::secret("show_password=true")]
    #[case::upper_case("show_password=False")]
    #[case::version("version_id=5")]
    fn what_is_unknown_or_unclear_is_refused(#[case] query: &str) {
        assert!(of_read(endpoint("/contacts"), Some(query)).is_err());
    }

    #[test]
    fn a_query_is_written_anew_and_sorted() {
        let read = of_read(
            endpoint("/contacts"),
            Some("sort=-updated-at&filter%5Borganization-id%5D=2,3&filter[last_name]=O%27Hara+x&page[size]=5"),
        )
        .unwrap();
        let query: Vec<(&str, &str)> = read
            .query
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            query,
            [
                ("filter[last_name]", "O'Hara x"),
                ("filter[organization_id]", "2,3"),
                ("page[size]", "5"),
                ("sort", "-updated-at"),
            ]
        );
        let organizations = vec![OrganizationId(2), OrganizationId(3)];
        assert_eq!(read.organizations, Some(organizations));
    }

    #[test]
    fn nested_filters_are_known_by_their_full_name() {
        let organizations = endpoint("/organizations");
        assert!(of_read(organizations, Some("filter[exclude][id]=5")).is_ok());
        let documents = endpoint("/organizations/:organization_id/relationships/documents");
        assert!(of_read(documents, Some("filter[document_folder_id][ne]=null")).is_ok());
        assert!(of_read(documents, Some("filter[document_folder_id.ne]=null")).is_err());
    }

    #[test]
    fn documents_of_all_folders_are_asked_for_with_an_empty_filter() {
        let documents = endpoint("/organizations/:organization_id/relationships/documents");
        let read = of_read(documents, Some("filter[document-folder-id][ne]=")).unwrap();
        assert_eq!(read.query, [(ALL_FOLDERS.to_owned(), String::new())]);
        for query in [
            "filter[document_folder_id]=",
            "filter[document_folder_id][ne]=%20",
            "filter[document_folder_id][ne]",
            "filter[id][ne]=",
        ] {
            assert!(of_read(documents, Some(query)).is_err(), "{query}");
        }
        assert!(
            of_read(
                endpoint("/contacts"),
                Some("filter[document_folder_id][ne]=")
            )
            .is_err()
        );
    }

    #[rstest]
    #[case("/documents")]
    #[case("/organizations/:organization_id/relationships/documents")]
    fn filters_that_the_documents_index_ignores_are_refused(#[case] path: &str) {
        for query in ["filter[name]=Runbook", "filter[organization_id]=2"] {
            assert!(of_read(endpoint(path), Some(query)).is_err(), "{query}");
        }
    }

    #[rstest]
    #[case("/passwords", None, "false")]
    #[case("/passwords/:id", None, "false")]
    #[case("/passwords/:id", Some("show_password=false"), "false")]
    #[case("/passwords/:id", Some("show_password=true"), "true")]
    fn a_password_is_shown_only_when_asked_for(
        #[case] path: &str,
        #[case] query: Option<&str>,
        #[case] sent: &str,
    ) {
        let read = of_read(endpoint(path), query).unwrap();
        assert_eq!(read.query, [("show_password".to_owned(), sent.to_owned())]);
        assert_eq!(read.shows_password, sent == "true");
    }

    #[test]
    fn lists_of_passwords_never_show_values() {
        let list = endpoint("/organizations/:organization_id/relationships/passwords");
        assert!(of_read(list, Some("show_password=true")).is_err());
    }

    #[test]
    fn what_a_password_was_before_stays_there_and_the_refusal_says_so() {
        let errors = of_read(endpoint("/passwords/:id"), Some("include=recent_versions"));
        let detail = errors.unwrap_err().remove(0).detail;
        assert!(detail.contains("what the password was before"), "{detail}");
        assert!(of_read(endpoint("/contacts/:id"), Some("include=recent_versions")).is_ok());
    }

    #[test]
    fn an_include_of_access_rights_says_why_it_is_refused() {
        let errors = of_read(endpoint("/contacts/:id"), Some("include=authorized_users"));
        let detail = errors.unwrap_err().remove(0).detail;
        assert!(detail.contains("who has access to what"), "{detail}");
    }

    #[test]
    fn includes_bring_their_groups() {
        let read = of_read(
            endpoint("/contacts/:id"),
            Some("include=passwords,attachments,recent_versions"),
        )
        .unwrap();
        let groups = [PermissionGroup::Passwords, PermissionGroup::Documents];
        assert_eq!(read.groups, groups.into_iter().collect());
    }

    #[rstest]
    #[case("filter[id]=1")]
    #[case("page[size]=1")]
    #[case("show_password=true")]
    #[case("show_password=false&show-password=false")]
    #[case("x")]
    fn a_write_takes_no_query(#[case] query: &str) {
        assert!(of_write(endpoint("/passwords/:id"), Some(query)).is_err());
    }

    #[test]
    fn what_the_wrapper_adds_to_password_writes_is_let_through() {
        let query = Some("show_password=false");
        assert!(of_write(endpoint("/passwords/:id"), query).is_ok());
        assert!(of_write(endpoint("/contacts/:id"), query).is_err());
    }
}
