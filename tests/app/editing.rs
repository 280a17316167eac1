//! Editing before approving, at both doors: what is looked at is what is written, and nothing else.

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::ground::{TestApp, new_title};

/// A technician in front of a browser without script.
struct Browser<'a> {
    app: &'a TestApp,
    http: Client,
    cookies: String,
}

impl<'a> Browser<'a> {
    async fn signed_in(app: &'a TestApp) -> Self {
        let http = Client::builder().no_proxy().redirect(Policy::none());
        let mut browser = Self {
            app,
            http: http.build().unwrap(),
            cookies: String::new(),
        };
        let password = ("password", "a long enough pass phrase");
        let to = browser
            .sends(
                "sign_in",
                &[("email", "sam@example.com"), password, ("next", "/queue")],
            )
            .await;
        assert_eq!(to, "/queue");
        browser
    }

    /// Sends a form; gives the address it leads to.
    async fn sends(&mut self, form: &str, fields: &[(&str, &str)]) -> String {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        let answer = self
            .http
            .post(self.app.address(&format!("/web/{form}")))
            .header(ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin")
            .header(COOKIE, &self.cookies)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.join("&"))
            .send()
            .await
            .unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookies = format!("{pair}; {}", self.cookies);
        }
        let status = answer.status();
        assert_eq!(status, StatusCode::FOUND, "{:?}", answer.text().await);
        answer.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    /// The words and marks of a page.
    async fn reads(&self, path: &str) -> String {
        let page = self
            .http
            .get(self.app.address(path))
            .header(ACCEPT, "text/html")
            .header(COOKIE, &self.cookies)
            .send()
            .await
            .unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        page.text().await.unwrap().replace("<!>", "")
    }
}

/// As a browser writes it.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// The value of the hidden field of this name.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let start = page.find(&format!("name=\"{name}\" value=\"")).unwrap();
    page[start..].split('"').nth(3).unwrap()
}

fn two_fields() -> Value {
    json!({
        "method": "PATCH", "path": "/contacts/501",
        "body": {"data": {"type": "contacts", "attributes": {
            "title": "IT Director", "notes": "from the agent"}}},
    })
}

const TITLE: &str = "0:/data/attributes/title";
const NOTES: &str = "0:/data/attributes/notes";

#[tokio::test]
async fn without_script_a_field_is_changed_another_left_out_and_that_is_written() {
    let app = TestApp::start().await;
    let notes = app.record("contacts", 501)["notes"].clone();
    let id = app.agent().has_proposed(two_fields()).await;
    let mut browser = Browser::signed_in(&app).await;
    let form = browser.reads("/p/1/edit").await;
    assert!(
        form.contains("IT Director") && form.contains(TITLE),
        "{form}"
    );
    let fingerprint = hidden(&form, "fingerprint").to_owned();
    let fields = [
        ("number", "1"),
        ("fingerprint", fingerprint.as_str()),
        ("at[0]", TITLE),
        ("way[0]", "write"),
        ("value[0]", "Head of IT"),
        ("at[1]", NOTES),
        ("way[1]", "leave_out"),
        ("value[1]", "from the agent"),
    ];
    let confirm = browser.sends("edit", &fields).await;
    assert!(confirm.starts_with("/p/1/edit/confirm?form="), "{confirm}");
    assert_eq!(app.writes(), 0);
    let page = browser.reads(&confirm).await;
    assert!(
        page.contains("What you approve, with your changes"),
        "{page}"
    );
    assert!(page.contains("Head of IT"));
    let edited = hidden(&page, "edited").to_owned();
    assert_ne!(edited, fingerprint);
    let mut fields = fields.to_vec();
    fields.push(("edited", &edited));
    fields.push(("reason", "asked the client"));
    let done = browser.sends("approve_edited", &fields).await;
    assert_eq!(done, "/p/1?done=approved");
    let applied = app.agent().waits_for_verification(&id).await;
    assert_eq!(applied["decision"]["verdict"], "approved_with_edits");
    assert_eq!(applied["decision"]["reason"], "asked the client");
    assert_eq!(app.record("contacts", 501)["title"], "Head of IT");
    assert_eq!(app.record("contacts", 501)["notes"], notes);
    app.audit_is_whole().await;
}

