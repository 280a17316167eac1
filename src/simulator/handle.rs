//! A request without faults: the checks of the gateway in front, then the records.

use serde_json::Value;
use tokio::time::Instant;

use super::answer::Answer;
use super::envelope::Reader;
use super::exchange::Request;
use super::list;
use super::passwords::Disclosure;
use super::refusal::Refusal;
use super::route::{self, Action, Route};
use super::state::{Inner, State};
use super::world::World;
use super::write::{self, Written};

/// Largest body taken, set by the gateway in front of IT Glue.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Handled {
    pub answer: Answer,
    /// Whether it was a write and was carried out.
    pub applied: bool,
}

impl From<Refusal> for Handled {
    fn from(refusal: Refusal) -> Self {
        Self {
            answer: refusal.into(),
            applied: false,
        }
    }
}

/// Answers a request; `commits` tells whether a write is kept.
pub(super) fn handle(state: &State, request: &Request, commits: bool) -> Handled {
    let mut inner = state.lock();
    answer(state, &mut inner, request, commits).unwrap_or_else(Handled::from)
}

fn answer(
    state: &State,
    inner: &mut Inner,
    request: &Request,
    commits: bool,
) -> Result<Handled, Refusal> {
    if request.body.len() > BODY_LIMIT {
        return Err(Refusal::too_large());
    }
    if inner.rejects_key || !state.is_key(request.key.as_deref()) {
        return Err(Refusal::forbidden());
    }
    let taken = inner.window.take(Instant::now());
    taken.map_err(|seconds| Refusal::too_many_requests(Some(seconds.to_string())))?;
    check_media_type(request)?;
    let route = route::find(&request.method, &request.path).ok_or_else(Refusal::not_found)?;
    match route.action {
        Action::List | Action::Show(_) => read(state, inner, request, &route),
        Action::Create
        | Action::Update(_)
        | Action::UpdateMany
        | Action::Delete(_)
        | Action::DeleteMany
        | Action::Publish(_) => change(state, inner, request, &route, commits),
    }
}

/// 415 for a body that does not say it is JSON. Whether IT Glue insists is unconfirmed (section 1).
fn check_media_type(request: &Request) -> Result<(), Refusal> {
    let essence = request
        .content_type
        .as_deref()
        .unwrap_or_default()
        .split(';')
        .next();
    let is_json = essence.is_some_and(|essence| {
        let essence = essence.trim().to_ascii_lowercase();
        essence == "application/json" || essence == "application/vnd.api+json"
    });
    if request.method != "GET" && !request.body.is_empty() && !is_json {
        return Err(Refusal::media_type());
    }
    Ok(())
}

fn read(
    state: &State,
    inner: &Inner,
    request: &Request,
    route: &Route,
) -> Result<Handled, Refusal> {
    let world = &inner.world;
    write::check_parent(world, route)?;
    let body = match route.action {
        Action::Show(id) => {
            write::check_child(world, route, id)?;
            let disclosure = Disclosure::of_show(&request.query, inner.password_access);
            reader(state, world, request, disclosure).one(route.resource, id)
        }
        Action::List
        | Action::Create
        | Action::Update(_)
        | Action::UpdateMany
        | Action::Delete(_)
        | Action::DeleteMany
        | Action::Publish(_) => {
            let ids = list::select(world, route, &request.query)?;
            let disclosure = Disclosure::of_list(&request.query, inner.password_access);
            reader(state, world, request, disclosure).page(route.resource, &ids)
        }
    };
    Ok(Handled {
        answer: Answer::json(200, &body),
        applied: false,
    })
}

fn change(
    state: &State,
    inner: &mut Inner,
    request: &Request,
    route: &Route,
    commits: bool,
) -> Result<Handled, Refusal> {
    let body = parse(request)?;
    let mut draft = inner.world.clone();
    let written = write::carry_out(&mut draft, route, body.as_ref())?;
    let disclosure = Disclosure::of_write(&request.query, inner.password_access);
    let reader = reader(state, &draft, request, disclosure);
    let (status, body) = match written {
        Written::Created { ids, is_list } => (201, written_body(&reader, route, &ids, is_list)),
        Written::Updated { ids, is_list } => (200, written_body(&reader, route, &ids, is_list)),
        Written::Deleted { objects, is_list } => (200, deleted_body(objects, is_list)),
    };
    if commits {
        inner.world = draft;
    }
    Ok(Handled {
        answer: Answer::json(status, &body),
        applied: commits,
    })
}

fn parse(request: &Request) -> Result<Option<Value>, Refusal> {
    if request.body.is_empty() {
        return Ok(None);
    }
    let parsed = serde_json::from_slice(&request.body);
    parsed
        .map(Some)
        .map_err(|_| Refusal::bad_request("The request body is not valid JSON"))
}

fn reader<'a>(
    state: &'a State,
    world: &'a World,
    request: &'a Request,
    disclosure: Disclosure,
) -> Reader<'a> {
    Reader {
        world,
        query: &request.query,
        disclosure,
        base_url: &state.base_url,
        path: &request.path,
    }
}

fn written_body(reader: &Reader<'_>, route: &Route, ids: &[u64], is_list: bool) -> Value {
    match ids {
        [id] if !is_list => reader.one(route.resource, *id),
        ids => reader.many(route.resource, ids),
    }
}

fn deleted_body(mut objects: Vec<Value>, is_list: bool) -> Value {
    let data = match (objects.len(), is_list) {
        (1, false) => objects.remove(0),
        _ => Value::Array(objects),
    };
    serde_json::json!({ "data": data })
}
