//! The front end inside the program: browser code, style sheet and icons, made by `cargo xtask site`
//! and embedded here.
//!
//! Everything lies under `/pkg/<hash>/`, where the hash is that of all contents together, so a file
//! never changes under its address and may be kept for ever. A debug build reads the folder when it
//! starts; a build without the front end works and serves pages without script and style.

use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use leptos::config::LeptosOptions;
use rust_embed::{EmbeddedFile, RustEmbed};

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const A_DAY: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// Named at compile time only so that a new front end makes cargo embed it.
const _: Option<&str> = option_env!("COUNTERSIGN_SITE");

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Site;

#[derive(serde::Deserialize)]
struct Manifest {
    hash: String,
}

/// Serves `/pkg/<hash>/…` and the few files that browsers ask for by a fixed name.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/pkg/{*path}", get(package_file))
        .route(
            "/favicon.ico",
            get(async |headers: HeaderMap| well_known("favicon.ico", &headers)),
        )
        .route(
            "/robots.txt",
            get(async |headers: HeaderMap| well_known("robots.txt", &headers)),
        )
}

/// The hash of the front end, or `unbuilt` when there is none.
pub fn hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| {
        Site::get("manifest.json")
            .and_then(|file| serde_json::from_slice::<Manifest>(&file.data).ok())
            .map_or_else(|| "unbuilt".to_owned(), |manifest| manifest.hash)
    })
}

/// Whether a front end is there at all; a release without one is a mistake in the build.
pub fn is_built() -> bool {
    hash() != "unbuilt"
}

/// The address of a file of the front end, such as `icons.svg`.
pub fn address(name: &str) -> String {
    format!("/pkg/{}/{name}", hash())
}

/// What the document shell needs to link the right files.
pub fn options() -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("countersign")
        .site_pkg_dir(format!("pkg/{}", hash()))
        .build()
}

async fn package_file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    send(&format!("pkg/{path}"), FOREVER, &headers)
}

fn well_known(name: &str, headers: &HeaderMap) -> Response {
    send(&format!("pkg/{}/{name}", hash()), A_DAY, headers)
}

fn send(path: &str, caching: HeaderValue, request: &HeaderMap) -> Response {
    let Some((file, encoding)) = find(path, accepts_brotli(request)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = Response::new(Body::from(file.data));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, content_type(path));
    headers.insert(CACHE_CONTROL, caching);
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, encoding);
    }
    response
}

/// The file, compressed if it exists so and is wanted so.
fn find(path: &str, brotli: bool) -> Option<(EmbeddedFile, Option<HeaderValue>)> {
    let compressed = if brotli {
        Site::get(&format!("{path}.br"))
    } else {
        None
    };
    match compressed {
        Some(file) => Some((file, Some(HeaderValue::from_static("br")))),
        None => Site::get(path).map(|file| (file, None)),
    }
}

fn accepts_brotli(request: &HeaderMap) -> bool {
    request
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
            let refused = matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
            name.trim().eq_ignore_ascii_case("br") && !refused
        })
}

fn content_type(path: &str) -> HeaderValue {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    HeaderValue::from_static(match extension {
        "wasm" => "application/wasm",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    fn offering(encodings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encodings))])
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        assert!(accepts_brotli(&offering("gzip, deflate, br, zstd")));
        assert!(accepts_brotli(&offering("BR;q=0.5")));
        assert!(!accepts_brotli(&offering("gzip, br;q=0")));
        assert!(!accepts_brotli(&offering("bread")));
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn modules_have_the_type_that_browsers_insist_on() {
        assert_eq!(
            content_type("pkg/1/countersign_bg.wasm"),
            "application/wasm"
        );
        assert_eq!(
            content_type("pkg/1/countersign.js"),
            "text/javascript; charset=utf-8"
        );
        assert_eq!(content_type("pkg/1/none"), "application/octet-stream");
    }

    #[tokio::test]
    async fn nothing_outside_the_site_is_served() {
        for path in [
            "/pkg/none/a.js",
            "/pkg/../../Cargo.toml",
            "/pkg/%2e%2e/%2e%2e/Cargo.toml",
        ] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let response = router::<()>()
                .with_state(())
                .oneshot(request)
                .await
                .unwrap();
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn the_shell_is_told_where_the_files_are() {
        assert_eq!(options().site_pkg_dir.as_ref(), format!("pkg/{}", hash()));
        assert_eq!(address("icons.svg"), format!("/pkg/{}/icons.svg", hash()));
    }
}