#[tokio::test]
async fn what_does_not_fit_leads_back_to_the_form_with_everything_typed() {
    let app = TestApp::start().await;
    let before = app.record("flexible_assets", 123)["traits"].clone();
    let traits = json!({"name": before["name"], "category": before["category"], "seats": 7});
    let proposal = json!({
        "method": "PATCH", "path": "/flexible_assets/123",
        "body": {"data": {"type": "flexible-assets", "attributes": {"traits": traits}}},
    });
    app.agent().has_proposed(proposal).await;
    let mut browser = Browser::signed_in(&app).await;
    let form = browser.reads("/p/1/edit").await;
    let fingerprint = hidden(&form, "fingerprint").to_owned();
    let seats = "0:/data/attributes/traits/seats";
    let version = "0:/data/attributes/traits/version";
    let back = browser
        .sends(
            "edit",
            &[
                ("number", "1"),
                ("fingerprint", &fingerprint),
                ("at[0]", seats),
                ("way[0]", "write"),
                ("value[0]", "a <dozen>"),
                ("at[1]", version),
                ("way[1]", "write"),
                ("value[1]", "E7"),
            ],
        )
        .await;
    assert!(back.starts_with("/p/1/edit?form="), "{back}");
    let page = browser.reads(&back).await;
    assert!(page.contains("Nothing was approved yet"), "{page}");
    assert!(page.contains("This takes a number."), "{page}");
    assert!(page.contains("dozen") && page.contains("E7"), "{page}");
    assert!(!page.contains("a <dozen>"));
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn without_script_a_proposal_is_sent_back_with_a_reason() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(new_title("One")).await;
    let mut browser = Browser::signed_in(&app).await;
    let form = browser.reads("/p/1/send-back").await;
    let fingerprint = hidden(&form, "fingerprint").to_owned();
    let fields = |reason| {
        [
            ("number", "1".to_owned()),
            ("id", id.clone()),
            ("fingerprint", fingerprint.clone()),
            ("reason", reason),
        ]
    };
    let send = async |browser: &mut Browser<'_>, reason: &str| {
        let fields = fields(reason.to_owned());
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        browser.sends("send_back", &fields).await
    };
    let empty = send(&mut browser, " ").await;
    assert!(empty.starts_with("/p/1/send-back?form="), "{empty}");
    let long = "canary ".repeat(300);
    let long = send(&mut browser, &long).await;
    let page = browser.reads(&long).await;
    assert!(page.contains("canary") && page.contains("At most 2,000 characters"));
    let done = send(&mut browser, "Which ticket?").await;
    assert_eq!(done, "/p/1?done=sent-back");
    let seen = app.agent().sees(&id).await;
    assert_eq!(seen["status"], "sent_back");
    assert_eq!(seen["decision"]["reason"], "Which ticket?");
}

#[tokio::test]
async fn a_preview_shows_what_is_then_approved_and_nothing_else_is() {
    let app = TestApp::start().await;
    let id = app.agent().has_proposed(two_fields()).await;
    let opened = app.technician().opens(&id).await;
    let mut body = opened["request"]["body"].clone();
    body["data"]["attributes"]["title"] = json!("Head of IT");
    let asked = json!({"fingerprint": opened["fingerprint"], "body": body});
    let preview = app
        .technician()
        .decides(&id, "preview", &asked)
        .await
        .is(200);
    let edited = preview["edited_fingerprint"].clone();
    assert_ne!(edited, opened["fingerprint"]);
    assert_eq!(preview["request"]["body"], body);
    let titles = |field: &&Value| field["label"] == "Title";
    let fields = preview["diff"]["fields"].as_array().unwrap();
    assert_eq!(
        fields.iter().find(titles).unwrap()["proposed"],
        "Head of IT"
    );
    assert_eq!(
        app.technician().opens(&id).await["fingerprint"],
        opened["fingerprint"]
    );
    let mut other = asked.clone();
    other["body"]["data"]["attributes"]["title"] = json!("Another");
    other["edited_fingerprint"] = edited.clone();
    let refused = app.technician().decides(&id, "approve", &other).await;
    refused.is_problem(409, "changed-since-shown");
    let mut same = asked;
    same["edited_fingerprint"] = edited.clone();
    let approved = app
        .technician()
        .decides(&id, "approve", &same)
        .await
        .is(200);
    assert_eq!(approved["decision"]["verdict"], "approved_with_edits");
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(app.record("contacts", 501)["title"], "Head of IT");
}

#[tokio::test]
async fn what_the_agent_proposed_stays_beside_what_a_technician_made_of_it() {
    let app = TestApp::start_with(&[("COUNTERSIGN_HOLD_SECONDS", "600")]).await;
    let id = app.agent().has_proposed(two_fields()).await;
    let proposed = app.technician().opens(&id).await["request"]["body"].clone();
    let mut body = proposed.clone();
    body["data"]["attributes"]["title"] = json!("Head of IT");
    let approved = app
        .technician()
        .approves_with(&id, json!({"body": body}))
        .await
        .is(200);
    assert_eq!(approved["decision"]["verdict"], "approved_with_edits");
    let opened = app.technician().opens(&id).await;
    assert_eq!(opened["request"]["body"], body);
    assert_eq!(opened["revisions"][0]["revision"], 1);
    assert_eq!(opened["revisions"][0]["request"]["body"], proposed);
    app.technician()
        .decides(&id, "undo", &json!({}))
        .await
        .is(200);
    let opened = app.technician().opens(&id).await;
    assert_eq!(opened["status"], "pending");
    assert_eq!(opened["request"]["body"], body);
    assert_eq!(opened["revisions"][0]["request"]["body"], proposed);
    let page = Browser::signed_in(&app).await.reads("/p/1").await;
    let title = "As the agent proposed it, and what a technician made of it";
    assert!(page.contains(title), "{page}");
    let mut revised = new_title("Manager");
    revised["summary"] = json!("another title");
    let path = format!("/api/v1/proposals/{id}");
    let answer = app.agent().sends(Method::PUT, &path, &revised).await;
    assert_eq!(answer.is(200)["revision"], 2);
    let opened = app.technician().opens(&id).await;
    let revisions = opened["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 1);
    assert_eq!(revisions[0]["revision"], 1);
    assert_eq!(revisions[0]["request"]["body"], proposed);
}

#[tokio::test]
async fn a_hidden_value_stays_what_was_proposed_when_the_rest_is_edited() {
    let app = TestApp::start().await;
    let id = app
        .agent()
        .has_proposed(json!({
            "method": "PATCH", "path": "/passwords/601",
            "body": {"data": {"type": "passwords", "attributes": {
                "password": "canary-4711-value", "notes": "from the agent"}}},
        }))
        .await;
    let opened = app.technician().opens(&id).await;
    let mut body = opened["request"]["body"].clone();
    assert_eq!(body["data"]["attributes"]["password"], "[hidden]");
    body["data"]["attributes"]["notes"] = json!("edited");
    // What is hidden elsewhere is not known, and no value.
    let mut moved = body.clone();
    moved["data"]["attributes"]["otp-secret"] = json!("[hidden]");
    let refused = app
        .technician()
        .approves_with(&id, json!({"body": moved}))
        .await;
    refused.is_problem(422, "invalid-proposal");
    assert_eq!(refused.pointers(), ["/body/data/attributes/otp-secret"]);
    let approved = app
        .technician()
        .approves_with(&id, json!({"body": body}))
        .await;
    let approved = approved.is(200);
    assert!(
        !approved.to_string().contains("canary-4711"),
        "{approved:#}"
    );
    app.agent().waits_for(&id, "applied").await;
    assert_eq!(
        app.record("passwords", 601)["password"],
        "canary-4711-value"
    );
    assert_eq!(app.record("passwords", 601)["notes"], "edited");
}
